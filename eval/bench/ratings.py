"""A million rating rows, a model among the raters: from the file to the table, by the command itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from eval.bench.figure import Figure, spend

ROWS, CODES, INTERVIEWS = 1_000_000, 40, 200
RATERS = (("ann", "human"), ("ben", "human"), ("cem", "human"), ("m@p#1", "model"))


def measure() -> list[Figure]:
    """Many codes a passage, so that nearly forty thousand different sets of codes are compared."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "ratings.csv"
        write_ratings(file, ROWS)
        size = file.stat().st_size / 1e6
        spent = spend(["-m", "cothemes", "agreement", str(file), "--json"])
    return [
        Figure(
            f"{ROWS:,} rating rows ({size:.0f} MB), 3 people and a model, {CODES} codes: read and scored",
            f"{spent.wall:.1f} s, {spent.peak:.0f} MB",
            "",
            None,
            "≤ 30 s, ≤ 2 GB",
        )
    ]


def write_ratings(path: Path, rows: int) -> None:
    """Seeded; each rater errs in one cell of a hundred. A row for each code that applies."""
    chance = np.random.default_rng(0)
    share = chance.uniform(0.1, 0.5, CODES)
    written = unit = 0
    with path.open("w", encoding="utf-8") as handle:
        handle.write("unit,doc,rater,kind,code\n")
        while written < rows:
            truth = chance.random(CODES) < share
            document = f"interview-{unit % INTERVIEWS:03d}"
            for rater, kind in RATERS:
                applied = np.flatnonzero(truth ^ (chance.random(CODES) < 0.01))
                codes = [f"C{place}" for place in applied] or [""]
                handle.writelines(
                    f"{document}.{unit:05d},{document},{rater},{kind},{code}\n" for code in codes
                )
                written += len(codes)
            unit += 1
