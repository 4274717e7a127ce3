"""Conger's kappa: Cohen's kappa for several raters, each with a distribution of categories of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from cothemes.agreement.arguments import one_table
from cothemes.agreement.chance_agreement import CONVENTIONS, corrected, least_observed, linearised
from cothemes.agreement.estimate import AnalyticError, Coefficient, Interval, IntervalOptions, estimate
from cothemes.agreement.percent import is_complete_pair, unit_agreement
from cothemes.agreement.possible import least_corrected
from cothemes.agreement.ratings import Floats, Ints, read_ratings
from cothemes.agreement.resampling import Evaluate, cluster_sums
from cothemes.agreement.result import NO_PAIRS, NO_VARIATION, Result
from cothemes.agreement.weights import Weights, name_of, weight_matrix


def conger_kappa(
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
    """Conger (1980), units × raters, with missing cells and weights as in Gwet (2014).

    pe = Σ over pairs of raters g ≠ h of p_g' W p_h / (r(r−1)), p_g the shares of rater g over what
    g rated. For two raters with complete ratings it is Cohen's kappa. NaN where every rating is the
    same.
    """
    one_table(more, "conger_kappa")
    data = read_ratings(ratings, categories)
    matrix = weight_matrix(weights, data)
    table = data.counts()
    per_unit = table.sum(axis=1)
    counted = per_unit >= 1 if bool((per_unit >= 2).any()) else np.zeros(len(table), dtype=bool)
    table, codes = table[counted], data.codes[counted]
    paired = per_unit[counted] >= 2
    agreement = np.zeros(len(table))
    agreement[paired] = unit_agreement(table[paired], matrix)
    size = len(data.labels)
    given = (codes[:, :, None] == np.arange(size)).astype(np.float64)
    sums = np.column_stack([agreement, paired, given.reshape(len(codes), data.raters * size)])

    def observed_and_expected(total: Floats) -> tuple[Floats, Floats]:
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = total[:, 0] / total[:, 1]
        return observed, _expected(total[:, 2:].reshape(-1, data.raters, size), matrix)

    def grouped(index: Ints, count: int) -> Evaluate:
        per_cluster = cluster_sums(sums, index, count)

        def of(cluster_weights: Floats) -> Floats:
            return corrected(*observed_and_expected(cluster_weights @ per_cluster))[:, None]

        return of

    def analytic() -> AnalyticError:
        observed, expected = (
            float(part[0]) for part in observed_and_expected(sums.sum(axis=0, keepdims=True))
        )
        return linearised(
            agreement,
            paired,
            _slope(given, matrix),
            observed,
            expected,
            plain_table=is_complete_pair(data),
        )

    def parts() -> dict[str, float]:
        observed, expected = observed_and_expected(sums.sum(axis=0, keepdims=True))
        return {"observed_agreement": float(observed[0]), "expected_agreement": float(expected[0])}

    return estimate(
        Coefficient(
            counted=counted,
            grouped=grouped,
            undefined=NO_VARIATION,
            empty=NO_PAIRS,
            analytic=analytic,
            conventions={
                **CONVENTIONS,
                "shares": "each rater's own, over all units that the rater rated",
                "weights": name_of(weights),
            },
            least=lambda: least_corrected(
                least_observed(table, paired, matrix), parts()["expected_agreement"]
            ),
            parts=parts,
        ),
        IntervalOptions(clusters, interval, level, replicates, seed),
    )


def _expected(by_rater: Floats, matrix: Floats) -> Floats:
    """Rows × raters × categories counts to one expected agreement a row."""
    made = by_rater.sum(axis=2, keepdims=True)
    shares = np.divide(by_rater, made, out=np.zeros_like(by_rater), where=made > 0)
    pooled = shares.sum(axis=1)
    raters = (made > 0).sum(axis=(1, 2))
    own = np.einsum("bgk,kl,bgl->b", shares, matrix, shares)
    crossed = ((pooled @ matrix) * pooled).sum(axis=1) - own
    varied = (by_rater.sum(axis=1) > 0).sum(axis=1) > 1
    pairs = np.where(varied & (raters > 1), raters * (raters - 1), math.nan)
    return np.asarray(crossed / pairs)


def _slope(given: Floats, matrix: Floats) -> Floats:
    """Each unit's first-order effect on the expected agreement (units × raters × categories)."""
    units = len(given)
    made = given.sum(axis=(0, 2))
    shares = given.sum(axis=0)[made > 0] / made[made > 0][:, None]
    raters = len(shares)
    others = shares.sum(axis=0) - shares
    gradient = 2 * (others @ matrix) / (raters * (raters - 1))
    rated = given[:, made > 0].sum(axis=2, keepdims=True)
    shift = (given[:, made > 0] - rated * shares) * (units / made[made > 0])[:, None]
    return np.asarray(np.einsum("igk,gk->i", shift, gradient))
