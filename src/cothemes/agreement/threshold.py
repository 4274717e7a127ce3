"""From which confidence on suggestions may be accepted unseen, with a promise on their precision.

Learn-then-Test (Angelopoulos et al. 2021): the promise fails with probability δ at most. It holds for
independent suggestions from the same source; within interviews errors come together, and the plain
test then breaks its promise more often than δ says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scipy import special

from cothemes.agreement.arguments import share, shares, truths, whole
from cothemes.agreement.result import Result
from cothemes.errors import RatingsError

GRID = tuple(step / 100 for step in range(99, 49, -1))
"""Thresholds tried, strictest first."""


@dataclass(frozen=True, slots=True)
class ThresholdTest:
    """One threshold and its exact test."""

    threshold: float
    accepted: int
    """Suggestions at the threshold or above."""

    errors: int
    """Number of them that were wrong."""

    p: float
    """Chance of so few errors, were precision below the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdResult(Result):
    """The lowest threshold that keeps the promise; `value` is the threshold."""

    tests: tuple[ThresholdTest, ...] = ()
    """Every test made, in order; the last one failed unless the grid was used up."""


def select_threshold(
    confidence: Iterable[float],
    correct: Iterable[Any],
    precision: float = 0.9,
    delta: float = 0.1,
    *,
    grid: Sequence[float] = GRID,
) -> ThresholdResult:
    """Lowest threshold of `grid` whose precision is at least `precision`, wrong with chance ≤ `delta`.

    `confidence` and `correct` are one entry a suggestion. Fixed-sequence testing from the strictest
    threshold down with the exact binomial p-value P(Bin(n, 1 − precision) ≤ errors); it stops at the
    first that is above `delta`. Thresholds that accept fewer than ⌈ln δ / ln precision⌉ cannot pass
    and are skipped, which looks at confidences alone. NaN with a reason where none passes. Raises
    RatingsError where a confidence or threshold is not from 0 to 1, or an outcome neither true nor false.
    """
    share(precision, "precision", least=False, most=False)
    share(delta, "delta", least=False, most=False)
    shares(grid, "grid")
    if any(later >= sooner for sooner, later in pairwise(grid)):
        raise RatingsError("the grid does not fall", hint="Give thresholds from strictest to mildest")
    sure, right = shares(confidence, "confidence"), truths(correct, "correct")
    if len(sure) != len(right):
        raise RatingsError(
            f"{len(sure)} confidences and {len(right)} outcomes", hint="Give one of each per suggestion"
        )
    least = math.ceil(math.log(delta) / math.log(precision))
    tests: list[ThresholdTest] = []
    passed: ThresholdTest | None = None
    for threshold in grid:
        taken = sure >= threshold
        accepted, errors = int(taken.sum()), int((taken & ~right).sum())
        if accepted < least:
            continue
        test = ThresholdTest(threshold, accepted, errors, binomial_p(accepted, errors, 1 - precision))
        tests.append(test)
        if test.p > delta:
            break
        passed = test
    conventions = {
        "grid": f"{len(grid)} thresholds from {grid[0]:g} to {grid[-1]:g}" if len(grid) else "empty",
        "skipped": f"thresholds that accept fewer than {least}",
        "independence": "suggestions taken as independent; interview effects break the promise more often",
        "validity": "void as soon as model, prompt or codebook changes",
    }
    if passed is None:
        reason = "no threshold keeps the promise" if tests else f"no threshold accepts {least} suggestions"
        return ThresholdResult(
            value=math.nan, units=len(sure), reason=reason, tests=tuple(tests), conventions=conventions
        )
    return ThresholdResult(
        value=passed.threshold,
        units=len(sure),
        tests=tuple(tests),
        conventions=conventions,
        parts={
            "tests": float(len(tests)),
            "accepted": float(passed.accepted),
            "errors": float(passed.errors),
            "error_rate_upper": clopper_pearson_upper(passed.accepted, passed.errors, delta),
        },
    )


def binomial_p(count: int, errors: int, rate: float) -> float:
    """P(Bin(count, rate) ≤ errors), the exact p-value against an error rate above `rate`.

    Raises RatingsError where there are more errors than suggestions, or the rate is not from 0 to 1.
    """
    _check_counts(count, errors)
    share(rate, "rate")
    return float(special.bdtr(errors, count, rate))


def clopper_pearson_upper(count: int, errors: int, delta: float) -> float:
    """Upper end of the one-sided exact interval for an error rate (Clopper and Pearson 1934).

    1 where nothing was accepted. Raises RatingsError where there are more errors than suggestions.
    """
    _check_counts(count, errors)
    share(delta, "delta", least=False, most=False)
    if errors >= count:
        return 1.0
    return float(special.betaincinv(errors + 1, count - errors, 1 - delta))


def _check_counts(count: int, errors: int) -> None:
    if whole(errors, "errors", 0) > whole(count, "count", 0):
        raise RatingsError(f"errors={errors} of count={count}", hint="Count all suggestions, wrong ones too")
