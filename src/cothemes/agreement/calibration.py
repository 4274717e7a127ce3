"""Whether stated probabilities mean what they say: Brier score, calibration error, reliability."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cothemes.agreement.arguments import shares, truths, whole
from cothemes.agreement.estimate import Coefficient, Interval, IntervalOptions, estimate
from cothemes.agreement.ratings import Floats, Ints
from cothemes.agreement.resampling import Evaluate, cluster_sums
from cothemes.agreement.result import NO_UNITS, Result
from cothemes.errors import RatingsError


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One bar of a reliability plot."""

    low: float
    high: float
    units: int
    mean_probability: float
    """NaN in an empty bin."""

    share_true: float
    """NaN in an empty bin."""


def brier_score(
    truth: Iterable[Any],
    probability: Iterable[float],
    *,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Mean squared difference of the stated probability and what was true, 0 or 1 (Brier 1950).

    One entry a unit. Raises RatingsError where a truth is neither 0 nor 1 or a probability leaves
    0 … 1.
    """
    outcome, stated = _read(truth, probability)
    sums = np.column_stack([np.square(stated - outcome), np.ones(len(stated))])

    def grouped(index: Ints, count: int) -> Evaluate:
        per_cluster = cluster_sums(sums, index, count)

        def of(weights: Floats) -> Floats:
            total = weights @ per_cluster
            return np.asarray(total[:, :1] / total[:, 1:])

        return of

    return estimate(
        Coefficient(
            counted=np.ones(len(stated), dtype=bool),
            grouped=grouped,
            undefined=NO_UNITS,
            least=lambda: 0.0,
            conventions={"form": "binary: mean of (p - y) squared, 0 to 1"},
        ),
        IntervalOptions(clusters, interval, level, replicates, seed),
    )


def expected_calibration_error(
    truth: Iterable[Any],
    probability: Iterable[float],
    bins: int = 10,
    *,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Mean gap between stated probability and share true, over bins of equal width (Guo et al. 2017).

    Bins are [k/bins, (k+1)/bins), the last one closed, weighted by the units in them.
    """
    outcome, stated = _read(truth, probability)
    gap = np.zeros((len(stated), whole(bins, "bins", 1)))
    gap[np.arange(len(stated)), _bin_of(stated, bins)] = stated - outcome
    sums = np.column_stack([gap, np.ones(len(stated))])

    def grouped(index: Ints, count: int) -> Evaluate:
        per_cluster = cluster_sums(sums, index, count)

        def of(weights: Floats) -> Floats:
            total = weights @ per_cluster
            return np.asarray(np.abs(total[:, :-1]).sum(axis=1, keepdims=True) / total[:, -1:])

        return of

    return estimate(
        Coefficient(
            counted=np.ones(len(stated), dtype=bool),
            grouped=grouped,
            undefined=NO_UNITS,
            least=lambda: 0.0,
            conventions={"bins": f"{bins} of equal width, closed below, the last one closed"},
        ),
        IntervalOptions(clusters, interval, level, replicates, seed),
    )


def reliability_bins(
    truth: Iterable[Any], probability: Iterable[float], bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """The bins behind `expected_calibration_error`, for a reliability plot."""
    outcome, stated = _read(truth, probability)
    place = _bin_of(stated, whole(bins, "bins", 1))
    found = []
    for number in range(bins):
        here = place == number
        units = int(here.sum())
        found.append(
            ReliabilityBin(
                low=number / bins,
                high=(number + 1) / bins,
                units=units,
                mean_probability=float(stated[here].mean()) if units else math.nan,
                share_true=float(outcome[here].mean()) if units else math.nan,
            )
        )
    return tuple(found)


def _bin_of(stated: Floats, bins: int) -> Ints:
    edges = np.arange(1, bins) / bins
    return np.asarray(np.searchsorted(edges, stated, side="right"), dtype=np.intp)


def _read(truth: Iterable[Any], probability: Iterable[float]) -> tuple[Floats, Floats]:
    outcome = truths(truth, "truth").astype(np.float64)
    stated = shares(probability, "probability")
    if len(outcome) != len(stated):
        raise RatingsError(
            f"{len(outcome)} outcomes and {len(stated)} probabilities", hint="Give one of each per unit"
        )
    return outcome, stated
