"""Turns a coefficient into a result: its value, and the interval that was asked for.

Every coefficient states three things and gets the rest from here: which units count, how it
follows from the weights of their clusters, and, where the literature has one, its analytic error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from scipy import special

from cothemes.agreement.arguments import share, whole
from cothemes.agreement.possible import why_withheld
from cothemes.agreement.ratings import Bools, Ints
from cothemes.agreement.resampling import (
    Evaluate,
    Spread,
    bootstrap,
    jackknife,
    read_clusters,
)
from cothemes.agreement.result import NO_UNITS, Result
from cothemes.errors import RatingsError

Interval = Literal["auto", "jackknife", "bootstrap", "analytic"] | None
"""auto: the jackknife where clusters are given, else the analytic interval where there is one."""


@dataclass(frozen=True, slots=True)
class IntervalOptions:
    """Method, level and size of an interval."""

    clusters: Iterable[Any] | None = None
    """The cluster (the interview) of every unit, in the order of the units."""

    interval: Interval = "auto"
    level: float = 0.95
    replicates: int = 2000
    """Draws of the bootstrap."""

    seed: int = 0
    """Seed of the bootstrap."""

    def __post_init__(self) -> None:
        if self.interval not in ("auto", "jackknife", "bootstrap", "analytic", None):
            raise RatingsError(
                f"interval={self.interval!r} is not known",
                hint="Choose 'jackknife', 'bootstrap', 'analytic', 'auto' or None",
            )
        if self.interval in ("jackknife", "bootstrap") and self.clusters is None:
            raise RatingsError(
                f"interval={self.interval!r} needs clusters=",
                hint="Give the interview of every unit; passages themselves are never resampled",
            )
        share(self.level, "level", least=False, most=False, example="0.95")
        whole(self.replicates, "replicates", 2)
        whole(self.seed, "seed", 0)


NO_ANALYTIC_ALONE = "no interval: the literature has no analytic one for it; give clusters"


@dataclass(frozen=True, slots=True)
class AnalyticError:
    """A standard error from the literature."""

    se: float
    freedom: int | None
    """Degrees of freedom of Student's t; None for the normal distribution."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """A statistic as a function of its clusters' weights."""

    counted: Bools
    """Per unit, whether it enters the statistic."""

    grouped: Callable[[Ints, int], Evaluate]
    """Given the cluster of each counted unit and their number, the statistic of the weights."""

    undefined: str
    """Reason why the statistic is undefined where it is, with units to count."""

    empty: str = NO_UNITS
    """Reason why it is undefined where no unit counts."""

    analytic: Callable[[], AnalyticError] | None = None
    least: Callable[[], float] = lambda: -math.inf
    """The least value of the statistic, with as many ratings of each label; asked for once it has a value. It
    is never more than 1. An interval that reaches further is withheld.
    """

    silent: str | None = None
    """Reason why an interval would say nothing, whatever its ends; None where it would."""

    conventions: Mapping[str, str] = field(default_factory=dict)
    parts: Callable[[], Mapping[str, float]] = dict


def estimate(coefficient: Coefficient, options: IntervalOptions) -> Result:
    """The coefficient's value with the interval that `options` asks for."""
    counted = coefficient.counted
    units = int(counted.sum())
    groups = None if options.clusters is None else read_clusters(options.clusters, len(counted))
    if not units:
        return Result(value=math.nan, reason=coefficient.empty, conventions=coefficient.conventions)
    kind = options.interval
    if kind == "auto":
        kind = "jackknife" if groups else "analytic" if coefficient.analytic else None
    resampled = groups is not None and kind in ("jackknife", "bootstrap")
    # Grouped once: the value is the statistic with every cluster taken once.
    index, count = groups.only(counted) if groups and resampled else (np.zeros(units, dtype=np.intp), 1)
    evaluate = coefficient.grouped(index, count)
    point = evaluate(np.ones((1, count)))[0]
    value = float(point[0])
    parts = coefficient.parts()
    reason, method = None, None
    se = low = high = math.nan
    if math.isnan(value):
        reason = coefficient.undefined
    elif kind is None and options.interval == "auto":
        reason = NO_ANALYTIC_ALONE
    elif kind == "analytic":
        if coefficient.analytic is None:
            reason = "the literature has no analytic interval for it"
        else:
            error = coefficient.analytic()
            se = error.se
            low, high = _ends(value, error, options.level)
            method = f"analytic, units taken as independent: {error.source}"
            if high > 1:
                # As in the programs that print it; a jackknife is made so that it does not get there.
                high, method = 1.0, f"{method}; the upper end cut to 1"
    elif kind and resampled:
        spread = spread_of(evaluate, count, point, kind, options)
        se, low, high = (float(column[0]) for column in (spread.se, spread.low, spread.high))
        reason, method = spread.reasons[0], spread.method
    if kind and reason is None and coefficient.silent:
        se = low = high = math.nan
        reason, method = coefficient.silent, None
    elif not math.isnan(low) and (withheld := why_withheld(low, high, coefficient.least())):
        low = high = math.nan
        reason, method = withheld, None
    return Result(
        value=value,
        se=se,
        low=low,
        high=high,
        units=units,
        clusters=None if groups is None else count if resampled else groups.only(counted)[1],
        reason=reason,
        method=method,
        conventions=coefficient.conventions,
        parts=parts,
    )


def spread_of(evaluate: Evaluate, count: int, point: Any, kind: str, options: IntervalOptions) -> Spread:
    """Jackknife or bootstrap, by name, of coefficients that are 1 at most."""
    if kind == "jackknife":
        return jackknife(evaluate, count, point, options.level, at_most_one=True)
    return bootstrap(evaluate, count, point, options.level, options.replicates, options.seed)


def _ends(value: float, error: AnalyticError, level: float) -> tuple[float, float]:
    share = 0.5 + level / 2
    quantile = special.ndtri(share) if error.freedom is None else special.stdtrit(error.freedom, share)
    return value - float(quantile) * error.se, value + float(quantile) * error.se
