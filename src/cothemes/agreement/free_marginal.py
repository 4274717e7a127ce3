"""Brennan and Prediger's coefficient: chance agreement as if every category were equally likely.

With two raters it is Bennett's S, with two categories PABAK, with complete ratings of several raters
Randolph's free-marginal kappa.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cothemes.agreement.arguments import one_table
from cothemes.agreement.chance_agreement import ChanceTerm, chance_corrected
from cothemes.agreement.estimate import Interval, IntervalOptions
from cothemes.agreement.ratings import Floats, read_ratings
from cothemes.agreement.result import Result
from cothemes.agreement.weights import Weights


def brennan_prediger(
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
    """Brennan and Prediger (1981), units × raters, with missing cells and weights as in Gwet (2014).

    pe = T_w/q², q the number of categories: those that occur with any rater, unless `categories`
    names them. NaN where every rating is the same.
    """
    one_table(more, "brennan_prediger")
    return chance_corrected(
        read_ratings(ratings, categories),
        weights,
        ChanceTerm(_expected, lambda shares, _: np.zeros_like(shares)),
        IntervalOptions(clusters, interval, level, replicates, seed),
        {"categories": "those that occur" if categories is None else "as given"},
    )


def _expected(shares: Floats, matrix: Floats) -> Floats:
    return np.full(len(shares), matrix.mean() if matrix.size else np.nan)
