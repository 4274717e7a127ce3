"""The review screen in a real terminal: the first frame, and from a key to the paint after a commit."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from cothemes.app.study import create_study
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.records.record import content_hash
from cothemes.records.review import Arm, Assignment, Reviewer
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict
from eval.bench.figure import Figure

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PER_DOCUMENT = 100
STARTS = 5
KEYS = 200
WORDS = (
    "We had been at it for a year before anybody said the word, and then it was on every slide. "
    "People came because they knew her, not because of the letter. There was never any money for it. "
)


def measure() -> list[Figure]:
    """5,000 and 50,000 pending passages with suggestions; keys that are each recorded durably."""
    figures = []
    for pending, aim in ((5_000, "< 1 s"), (50_000, "works")):
        with tempfile.TemporaryDirectory() as scratch:
            folder = big_study(Path(scratch) / "study", pending)
            starts = [first_frame(folder) for _ in range(STARTS)]
            bare = bare_screen()
            figures.append(
                Figure(
                    f"review: first frame, {pending:,} pending",
                    f"{median(starts) * 1000:.0f} ms (slowest of {STARTS}: {max(starts) * 1000:.0f})",
                    f"a bare Textual screen {bare * 1000:.0f} ms",
                    median(starts) / bare,
                    aim,
                )
            )
            spent = sorted(key_to_paint(folder))
            commit = durable_commit(Path(scratch))
            p95 = spent[int(len(spent) * 0.95)]
            figures.append(
                Figure(
                    f"review: key to paint after a durable commit, {pending:,} pending",
                    f"p50 {median(spent) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms",
                    f"bare SQLite commit, p50 {commit * 1000:.1f} ms",
                    median(spent) / commit,
                    "p95 < 50 ms",
                )
            )
    return figures


class Screen:
    """A program on a pseudo-terminal of 80 × 24."""

    def __init__(self, words: list[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)

    def until(self, sign: bytes, seconds: float = 60) -> float:
        """When `sign` was written; RuntimeError where it is not in time."""
        seen = b""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            if select.select([self._master], [], [], 1)[0]:
                seen += os.read(self._master, 1 << 16)
                if sign in seen:
                    return time.perf_counter()
        raise RuntimeError(f"{sign!r} did not come in {seconds} s:\n{seen[-2000:]!r}")

    def press(self, key: bytes) -> float:
        """When it was pressed, the screen being at rest."""
        while select.select([self._master], [], [], 0.02)[0]:
            os.read(self._master, 1 << 16)
        now = time.perf_counter()
        os.write(self._master, key)
        return now

    def close(self) -> None:
        """Ends the program."""
        self._process.kill()
        self._process.wait()
        os.close(self._master)


def review(folder: Path) -> Screen:
    """The screen of the study's reviewer."""
    return Screen(["-m", "cothemes", "-C", str(folder), "review", "--as", "ann"])


def first_frame(folder: Path) -> float:
    """Seconds from the start of the process until the last line of the first frame is painted."""
    screen = review(folder)
    try:
        return screen.until(b" acts") - screen.began
    finally:
        screen.close()


def bare_screen() -> float:
    """Seconds until an application of one word is painted."""
    program = (
        "from textual.app import App\nfrom textual.widgets import Static\n"
        "class Bare(App):\n    def compose(self):\n        yield Static('BARE')\nBare().run()"
    )
    spent = []
    for _ in range(STARTS):
        screen = Screen(["-c", program])
        try:
            spent.append(screen.until(b"BARE") - screen.began)
        finally:
            screen.close()
    return median(spent)


