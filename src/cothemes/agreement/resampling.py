"""Intervals over clusters: whole interviews are left out or drawn again, never passages.

Passages of one interview resemble each other. A bootstrap over passages covers the truth in three
samples of four where it promises nineteen of twenty; the delete-one-cluster jackknife with Student
quantiles keeps its promise from ten clusters on, and is therefore the default.

A statistic enters as a function of the clusters' weights: a row of weights, one per cluster, gives
one value per column. Weight 0 leaves a cluster out, weight 2 takes it twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from cothemes.agreement.arguments import listed
from cothemes.agreement.ratings import Bools, Floats, Ints, is_missing
from cothemes.agreement.result import ONE_CLUSTER, ONE_DISAGREES
from cothemes.errors import RatingsError

Evaluate = Callable[[Floats], Floats]
"""Weights, rows × clusters, to values, rows × columns; NaN where a value is undefined."""

LOG_FROM = 0.5
"""Value from which on a statistic of at most 1 has its interval on the logarithm of its distance from 1.

Chosen by simulation (`python -m eval.interval_rules`): the plain interval of near-perfect raters lay above
the truth in 7 to 12 of 100 studies of 20 or 40 interviews, and reached over 1 in up to 8 of 10 studies of
fewer; under .5 the plain interval misses less often.
"""
_WEIGHTS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Clusters:
    """The cluster that each unit belongs to."""

    index: Ints
    """Per unit, the number of its cluster."""

    count: int
    """Number of clusters."""

    def only(self, units: Bools) -> tuple[Ints, int]:
        """Cluster numbers of the chosen units, counted anew from 0, and how many there are."""
        names, index = np.unique(self.index[units], return_inverse=True)
        return np.asarray(index, dtype=np.intp), len(names)


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard error and interval of one or several statistics, one entry per column."""

    se: Floats
    low: Floats
    high: Floats
    reasons: list[str | None]
    methods: list[str]

    @property
    def method(self) -> str:
        """Return how the first of the intervals was made."""
        return self.methods[0]


def read_clusters(clusters: Iterable[Any], units: int) -> Clusters:
    """Numbers the clusters. Raises RatingsError where the length differs, one is missing, or names and
    numbers are side by side, such as 1 and '1'."""
    names = listed(clusters, "clusters")
    if len(names) != units:
        raise RatingsError(
            f"{len(names)} clusters were given for {units} units",
            hint="Give the cluster (the interview) of every unit, in the order of the units",
        )
    place: dict[Hashable, int] = {}
    index = np.empty(units, dtype=np.intp)
    for number, name in enumerate(names):
        if is_missing(name) or name == "":
            raise RatingsError(
                f"unit {number} has no cluster",
                hint="Give every unit its interview, or its document",
            )
        counted = isinstance(name, int | float | np.number)
        if counted and not 0 <= name < math.inf:
            raise RatingsError(
                f"unit {number} has the cluster {name}",
                hint="Give every unit its interview; pandas writes -1 where a name is missing",
            )
        if counted != isinstance(names[0], int | float | np.number):
            raise RatingsError(
                f"unit {number} has the cluster {name!r} where unit 0 has {names[0]!r}",
                hint="Name all clusters by words, or all by numbers",
            )
        if not isinstance(name, Hashable):
            raise RatingsError(f"unit {number} has the cluster {name!r}", hint="Give one name for every unit")
        index[number] = place.setdefault(name, len(place))
    return Clusters(index, len(place))


def cluster_sums(values: Floats, index: Ints, count: int) -> Floats:
    """Sums of rows (units × columns) within each cluster: clusters × columns."""
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(count))
    if not len(values):
        return np.zeros((count, values.shape[1]))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0), dtype=np.float64)


