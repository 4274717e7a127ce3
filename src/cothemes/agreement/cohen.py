"""Cohen's kappa of two raters: chance agreement from each rater's own distribution of categories."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from cothemes.agreement.arguments import one_table
from cothemes.agreement.chance_agreement import corrected
from cothemes.agreement.estimate import AnalyticError, Coefficient, Interval, IntervalOptions, estimate
from cothemes.agreement.possible import least_corrected
from cothemes.agreement.ratings import Floats, Ints, read_ratings
from cothemes.agreement.resampling import Evaluate
from cothemes.agreement.result import NO_PAIRS, NO_VARIATION, TWO_RATERS_ONLY, Result, undefined
from cothemes.agreement.weights import Weights, name_of, weight_matrix
from cothemes.errors import RatingsError

Variance = Literal["fleiss-cohen-everitt", "cohen-1960", "gwet"]


def cohen_kappa(
    ratings: Any,
    *more: Any,
    weights: Weights = None,
    categories: Iterable[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    variance: Variance = "fleiss-cohen-everitt",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Cohen's (1960) kappa, with `weights` his weighted kappa (1968); units × two raters.

    Units that one rater left out do not count. `variance` chooses the analytic error: Fleiss, Cohen
    and Everitt (1969) with the normal distribution, Cohen's own of 1960, or gwet, the first with
    t(n−1). NaN with a reason where there are not two raters, or every rating is the same.
    """
    one_table(more, "cohen_kappa")
    if variance not in ("fleiss-cohen-everitt", "cohen-1960", "gwet"):
        raise RatingsError(
            f"variance={variance!r} is not known",
            hint="Choose 'fleiss-cohen-everitt', 'cohen-1960' or 'gwet'",
        )
    data = read_ratings(ratings, categories)
    if data.raters != 2:
        return undefined(TWO_RATERS_ONLY)
    matrix = weight_matrix(weights, data)
    size = len(data.labels)
    counted = np.asarray((data.codes >= 0).all(axis=1))
    cell = data.codes[counted, 0] * size + data.codes[counted, 1]

    def grouped(index: Ints, count: int) -> Evaluate:
        tables = np.bincount(index * size * size + cell, minlength=count * size * size)
        per_cluster = tables.reshape(count, size * size).astype(np.float64)

        def of(cluster_weights: Floats) -> Floats:
            return corrected(*_agreements(cluster_weights @ per_cluster, matrix))[:, None]

        return of

    def whole() -> Floats:
        return np.bincount(cell, minlength=size * size).astype(np.float64)[None, :]

    def parts() -> dict[str, float]:
        observed, expected = _agreements(whole(), matrix)
        return {"observed_agreement": float(observed[0]), "expected_agreement": float(expected[0])}

    return estimate(
        Coefficient(
            counted=counted,
            grouped=grouped,
            undefined=NO_VARIATION,
            empty=NO_PAIRS,
            analytic=lambda: _analytic(whole().reshape(size, size), matrix, variance),
            conventions={
                "missing": "units that one rater left out do not count, nor do they in the shares",
                "weights": name_of(weights),
            },
            least=lambda: least_corrected(
                _least_observed(whole().reshape(size, size), matrix), parts()["expected_agreement"]
            ),
            parts=parts,
        ),
        IntervalOptions(clusters, interval, level, replicates, seed),
    )


def _least_observed(table: Floats, matrix: Floats) -> float:
    """The least agreement with these numbers of labels of the first and of the second rater.

    The diagonal can be empty unless the two gave one label more often than there are units: the rest of it
    then has to meet (Hall's condition for a table with given margins). With weights no more is known than
    that no pair agrees less than the least weight.
    """
    if not np.array_equal(matrix, np.eye(len(matrix))):
        return float(matrix.min())
    units = float(table.sum())
    return max(0.0, float((table.sum(axis=1) + table.sum(axis=0)).max()) - units) / units


def _agreements(tables: Floats, matrix: Floats) -> tuple[Floats, Floats]:
    """Observed and expected agreement of tables, rows × (first rater's, second rater's) cells."""
    size = len(matrix)
    square = tables.reshape(-1, size, size)
    units = square.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (square * matrix).sum(axis=(1, 2)) / units
        first, second = square.sum(axis=2), square.sum(axis=1)
        expected = ((first @ matrix) * second).sum(axis=1) / np.square(units)
    varied = (first + second > 0).sum(axis=1) > 1
    return observed, np.where(varied, expected, math.nan)


def _analytic(table: Floats, matrix: Floats, variance: Variance) -> AnalyticError:
    units = int(table.sum())
    observed, expected = (float(part[0]) for part in _agreements(table.reshape(1, -1), matrix))
    if variance == "cohen-1960":
        se = math.sqrt(observed * (1 - observed) / units) / (1 - expected)
        return AnalyticError(se, None, "Cohen (1960), normal")
    kappa = (observed - expected) / (1 - expected)
    shares = table / units
    rows, columns = matrix @ shares.sum(axis=0), shares.sum(axis=1) @ matrix
    spread = matrix - (rows[:, None] + columns[None, :]) * (1 - kappa)
    total = float((shares * np.square(spread)).sum()) - (kappa - expected * (1 - kappa)) ** 2
    se = math.sqrt(max(total, 0.0) / units) / (1 - expected)
    if variance == "gwet":
        return AnalyticError(se, units - 1, f"Gwet (2014), t({units - 1})")
    return AnalyticError(se, None, "Fleiss, Cohen and Everitt (1969), normal")
