"""Fleiss' kappa: chance agreement from the pooled shares of the categories.

The generalisation of Scott's pi, not of Cohen's kappa, to several raters.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from cothemes.agreement.arguments import listed, one_table
from cothemes.agreement.chance_agreement import ChanceTerm, chance_corrected
from cothemes.agreement.estimate import Interval, IntervalOptions
from cothemes.agreement.ratings import MISSING, Floats, Ratings, read_ratings
from cothemes.agreement.result import TWO_RATERS_ONLY, Result, undefined
from cothemes.agreement.weights import Weights

_CONVENTIONS = {"chance": "raters share one distribution of categories (Scott 1955; Fleiss 1971)"}


def fleiss_kappa(
    ratings: Any,
    *more: Any,
    weights: Weights = None,
    categories: Iterable[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Fleiss' kappa, units × raters, with missing cells and weights as in Gwet (2014).

    pe = Σ w π π'. With equal numbers of ratings it is Fleiss (1971). NaN where every rating is the
    same.
    """
    one_table(more, "fleiss_kappa")
    return chance_corrected(
        read_ratings(ratings, categories),
        weights,
        POOLED,
        IntervalOptions(clusters, interval, level, replicates, seed),
        _CONVENTIONS,
    )


def fleiss_kappa_by_category(
    ratings: Any,
    *more: Any,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> dict[Hashable, Result]:
    """Fleiss' (1971) kappa of each category against all others together."""
    one_table(more, "fleiss_kappa_by_category")
    data = read_ratings(ratings)
    names = None if clusters is None else listed(clusters, "clusters")
    options = IntervalOptions(names, interval, level, replicates, seed)
    return {
        label: chance_corrected(
            Ratings(
                codes=np.where(data.codes == MISSING, MISSING, data.codes == code).astype(np.intp),
                labels=(False, True),
                ordered=True,
            ),
            None,
            POOLED,
            options,
            {**_CONVENTIONS, "category": repr(label)},
        )
        for code, label in enumerate(data.labels)
    }


def scott_pi(
    ratings: Any,
    *more: Any,
    weights: Weights = None,
    categories: Iterable[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Scott's (1955) pi of two raters, units × raters; units that one of them left out do not count.

    NaN with a reason where there are not two raters, or no variation.
    """
    one_table(more, "scott_pi")
    data = read_ratings(ratings, categories)
    if data.raters != 2:
        return undefined(TWO_RATERS_ONLY)
    both = (data.codes >= 0).all(axis=1, keepdims=True)
    return chance_corrected(
        Ratings(np.where(both, data.codes, MISSING), data.labels, data.ordered),
        weights,
        POOLED,
        IntervalOptions(clusters, interval, level, replicates, seed),
        {**_CONVENTIONS, "shares": "over the units that both rated", "missing": "such units are left out"},
    )


def _expected(shares: Floats, matrix: Floats) -> Floats:
    return np.asarray(((shares @ matrix) * shares).sum(axis=1))


def _gradient(shares: Floats, matrix: Floats) -> Floats:
    return np.asarray(2 * (matrix @ shares))


POOLED = ChanceTerm(_expected, _gradient)
