"""From which confidence on suggestions may be accepted unseen, with a promise on their precision.

Learn-then-Test (Angelopoulos et al. 2021): the promise fails with probability δ at most. A single sequence
from the strictest threshold down stops at the first failure, where few suggestions are accepted and the test
has little power, so several sequences begin at different thresholds, each at δ/k (Bonferroni). The plain test
takes suggestions as independent; within interviews errors come together, so with `clusters` each threshold
must pass a test over interviews as well.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cothemes.agreement.arguments import share, shares, truths, whole
from cothemes.agreement.result import Result
from cothemes.errors import RatingsError

GRID = tuple(step / 100 for step in range(99, 49, -1))
"""Thresholds tried, strictest first."""
STARTS = 5
"""Thresholds at which a sequence begins."""
LEAST_CLUSTERS = 10
"""Interviews below which no test over interviews is made: its t would have too few degrees of freedom."""


@dataclass(frozen=True, slots=True)
class ThresholdTest:
    """One threshold and its exact test."""

    threshold: float
    accepted: int
    """Suggestions at the threshold or above."""

    errors: int
    """Number of them that were wrong."""

    p: float
    """Chance of so few errors, were precision below the target: the larger one, where two tests were made."""

    start: float = math.nan
    """Threshold at which the sequence began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdResult(Result):
    """The lowest threshold that keeps the promise; `value` is the threshold."""

    tests: tuple[ThresholdTest, ...] = ()
    """Every test made, sequence by sequence; the last of each failed unless the grid was used up."""


def select_threshold(
    confidence: Iterable[float],
    correct: Iterable[Any],
    precision: float = 0.9,
    delta: float = 0.1,
    *,
    grid: Sequence[float] = GRID,
    starts: int = STARTS,
    clusters: Iterable[Hashable] | None = None,
) -> ThresholdResult:
    """Lowest threshold of `grid` whose precision is at least `precision`, wrong with chance ≤ `delta`.

    `confidence`, `correct` and `clusters` (the interview) are one entry a suggestion. Sequences begin at
    `starts` thresholds, evenly spread over those that accept enough suggestions to pass, and go down to
    the first whose p is above `delta` / `starts`. Thresholds that accept fewer than ⌈ln (δ/k) / ln
    precision⌉ cannot pass and are skipped, which looks at confidences alone. p is the exact binomial
    P(Bin(n, 1 − precision) ≤ errors); with `clusters` the larger one of that and `clustered_p`, and no
    threshold passes that accepts suggestions from fewer than LEAST_CLUSTERS interviews. NaN with a reason
    where none passes. Raises RatingsError where a confidence or threshold is not from 0 to 1, or an
    outcome neither true nor false.
    """
    share(precision, "precision", least=False, most=False)
    share(delta, "delta", least=False, most=False)
    shares(grid, "grid")
    whole(starts, "starts", 1)
    if any(later >= sooner for sooner, later in pairwise(grid)):
        raise RatingsError("the grid does not fall", hint="Give thresholds from strictest to mildest")
    sure, right = shares(confidence, "confidence"), truths(correct, "correct")
    of = None if clusters is None else np.unique([str(each) for each in clusters], return_inverse=True)[1]
    if len(sure) != len(right) or (of is not None and len(of) != len(sure)):
        counts = f"{len(sure)} confidences and {len(right)} outcomes"
        counts += "" if of is None else f" in {len(of)} clusters"
        raise RatingsError(counts, hint="Give one of each per suggestion")
    level = delta / starts
    least = math.ceil(math.log(level) / math.log(precision))
    able = [
        threshold
        for threshold in grid
        if (sure >= threshold).sum() >= least
        and (of is None or len(set(of[sure >= threshold].tolist())) >= LEAST_CLUSTERS)
    ]
    tests: list[ThresholdTest] = []
    passed: dict[float, ThresholdTest] = {}
    for begin in sorted({number * len(able) // starts for number in range(starts)}) if able else []:
        for threshold in able[begin:]:
            taken = sure >= threshold
            test = _test(threshold, right[taken], None if of is None else of[taken], precision, able[begin])
            tests.append(test)
            if test.p > level:
                break
            passed[threshold] = test
    interviews = "suggestions taken as independent; interview effects break the promise more often"
    conventions = {
        "grid": f"{len(grid)} thresholds from {grid[0]:g} to {grid[-1]:g}" if len(grid) else "empty",
        "starts": f"{starts}, each at δ/{starts}",
        "skipped": f"thresholds that accept fewer than {least}",
        "independence": interviews if of is None else "tested over interviews as well (t on their totals)",
        "validity": "void as soon as model, prompt or codebook changes",
    }
    if not passed:
        reason = "no threshold keeps the promise" if tests else f"no threshold accepts {least} suggestions"
        if not able and of is not None and (sure >= min(grid, default=1)).sum() >= least:
            reason += f" in {LEAST_CLUSTERS} interviews"
        return ThresholdResult(
            value=math.nan, units=len(sure), reason=reason, tests=tuple(tests), conventions=conventions
        )
    best = passed[min(passed)]
    return ThresholdResult(
        value=best.threshold,
        units=len(sure),
        tests=tuple(tests),
        conventions=conventions,
        parts={
            "tests": float(len(tests)),
            "accepted": float(best.accepted),
            "errors": float(best.errors),
            "error_rate_upper": clopper_pearson_upper(best.accepted, best.errors, level),
        },
    )


def _test(
    threshold: float, right: NDArray[Any], of: NDArray[Any] | None, precision: float, start: float
) -> ThresholdTest:
    accepted, errors = len(right), int((~right).sum())
    p = binomial_p(accepted, errors, 1 - precision)
    if of is not None:
        p = max(p, clustered_p(right, of, 1 - precision))
    return ThresholdTest(threshold, accepted, errors, p, start)


def clustered_p(right: NDArray[Any], clusters: NDArray[Any], rate: float) -> float:
    """p-value against an error rate above `rate`, with interviews as the units that vary.

    t = Σd / √(n/(n−1) Σ(d − d̄)²) on n − 1 degrees of freedom, where d = errors − rate × suggestions of an
    interview (the ratio estimator with clusters drawn at random; Cochran 1977, section 6.3). 1 where the d
    of all interviews are equal and not below 0.
    """
    _, of = np.unique(clusters, return_inverse=True)
    sizes = np.bincount(of)
    differences = np.bincount(of, weights=~right) - rate * sizes
    count, total = len(sizes), float(differences.sum())
    if count < 2:
        return 1.0
    spread = count / (count - 1) * float(((differences - differences.mean()) ** 2).sum())
    if spread <= 0:
        return 0.0 if total < 0 else 1.0
    return float(special.stdtr(count - 1, total / math.sqrt(spread)))


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