def jackknife(
    evaluate: Evaluate, count: int, value: Floats, level: float, *, at_most_one: bool | Bools = False
) -> Spread:
    """Delete-one-cluster jackknife with Student quantiles on `count` − 1 degrees of freedom.

    se² = (K−1)/K · Σ(θ₋ₖ − mean θ₋)² (Efron and Tibshirani 1993, ch. 11); the interval is
    θ ± t(K−1) · se. Undefined where leaving one cluster out leaves a statistic undefined.
    `at_most_one`: whether a column is a coefficient that cannot exceed 1; from `LOG_FROM` on its interval
    is that of log(1 − θ), carried back. `se` is of θ itself all the same.
    """
    method = f"delete-one-cluster jackknife, t({count - 1})"
    if count < 2:
        return _nothing(value, ONE_CLUSTER, method)
    step = _rows_at_once(count)
    left_out = np.vstack(
        [
            evaluate(_all_but(np.arange(start, min(start + step, count)), count))
            for start in range(0, count, step)
        ]
    )
    centred = left_out - left_out.mean(axis=0)
    se = np.sqrt((count - 1) / count * np.square(centred).sum(axis=0))
    quantile = float(special.stdtrit(count - 1, 0.5 + level / 2))
    low, high = value - quantile * se, value + quantile * se
    methods, alone = [method] * len(value), np.zeros(len(value), dtype=bool)
    # Where nothing differs whichever cluster is left out, the plain ends say so; a logarithm is not needed.
    logged = np.flatnonzero(np.asarray(at_most_one) & (value >= LOG_FROM) & (se > 1e-12))
    if len(logged):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            middle, apart = np.log(1 - value[logged]), np.log(1 - left_out[:, logged])
            reach = quantile * np.sqrt(
                (count - 1) / count * np.square(apart - apart.mean(axis=0)).sum(axis=0)
            )
            low[logged], high[logged] = 1 - np.exp(middle + reach), 1 - np.exp(middle - reach)
        lost = logged[~np.isfinite(middle) | ~np.isfinite(reach)]
        alone[lost], low[lost], high[lost] = True, math.nan, math.nan
        for place in logged.tolist():
            methods[place] = f"delete-one-cluster jackknife of log(1 - x), t({count - 1})"
    undefined = np.isnan(se) & ~np.isnan(value)
    reasons: list[str | None] = [
        "one cluster holds all of the variation: no interval" if varies else ONE_DISAGREES if one else None
        for varies, one in zip(undefined, alone, strict=True)
    ]
    return Spread(se, low, high, reasons, methods)


def bootstrap(
    evaluate: Evaluate, count: int, value: Floats, level: float, replicates: int, seed: int
) -> Spread:
    """Percentile bootstrap over whole clusters, drawn with replacement and seeded.

    Draws in which a statistic is undefined are left out; where they are more than half, so is
    the interval.
    """
    method = f"cluster bootstrap, {replicates} draws, seed {seed}, percentile"
    if count < 2:
        return _nothing(value, ONE_CLUSTER, method)
    chance = np.random.default_rng(seed)
    step = _rows_at_once(count)
    drawn = np.vstack(
        [
            evaluate(
                chance.multinomial(
                    count, np.full(count, 1 / count), size=min(step, replicates - start)
                ).astype(np.float64)
            )
            for start in range(0, replicates, step)
        ]
    )
    undefined = np.isnan(drawn).sum(axis=0)
    columns = [column[~np.isnan(column)] for column in drawn.T]
    usable = (undefined <= replicates // 2) & ~np.isnan(value)
    tail = (1 - level) / 2
    ends = np.array(
        [
            np.quantile(column, [tail, 1 - tail]) if fine else [math.nan, math.nan]
            for column, fine in zip(columns, usable, strict=True)
        ]
    ).reshape(-1, 2)
    se = np.array(
        [column.std(ddof=1) if fine else math.nan for column, fine in zip(columns, usable, strict=True)]
    )
    reasons: list[str | None] = [
        f"undefined in {lost} of {replicates} draws: no interval"
        if not fine and not math.isnan(theta)
        else None
        for lost, fine, theta in zip(undefined, usable, value, strict=True)
    ]
    return Spread(se, ends[:, 0], ends[:, 1], reasons, [method] * len(value))


def _rows_at_once(count: int) -> int:
    """Rows of weights that fit in memory together."""
    return max(1, _WEIGHTS_AT_ONCE // count)


def _all_but(left_out: Ints, count: int) -> Floats:
    weights = np.ones((len(left_out), count))
    weights[np.arange(len(left_out)), left_out] = 0
    return weights


def _nothing(value: Floats, reason: str, method: str) -> Spread:
    empty = np.full(value.shape, math.nan)
    return Spread(empty, empty, empty, [reason] * len(value), [method] * len(value))
