"""The statistics against a plain loop and against nltk."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from cothemes.agreement import BinaryTable, krippendorff_alpha
from eval.bench.figure import Figure

UNITS, RATERS, CODES, INTERVIEWS, RESAMPLES = 10_000, 3, 40, 40, 1_000


def measure() -> list[Figure]:
    """Seeded ratings of three raters, forty codes, forty interviews; a tenth missing."""
    ratings, interviews = synthetic_ratings()
    first = ratings[:, :, 3]
    resample = timed(lambda: one_resample_by_loop(first, interviews), 1)
    loop = resample * RESAMPLES * CODES
    nltk = timed(lambda: alpha_of_nltk(first), 3)
    jackknife = timed(lambda: BinaryTable.of_ratings(ratings, interviews).alpha(), 5)
    table = BinaryTable.of_ratings(ratings, interviews)
    bootstrap = timed(lambda: table.alpha(interval="bootstrap", replicates=RESAMPLES), 5)
    sets = set_valued(7_000)
    masi = timed(lambda: krippendorff_alpha(sets, distance="masi", interval=None), 3)
    size = f"{RATERS} raters × {UNITS:,} passages × {CODES} codes"
    return [
        Figure(
            f"{size}, alpha with jackknife",
            f"{jackknife:.3f} s",
            f"nltk, {CODES} alphas without interval {nltk * CODES:.2f} s",
            jackknife / (nltk * CODES),
            "≤ 0.2 s",
        ),
        Figure(
            f"{RESAMPLES:,} cluster resamples of all codes",
            f"{bootstrap:.3f} s",
            f"plain numpy loop {loop:.0f} s (from one resample of one code)",
            bootstrap / loop,
            "≤ 0.1 s",
        ),
        Figure("MASI alpha, 7,000 units of distinct sets", f"{masi:.2f} s", "", None, "≤ 10 s"),
    ]


def timed(work: Callable[[], Any], runs: int) -> float:
    """Median seconds."""
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return median(spent)


def synthetic_ratings() -> tuple[Any, Any]:
    """(units × raters × codes of 1, 0, -1 for missing; interview of each unit)."""
    rng = np.random.default_rng(0)
    truth = rng.random((UNITS, CODES)) < rng.uniform(0.02, 0.4, CODES)
    wrong = rng.random((UNITS, RATERS, CODES)) < 0.1
    ratings = np.where(wrong, ~truth[:, None, :], truth[:, None, :]).astype(np.int8)
    ratings[rng.random((UNITS, RATERS)) < 0.1] = -1
    return ratings, rng.integers(0, INTERVIEWS, UNITS)


def set_valued(units: int) -> list[list[frozenset[int]]]:
    """Two raters' sets, nearly all distinct."""
    rng = np.random.default_rng(1)
    return [
        [frozenset(np.flatnonzero(rng.random(40) < 0.2).tolist()) for _ in range(2)] for _ in range(units)
    ]


def one_resample_by_loop(ratings: Any, interviews: Any) -> float:
    """Draws interviews once and counts disagreement passage by passage."""
    rng = np.random.default_rng(2)
    drawn = rng.integers(0, INTERVIEWS, INTERVIEWS)
    disagreement = ones = zeros = 0.0
    for interview in drawn:
        for row in ratings[interviews == interview]:
            given = row[row >= 0]
            if len(given) > 1:
                applied = float(given.sum())
                disagreement += applied * (len(given) - applied) / (len(given) - 1)
                ones += applied
                zeros += len(given) - applied
    return 1 - (ones + zeros - 1) * disagreement / (ones * zeros)


def alpha_of_nltk(ratings: Any) -> float:
    """The same alpha from nltk, without an interval."""
    from nltk.metrics.agreement import AnnotationTask

    rows = [
        (rater, unit, int(value))
        for unit, row in enumerate(ratings)
        if (row >= 0).sum() > 1
        for rater, value in enumerate(row)
        if value >= 0
    ]
    return float(AnnotationTask(data=rows).alpha())
