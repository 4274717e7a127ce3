"""Percent agreement: the share of pairs of ratings that agree, before any allowance for chance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from cothemes.agreement.arguments import one_table
from cothemes.agreement.estimate import AnalyticError, Coefficient, Interval, IntervalOptions, estimate
from cothemes.agreement.ratings import Floats, Ints, Ratings, read_ratings
from cothemes.agreement.resampling import Evaluate, cluster_sums
from cothemes.agreement.result import NO_PAIRS, Result
from cothemes.agreement.weights import Weights, name_of, weight_matrix
from cothemes.errors import RatingsError

Average = Literal["units", "pairs", "ratings"]

_AVERAGES = {
    "units": "every unit with two or more ratings counts once (Gwet 2014)",
    "pairs": "every pair of ratings counts once",
    "ratings": "every rating that has a partner counts once: 1 - observed disagreement of alpha",
}


def percent_agreement(
    ratings: Any,
    *more: Any,
    weights: Weights = None,
    average: Average = "units",
    categories: Iterable[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Share of agreeing pairs of ratings, units × raters, from 0 to 1.

    With missing ratings three averages differ; `average` chooses, and the result names it. With
    `weights`, near misses agree in part. NaN where no unit has two ratings.
    """
    one_table(more, "percent_agreement")
    data = read_ratings(ratings, categories)
    table = data.counts()
    per_unit = table.sum(axis=1)
    counted = per_unit >= 2
    matrix = weight_matrix(weights, data)
    agreement = unit_agreement(table[counted], matrix)
    size = per_unit[counted]
    if average not in _AVERAGES:
        raise RatingsError(f"average={average!r} is not known", hint="Choose 'units', 'pairs' or 'ratings'")
    share = {"units": np.ones_like(size), "pairs": size * (size - 1), "ratings": size}[average]
    sums = np.column_stack([agreement * share, share])

    def grouped(index: Ints, count: int) -> Evaluate:
        per_cluster = cluster_sums(sums, index, count)

        def of(weights_of_clusters: Floats) -> Floats:
            total = weights_of_clusters @ per_cluster
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.asarray(total[:, :1] / total[:, 1:])

        return of

    def analytic() -> AnalyticError:
        units = len(agreement)
        divisor = units if is_complete_pair(data) else units - 1
        spread = float(np.square(agreement - agreement.mean()).sum())
        se = math.sqrt(spread / units / divisor) if divisor else math.nan
        return AnalyticError(se, units - 1, f"Gwet (2014), t({units - 1})")

    return estimate(
        Coefficient(
            counted=counted,
            grouped=grouped,
            undefined=NO_PAIRS,
            empty=NO_PAIRS,
            analytic=analytic if average == "units" else None,
            least=lambda: 0.0,
            conventions={"average": _AVERAGES[average], "weights": name_of(weights)},
        ),
        IntervalOptions(clusters, interval, level, replicates, seed),
    )


def unit_agreement(table: Floats, matrix: Floats) -> Floats:
    """Per unit, the (weighted) share of agreeing pairs; units × labels counts, two or more each."""
    size = table.sum(axis=1)
    agreeing = (table * (table @ matrix.T - 1)).sum(axis=1)
    return np.asarray(agreeing / (size * (size - 1)))


def is_complete_pair(data: Ratings) -> bool:
    """Return whether there are two raters who rated everything: the case of a plain two-way table."""
    return data.raters == 2 and bool((data.codes >= 0).all())