def key_to_paint(folder: Path) -> list[float]:
    """Seconds per key: a suggestion accepted or rejected, a passage finished, an act taken back."""
    screen = review(folder)
    try:
        screen.until(b" acts")
        spent = []
        for number in range(KEYS):
            key, said = ((b"1", b"recorded: accept"), (b"2", b"recorded: "), (b"\r", b"recorded: done"))[
                number % 3
            ]
            if key == b"\r":
                time.sleep(0.35)
            pressed = screen.press(key)
            spent.append(screen.until(said) - pressed)
        for _ in range(KEYS // 4):
            pressed = screen.press(b"u")
            spent.append(screen.until(b"undone: ") - pressed)
        return spent
    finally:
        screen.close()


def durable_commit(folder: Path) -> float:
    """Median seconds of one row in a WAL database that syncs fully, on the same disk."""
    with sqlite3.connect(folder / "bare.sqlite", isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE t (x TEXT)")
        spent = []
        for _ in range(KEYS):
            start = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO t VALUES ('x')")
            database.execute("COMMIT")
            spent.append(time.perf_counter() - start)
    return median(spent)


def big_study(folder: Path, pending: int) -> Path:
    """So many assisted passages of 70 words with two suggestions each, made through the store."""
    study = create_study(folder, source="coproduction", codebook=None, title="Large")
    codes = [code.id for code in study.codebook.codes[:2]]
    run = Run(
        id="r0001",
        coder="offline",
        rater="offline@0#r0001",
        configuration="bench",
        codebook_hash=study.codebook.hash,
        started=NOW,
        finished=NOW,
        state=RunState.FINISHED,
    )
    study.store.runs.put(run)
    study.store.reviews.add_reviewer(Reviewer(name="ann", added=NOW))
    for first in range(0, pending, PER_DOCUMENT):
        document, passages = transcript(first // PER_DOCUMENT)
        study.store.documents.add(document)
        study.store.passages.replace(document.slug, passages)
        study.store.runs.record(
            [Outcome(run=run.id, passage=p.id, state=OutcomeState.CODED) for p in passages],
            [suggestion(run, p, code) for p in passages for code in codes],
        )
        study.store.reviews.assign([assignment(p, first + p.position) for p in passages])
    study.close()
    return folder


def transcript(number: int) -> tuple[Document, list[Passage]]:
    """One document of PER_DOCUMENT turns, a passage each."""
    slug = f"int{number:04d}"
    turns = [f"{WORDS}Turn {turn} of {slug}. {WORDS}" for turn in range(PER_DOCUMENT)]
    text = "\n".join(turns)
    version = content_hash(text)
    blocks, passages, start = [], [], 0
    for position, turn in enumerate(turns):
        end = start + len(turn)
        who = {"kind": BlockKind.TURN, "speaker": "KM", "role": Role.PARTICIPANT}
        blocks.append(Block.model_validate({"start": start, "end": end, **who}))
        passages.append(
            Passage.model_validate(
                {
                    "id": f"{slug}.{position + 1:04d}",
                    "document": slug,
                    "version": version,
                    "segmentation": "bench",
                    "start": start,
                    "end": end,
                    "text": turn,
                    "position": position,
                    "sentences": (Sentence(id="s1", start=start, end=start + 90),),
                    **who,
                }
            )
        )
        start = end + 1
    document = Document(
        slug=slug, version=version, kind=Kind.INTERVIEW, title="Bench", text=text, blocks=tuple(blocks)
    )
    return document, passages


def suggestion(run: Run, passage: Passage, code: str) -> Suggestion:
    """A code proposed with its first sentence."""
    return Suggestion(
        id=content_hash([run.id, passage.id, code])[:16],
        run=run.id,
        rater=run.rater,
        passage=passage.id,
        code=code,
        verdict=Verdict.YES,
        evidence=(Evidence(start=passage.start, end=passage.start + 90),),
        quote_status=QuoteStatus.EXACT,
        reason="The sentence resembles the definition.",
    )


def assignment(passage: Passage, position: int) -> Assignment:
    """Assisted, in document order."""
    return Assignment(
        reviewer="ann",
        passage=passage.id,
        document=passage.document,
        round="main",
        arm=Arm.ASSISTED,
        probability=0.9,
        double=False,
        position=position,
        drawn=NOW,
        seed=1,
    )


if __name__ == "__main__":
    for figure in measure():
        print(figure)
