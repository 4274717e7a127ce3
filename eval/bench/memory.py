"""What a study's size costs in memory: each step on few passages and on many, as a process of its own.

COTHEMES_BENCH_PASSAGES sets the larger number (20000 takes a quarter of an hour); without it, the smaller one
stands alone. The model is a stub that answers at once.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from eval.bench.calls import PASSAGES, code, spend_on, study
from eval.bench.figure import Figure, Spent, spend

MORE = 30
"""MB that a step may take beyond what it takes on few passages."""
NOBODY = 9
"""A port at which nobody listens: these calls ask nothing."""


@dataclass(frozen=True)
class Step:
    """A step on a study, and what is aimed at."""

    what: str
    spent: Spent
    flat: bool = True
    """Whether its memory shall not grow with the study."""
    quick: bool = False
    """Whether it has nothing to do, and shall end within seconds."""


def measure() -> list[Figure]:
    """The steps of a night, with a model and without."""
    more = int(os.environ.get("COTHEMES_BENCH_PASSAGES", "0"))
    with tempfile.TemporaryDirectory() as scratch:
        few = steps(Path(scratch) / "few", PASSAGES)
        many = steps(Path(scratch) / "many", more) if more else []
    return [alone(step) for step in few] if not many else list(map(beside, many, few, [more] * len(few)))


def steps(folder: Path, passages: int) -> list[Step]:
    """In the order of a night; the second of each kind has nothing left to do."""

    def on(*words: str) -> Spent:
        return spend(["-m", "cothemes", "-C", str(folder), *words])

    study(folder, passages)
    foreseen = spend_on(folder, NOBODY, "--dry-run")
    asked = code(folder, 0.0).spent
    again = spend_on(folder, NOBODY)
    found = [
        Step("propose with a model", asked),
        Step("its dry run beforehand", foreseen, quick=True),
        Step("the same again, nothing left to do", again, quick=True),
        Step("index", on("index"), flat=False),
        Step("propose with the offline coder", on("propose", "--coder", "offline")),
    ]
    for name in ("ann", "bob"):
        on("reviewers", "add", name)
    route = on("route", "--reviewers", "ann,bob")
    return [
        *found,
        Step("route to two reviewers", route, flat=False),
        Step("status", on("status"), flat=False),
    ]


def alone(step: Step) -> Figure:
    """On few passages."""
    return Figure(
        f"{step.what}, {PASSAGES:,} passages: peak memory", f"{step.spent.peak:.0f} MB", "", None, ""
    )


def beside(many: Step, few: Step, passages: int) -> Figure:
    """On many passages beside few."""
    took = f", {many.spent.wall:.1f} s" if many.quick else ""
    aims = [f"≤ {MORE} MB more"] * many.flat + ["seconds"] * many.quick
    return Figure(
        f"{many.what}, {passages:,} passages: peak memory",
        f"{many.spent.peak:.0f} MB{took}",
        f"{PASSAGES:,} passages {few.spent.peak:.0f} MB",
        many.spent.peak / few.spent.peak,
        ", ".join(aims),
    )
