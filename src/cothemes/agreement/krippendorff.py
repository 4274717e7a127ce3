"""Krippendorff's alpha for any number of raters, missing ratings and any distance.

alpha = 1 − (N−1) · Σ_units Σ_pairs d/(n−1) / Σ n_c n_k d_ck over pairable ratings (Krippendorff 2011,
2019). Both sums are additive or quadratic in the clusters, so that intervals cost no new pass over
the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from cothemes.agreement.distances import (
    Distance,
    Distances,
    MatrixDistances,
    NominalDistances,
    applied,
    crossed,
    distances_of,
    greatest_of,
    is_squared,
)
from cothemes.agreement.estimate import AnalyticError, Coefficient, Interval, IntervalOptions, estimate
from cothemes.agreement.ordinal_alpha import ordinal_evaluation
from cothemes.agreement.percent import is_complete_pair
from cothemes.agreement.possible import least_alpha
from cothemes.agreement.ratings import Floats, Ints, Ratings, read_ratings
from cothemes.agreement.resampling import Evaluate, cluster_sums
from cothemes.agreement.result import NO_PAIRS, NO_UNITS, NO_VARIATION, Result
from cothemes.agreement.set_distances import EMPTY_SETS, FORMULAS
from cothemes.agreement.weights import Weights, name_of, weight_matrix
from cothemes.errors import RatingsError


def krippendorff_alpha(
    ratings: Any,
    distance: Distance = "nominal",
    *,
    weights: Weights = None,
    categories: Iterable[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Krippendorff's alpha; units × raters, None or NaN where missing.

    `distance` is nominal, ordinal, interval, ratio, for cells that are sets of codes jaccard, dice,
    masi (1 − J·M) or masi_product (d_P·d_J), or a function of two labels. `weights` turns agreement
    weights into distances, 1 − w, in place of `distance`. Units with one rating do not count. NaN
    with a reason where all ratings are alike or no unit has two. Raises RatingsError where labels
    and distance do not fit.
    """
    data = read_ratings(ratings, categories)
    if weights is not None and distance != "nominal":
        raise RatingsError("both a distance and weights are given", hint="Give one of them")
    counted = data.per_unit >= 2
    paired = Ratings(data.codes[counted], data.labels, data.ordered)
    options = IntervalOptions(clusters, interval, level, replicates, seed)
    conventions = _conventions(distance, weights)
    analytic: Callable[[], AnalyticError] | None = None
    if distance == "ordinal":
        data.need_order("distance='ordinal'")
        grouped, parts = ordinal_evaluation(paired)
        least: Callable[[], float] = partial(_least_of_squares, paired)
    else:
        distances = (
            distances_of(distance, data)
            if weights is None
            else MatrixDistances(1 - weight_matrix(weights, data))
        )
        alpha = _Alpha(paired, distances)
        grouped, parts, least = alpha.grouped, alpha.parts, alpha.least
        analytic = partial(alpha.analytic, plain_table=is_complete_pair(data))
    return estimate(
        Coefficient(
            counted=counted,
            grouped=grouped,
            undefined=NO_VARIATION,
            empty=NO_PAIRS if data.units else NO_UNITS,
            analytic=analytic,
            least=least,
            conventions=conventions,
            parts=parts,
        ),
        options,
    )


