"""Commands that people wait for, on 1,000 passages and on 20,000, and the selection that figures rest on.

COTHEMES_BENCH_CODED sets the larger number of passages (20000 takes ten minutes or more); without it, the
commands that read everything are left out.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from pathlib import Path
from statistics import median

from cothemes.records.review import Decision
from cothemes.stages.review.meanings import Meanings
from cothemes.stages.review.selection import History, Purpose, selection
from eval.bench.coded_study import RATERS, assignments, codebook, coded_study, readings
from eval.bench.figure import Figure, Spent, spend
from eval.bench.study import TRANSCRIPTS

SMALL = 1_000
LARGE = 20_000
RUNS = 3
LIBRARIES = "import pydantic, sqlalchemy, typer"


def measure() -> list[Figure]:
    """Small commands, re-ingest, the selection, and large commands where they are asked for."""
    with tempfile.TemporaryDirectory() as scratch:
        found = [*_waited_for(Path(scratch)), *_ingested_again(Path(scratch)), *_selected()]
        large = int(os.environ.get("COTHEMES_BENCH_CODED", "0"))
        return [*found, *(_read_whole(Path(scratch), large) if large else ())]


def _waited_for(scratch: Path) -> list[Figure]:
    folder = coded_study(scratch / "small", SMALL, open_share=0.5)
    bare = _median([["-c", LIBRARIES]] * RUNS)
    commands = {"status": ["status"], "queue": ["queue", "--as", RATERS[0]]}
    return [
        _beside(f"{name}, {SMALL:,} passages", _median([_on(folder, *words)] * RUNS), bare, "≤ 1 s")
        for name, words in commands.items()
    ]


def _ingested_again(scratch: Path) -> list[Figure]:
    """Nothing where the transcripts are not beside the checkout."""
    if not TRANSCRIPTS.is_dir():
        return []
    folder = scratch / "transcripts"
    spend(["-m", "cothemes", "init", str(folder)])
    first = spend(_on(folder, "ingest", str(TRANSCRIPTS)))
    again = spend(_on(folder, "ingest", str(TRANSCRIPTS)))
    return [
        _beside(f"ingest of {TRANSCRIPTS.name} again, unchanged", again, first, "≤ 8 s", "the first ingest")
    ]


def _selected() -> list[Figure]:
    """Findings from three people's readings, beside one plain pass that groups the same decisions."""
    book = codebook()
    ids = [f"talk-{number // 50:04d}.{number % 50 + 1:04d}" for number in range(LARGE)]
    chance = random.Random(1)
    decisions = [each for name in RATERS for each in readings(book, name, ids, chance)]
    history = History(assignments(ids), decisions, current=set(ids))
    meanings = Meanings(book, {book.hash: book})
    start, before = time.process_time(), _resident()
    found = selection(Purpose.FINDINGS, history, meanings)
    seconds, held = time.process_time() - start, _resident() - before
    start = time.process_time()
    _grouped(decisions)
    plain = time.process_time() - start
    return [
        Figure(
            f"selection of {LARGE:,} passages × {len(book.codes)} codes × {len(RATERS)} people "
            f"({len(found.counted):,} readings)",
            f"{seconds:.2f} s CPU, {held:.0f} MB",
            f"grouping the decisions {plain:.2f} s",
            seconds / plain,
            "≤ 2 s, ≤ 300 MB",
        )
    ]


def _read_whole(scratch: Path, passages: int) -> list[Figure]:
    folder = coded_study(scratch / "large", passages)
    status = spend(_on(folder, "status"))
    commands = {
        "agreement": ["agreement", "--json"],
        "report": ["report", str(scratch / "report.html")],
        "export csv": ["export", "csv", str(scratch / "codings.csv")],
    }
    found = [_beside(f"status, {passages:,} passages", status, status, "")]
    for name, words in commands.items():
        spent = spend(_on(folder, *words))
        found.append(_beside(f"{name}, {passages:,} passages", spent, status, "≤ 500 MB", "status there"))
    return found


def _beside(what: str, spent: Spent, other: Spent, aim: str, named: str = "libraries alone") -> Figure:
    return Figure(
        what,
        f"{spent.wall:.2f} s ({spent.cpu:.2f} s CPU), {spent.peak:.0f} MB",
        f"{named} {other.cpu:.2f} s CPU",
        spent.cpu / other.cpu,
        aim,
    )


def _median(words: list[list[str]]) -> Spent:
    spent = sorted((spend(each) for each in words), key=lambda one: one.cpu)
    middle = spent[len(spent) // 2]
    return Spent(median(one.wall for one in spent), middle.cpu, middle.peak, middle.output)


def _on(folder: Path, *words: str) -> list[str]:
    return ["-m", "cothemes", "-C", str(folder), *words]


def _grouped(decisions: list[Decision]) -> dict[tuple[str, str], list[Decision]]:
    found: dict[tuple[str, str], list[Decision]] = {}
    for each in decisions:
        found.setdefault((each.reviewer, each.passage), []).append(each)
    return found


def _resident() -> float:
    """MB of this process, as the system counts them; 0 where it does not say."""
    place = Path("/proc/self/statm")
    return int(place.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if place.exists() else 0.0
