"""Prompt stability: do repeated or reworded runs of one coder say the same?

Runs are raters here. High stability says that the coder repeats itself, not that it is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cothemes.agreement.arguments import listed
from cothemes.agreement.distances import Distance
from cothemes.agreement.estimate import Interval
from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.ratings import read_ratings
from cothemes.agreement.result import Result
from cothemes.errors import RatingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityResult(Result):
    """Alpha over all runs, and how it built up."""

    flip_rate: float
    """Share of units, of those with two runs or more, on which not all runs agree; NaN without any."""

    cumulative: tuple[Result, ...] = ()
    """Alpha of the first two runs, of the first three, and so on, without intervals."""


def prompt_stability(
    runs: Iterable[Sequence[Any]],
    distance: Distance = "nominal",
    *,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> StabilityResult:
    """Prompt stability score (Barrie, Palaiologou and Törnberg 2024): alpha with runs as raters.

    `runs` is runs × units: each run's label of every unit, None where it gave none. Where the
    published tool resamples single answers, intervals here are over clusters of units. NaN with a
    reason where there are not two runs, or no variation. Raises RatingsError where runs differ in
    length.
    """
    columns = [listed(run, f"run {number}") for number, run in enumerate(listed(runs, "runs"))]
    for number, run in enumerate(columns):
        if len(run) != len(columns[0]):
            raise RatingsError(
                f"run {number} has {len(run)} units where run 0 has {len(columns[0])}",
                hint="Give every run a label for every unit, None where it gave none",
            )
    table = [list(row) for row in zip(*columns, strict=True)]
    whole = krippendorff_alpha(
        table, distance, clusters=clusters, interval=interval, level=level, replicates=replicates, seed=seed
    )
    cumulative = tuple(
        krippendorff_alpha([row[:count] for row in table], distance, interval=None)
        for count in range(2, len(columns) + 1)
    )
    return StabilityResult(
        value=whole.value,
        se=whole.se,
        low=whole.low,
        high=whole.high,
        units=whole.units,
        clusters=whole.clusters,
        reason=whole.reason if len(columns) > 1 else "fewer than two runs",
        method=whole.method,
        conventions={**whole.conventions, "raters": "runs", "flips": "units on which not all runs agree"},
        parts={**whole.parts, "runs": float(len(columns))},
        flip_rate=_flip_rate(table),
        cumulative=cumulative,
    )


def _flip_rate(table: list[list[Any]]) -> float:
    codes = read_ratings(table).codes
    repeated = codes[(codes >= 0).sum(axis=1) >= 2]
    if not len(repeated):
        return math.nan
    least = np.where(repeated >= 0, repeated, repeated.max(axis=1, keepdims=True)).min(axis=1)
    return float((least != repeated.max(axis=1)).mean())