class _Alpha:
    """Alpha with distances that do not depend on the counts."""

    def __init__(self, data: Ratings, distances: Distances) -> None:
        self._data = data
        self._distances = distances
        self._size = data.per_unit.astype(np.float64)
        self._observed = observed_disagreement(data, distances)
        self._expected = math.nan

    def grouped(self, index: Ints, count: int) -> Evaluate:
        """Alpha as a function of the clusters' weights."""
        sums = cluster_sums(np.column_stack([self._observed, self._size]), index, count)
        held = cluster_counts(self._data, index, count)
        few_clusters = count < self._distances.size
        whole = slice(0, self._distances.size)
        between = crossed(self._distances, held) if few_clusters else self._distances.block(whole, whole)

        def of(weights: Floats) -> Floats:
            observed, ratings = (weights @ sums).T
            given = weights if few_clusters else weights @ held
            expected = ((given @ between) * given).sum(axis=1)
            if math.isnan(self._expected):
                # The first weights to be asked for take every cluster once.
                self._expected = float(expected[0])
            return alpha_of(observed, expected, ratings)[:, None]

        return of

    def parts(self) -> Mapping[str, float]:
        """Observed and expected disagreement."""
        ratings = float(self._size.sum())
        return {
            "observed_disagreement": float(self._observed.sum()) / ratings,
            "expected_disagreement": self._expected / (ratings * (ratings - 1)),
        }

    def least(self) -> float:
        """Return what alpha is at least, as far as that is known for the distance."""
        whole = cluster_counts(self._data, np.zeros(self._data.units, dtype=np.intp), 1)[0]
        if isinstance(self._distances, NominalDistances):
            return least_alpha(self._data.per_unit, whole)
        ratings, greatest = float(self._size.sum()), greatest_of(self._distances)
        bounds = [-math.inf]
        if greatest is not None and self._expected > 0:
            bounds.append(1 - (ratings - 1) * ratings * greatest / self._expected)
        if is_squared(self._distances):
            bounds.append(_least_of_squares(self._data))
        return max(bounds)

    def analytic(self, *, plain_table: bool) -> AnalyticError:
        """Gwet's (2014) linearised standard error, units taken as independent."""
        units = len(self._size)
        if units < 2:
            return AnalyticError(math.nan, None, "Gwet (2014), not computable from one unit")
        mean_size = self._size.mean()
        whole = cluster_counts(self._data, np.zeros(units, dtype=np.intp), 1)[0]
        shares = whole / self._size.sum()
        pull = applied(self._distances, shares)
        disagreement = float(shares @ pull)
        codes = self._data.codes
        each_pull = np.where(codes >= 0, pull[codes], 0).sum(axis=1)
        size = self._size / mean_size
        observed = size - self._observed / mean_size
        mean_observed = float(observed.mean())
        # irrCAC centres the unequal numbers of ratings on the small-sample agreement; so do we.
        small_sample = mean_observed + (1 - mean_observed) / self._size.sum()
        own = observed - small_sample * (size - 1)
        slope = -2 * (each_pull / mean_size - disagreement * size)
        alpha = 1 - (1 - mean_observed) / disagreement
        each = (own - (1 - disagreement) - (1 - alpha) * slope) / disagreement
        divisor = units * (units if plain_table else units - 1)
        se = math.sqrt(float(np.square(each - alpha).sum()) / divisor)
        return AnalyticError(se, units - 1, f"Gwet (2014), t({units - 1})")


def _least_of_squares(data: Ratings) -> float:
    """The least alpha where the distance is a squared one of points: within units there is no more of it
    than in all, so that alpha is 1 − (N−1)/N · max n/(n−1) at least, N ratings, n of a unit; about −1 with
    two raters."""
    sizes = data.per_unit.astype(np.float64)
    ratings = float(sizes.sum())
    return 1 - (ratings - 1) / ratings * float((sizes / (sizes - 1)).max())


def observed_disagreement(data: Ratings, distances: Distances) -> Floats:
    """Per unit, the distances over ordered pairs of ratings, divided by the ratings less one."""
    total = np.zeros(data.units)
    for first in range(data.raters):
        for second in range(first):
            left, right = data.codes[:, first], data.codes[:, second]
            both = (left >= 0) & (right >= 0)
            total[both] += 2 * distances.between(left[both], right[both])
    return np.asarray(total / (data.per_unit - 1))


def cluster_counts(data: Ratings, index: Ints, count: int) -> Floats:
    """Clusters × labels: how often each label was given."""
    size = len(data.labels)
    unit, rater = np.nonzero(data.codes >= 0)
    cell = index[unit] * size + data.codes[unit, rater]
    return np.bincount(cell, minlength=count * size).reshape(count, size).astype(np.float64)


def alpha_of(observed: Floats, expected: Floats, ratings: Floats) -> Floats:
    """1 − (N−1) · observed / expected; NaN where nothing could disagree."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - (ratings - 1) * observed / expected, math.nan)


def _conventions(distance: Distance, weights: Weights) -> dict[str, str]:
    named = distance if isinstance(distance, str) else f"function {_name(distance)}"
    conventions = {
        "distance": named if weights is None else f"1 - weights ({name_of(weights)})",
        "missing": "units with one rating do not count, nor do their ratings in the expected disagreement",
        "no_variation": "not computable, never 1",
    }
    if isinstance(distance, str) and distance in FORMULAS:
        conventions["formula"] = FORMULAS[distance]
        conventions["empty_sets"] = EMPTY_SETS[distance]
    if distance == "ordinal":
        conventions["formula"] = "squared difference of mid-ranks in the pairable ratings (Krippendorff 2011)"
    return conventions


def _name(distance: Any) -> str:
    return str(getattr(distance, "__name__", type(distance).__name__))
