"""Gwet's AC1 and AC2: chance agreement from how undecided the categories are.

AC hardly falls when a category is rare. That is why it is never shown alone: at a prevalence of two
in a hundred it is .95 for raters whose agreement on the rare category is .41.
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


def gwet_ac(
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
    """Gwet's AC1, or AC2 with `weights`; units × raters, missing cells allowed.

    pe = T_w/(q(q−1)) · Σ π(1−π) (Gwet 2008, 2014), q the number of categories: those that occur,
    unless `categories` names them. NaN where every rating is the same.
    """
    one_table(more, "gwet_ac")
    return chance_corrected(
        read_ratings(ratings, categories),
        weights,
        ChanceTerm(_expected, _gradient),
        IntervalOptions(clusters, interval, level, replicates, seed),
        {"categories": "those that occur" if categories is None else "as given"},
    )


def _expected(shares: Floats, matrix: Floats) -> Floats:
    return np.asarray(_scale(matrix) * (shares * (1 - shares)).sum(axis=1))


def _gradient(shares: Floats, matrix: Floats) -> Floats:
    return np.asarray(_scale(matrix) * (1 - 2 * shares))


def _scale(matrix: Floats) -> float:
    size = len(matrix)
    return float(matrix.sum()) / max(size * (size - 1), 1)
