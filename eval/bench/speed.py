"""Commands that people wait for, on 1,000 passages and on 20,000, and the selection that figures rest on.

Each function is a part of its own. COTHEMES_BENCH_CODED sets the larger number of passages.
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
ROWS = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for table in ("decisions", "assignments"):
    print(len(database.execute(f"SELECT * FROM {table}").fetchall()))
"""
"""Reads the rows that every figure rests on, and does nothing with them."""


def waited_for() -> list[Figure]:
    """Return what `status`, `queue` and the first card take where half of the passages are read."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = coded_study(Path(scratch) / "small", SMALL, open_share=0.5, proposed=True)
        first = f"talk-{SMALL // 2 // 50:04d}.0001"
        commands = {
            "status": ["status"],
            "queue": ["queue", "--as", RATERS[0]],
            "the first card": ["show", first, "--as", RATERS[0]],
        }
        bare = _median([["-c", LIBRARIES]] * RUNS)
        return [
            _beside(f"{name}, {SMALL:,} passages", _median([_on(folder, *words)] * RUNS), bare, "≤ 1 s CPU")
            for name, words in commands.items()
        ]


def ingested_again() -> list[Figure]:
    """Return what unchanged transcripts take; nothing where they are not beside the checkout."""
    if not TRANSCRIPTS.is_dir():
        return []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "transcripts"
        spend(["-m", "cothemes", "init", str(folder)])
        first = spend(_on(folder, "ingest", str(TRANSCRIPTS)))
        again = spend(_on(folder, "ingest", str(TRANSCRIPTS)))
    what = f"ingest of {TRANSCRIPTS.name} again, unchanged"
    return [_beside(what, again, first, "≤ 8 s", "the first ingest")]


def selected() -> list[Figure]:
    """Return what each purpose takes, beside one plain pass that groups the same decisions."""
    book = codebook()
    ids = [f"talk-{number // 50:04d}.{number % 50 + 1:04d}" for number in range(LARGE)]
    chance = random.Random(1)
    decisions = [each for name in RATERS for each in readings(book, name, ids, chance)]
    history = History(assignments(ids), decisions, current=set(ids))
    meanings = Meanings(book, {book.hash: book})
    start = time.process_time()
    _grouped(decisions)
    plain = time.process_time() - start
    figures, kept = [], []
    for purpose in (Purpose.AGREEMENT, Purpose.FINDINGS):
        start, before = time.process_time(), _resident()
        # Kept, so that the next one does not take its memory.
        kept.append(selection(purpose, history, meanings, round_name="main"))
        seconds, held = time.process_time() - start, _resident() - before
        figures.append(
            Figure(
                f"selection for {purpose}, {LARGE:,} × {len(book.codes)} codes × {len(RATERS)} people",
                f"{seconds:.2f} s CPU, {held:.0f} MB",
                f"grouping the decisions {plain:.2f} s",
                seconds / plain,
                "≤ 2 s, ≤ 300 MB",
            )
        )
    return figures


def read_whole() -> list[Figure]:
    """Return what commands take that read everything, beside a bare reading of the same rows."""
    passages = int(os.environ.get("COTHEMES_BENCH_CODED", LARGE))
    with tempfile.TemporaryDirectory() as scratch:
        folder = coded_study(Path(scratch) / "large", passages)
        rows = spend(["-c", ROWS, str(folder / ".cothemes" / "records.sqlite")])
        commands = {
            "status": (["status"], ""),
            "agreement": (["agreement", "--json"], "≤ 10 s CPU, ≤ 800 MB"),
            "report": (["report", str(Path(scratch) / "report.html")], "≤ 800 MB"),
            "export csv": (["export", "csv", str(Path(scratch) / "codings.csv")], "≤ 800 MB"),
            "export ratings": (["export", "ratings", str(Path(scratch) / "ratings.csv")], "≤ 800 MB"),
        }
        return [
            _beside(f"{name}, {passages:,} passages", spend(_on(folder, *words)), rows, aim, "bare SQLite")
            for name, (words, aim) in commands.items()
        ]


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
