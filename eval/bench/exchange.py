"""Time and memory of projects that go in and out: `python -m eval.bench.exchange [CODINGS …]`.

A project of another program is made with a fixed seed: fifty documents, thirty codes, three coders, and
selections of one to four sentences. It is imported into a new study, exported, and imported again; the second
import must find every coding known. Each step is a process of its own.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from cothemes.adapters.writers.qdpx import write_qdpx
from cothemes.records.project import (
    Made,
    Project,
    ProjectCode,
    ProjectCoding,
    ProjectSource,
    ProjectUser,
    Selection,
)

SEED = 20261130
DOCUMENTS, CODES, CODERS = 50, 30, 3
_WORDS = (
    "we", "they", "people", "money", "trust", "time", "council", "group", "never", "always", "said", "went",
    "home", "paid", "asked", "worked", "meeting", "year", "week", "carer", "nurse", "board", "plan",
    "changed", "nobody", "somebody", "slowly", "again", "together", "without", "because",
)  # fmt: skip


class Guids:
    """GUIDs from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def new(self) -> str:
        """Return the next one."""
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def made_project(codings: int, seed: int = SEED) -> Project:
    """Return a project with this many codings."""
    chance, guids = random.Random(seed), Guids(seed)
    users = tuple(ProjectUser(guid=guids.new(), name=f"Coder {n + 1}") for n in range(CODERS))
    codes = tuple(ProjectCode(guid=guids.new(), name=f"Code {n + 1}") for n in range(CODES))
    each = -(-codings // DOCUMENTS)
    sources = []
    left = codings
    for number in range(DOCUMENTS):
        here = min(each, left)
        left -= here
        sentences = []
        for _ in range(max(40, here)):
            words = chance.choices(_WORDS, k=chance.randint(6, 20))
            sentences.append(" ".join(words).capitalize() + ".")
        starts, text = [], ""
        for at, sentence in enumerate(sentences):
            text += ("\n\n" if at and at % 6 == 0 else " ") if text else ""
            starts.append(len(text))
            text += sentence
        selections = []
        for _ in range(here):
            first = chance.randrange(len(sentences))
            last = min(first + chance.randrange(4), len(sentences) - 1)
            coding = ProjectCoding(
                guid=guids.new(), code=chance.choice(codes).guid, by=chance.choice(users).guid
            )
            selections.append(
                Selection(
                    guid=guids.new(),
                    start=starts[first],
                    end=starts[last] + len(sentences[last]),
                    made=Made(by=coding.by),
                    codings=(coding,),
                )
            )
        name = f"Interview {number + 1}"
        sources.append(
            ProjectSource(guid=guids.new(), name=name, text=text + "\n", selections=tuple(selections))
        )
    return Project(name="Bench", origin="bench", users=users, codes=codes, sources=tuple(sources))


def timed(*words: str) -> tuple[float, float, dict[str, object]]:
    """Return CPU seconds, the largest resident set in MB, and the JSON that a command printed."""
    program = (
        "import resource, sys; from cothemes.__main__ import main\n"
        "try: main()\n"
        "finally:\n"
        " u=resource.getrusage(resource.RUSAGE_SELF)\n"
        " print(u.ru_utime+u.ru_stime,u.ru_maxrss/1024,file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, memory = done.stderr.strip().splitlines()[-1].split()
    return float(cpu), float(memory), json.loads(done.stdout)


def main() -> None:
    """Print the table."""
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 10_000]
    print("| codings | step | CPU s | MB | file MB |")
    print("|---|---|---|---|---|")
    for codings in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_qdpx(root / "in.qdpx", made_project(codings))
            study = str(root / "study")
            for step, words, file in (
                ("import, new study", ("import", str(root / "in.qdpx")), "in.qdpx"),
                ("import again", ("import", str(root / "in.qdpx")), "in.qdpx"),
                ("export qdpx", ("export", "qdpx", str(root / "out.qdpx")), "out.qdpx"),
                ("import of the export", ("import", str(root / "out.qdpx")), "out.qdpx"),
                ("export csv", ("export", "csv", str(root / "out.csv")), "out.csv"),
                ("export docx", ("export", "docx", str(root / "out.docx")), "out.docx"),
            ):
                cpu, memory, said = timed("-C", study, *words, "--json")
                if step != "import, new study" and words[0] == "import" and said["codings_new"]:
                    raise SystemExit(f"{step}: {said['codings_new']} codings were not known")
                size = (root / file).stat().st_size / 1e6
                print(f"| {codings:,} | {step} | {cpu:.1f} | {memory:.0f} | {size:.2f} |", flush=True)


if __name__ == "__main__":
    main()
