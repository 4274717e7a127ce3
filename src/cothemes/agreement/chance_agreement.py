"""Coefficients that differ only in the agreement they expect by chance.

Fleiss' kappa, Gwet's AC and Brennan and Prediger's coefficient share the observed agreement, the
shares of the categories and the linearised variance of Gwet (2014); each brings its own chance term.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cothemes.agreement.estimate import AnalyticError, Coefficient, IntervalOptions, estimate
from cothemes.agreement.percent import is_complete_pair, unit_agreement
from cothemes.agreement.possible import least_agreeing, least_corrected
from cothemes.agreement.ratings import Bools, Floats, Ints, Ratings
from cothemes.agreement.resampling import Evaluate, cluster_sums
from cothemes.agreement.result import NO_PAIRS, NO_VARIATION, Result
from cothemes.agreement.weights import Weights, name_of, weight_matrix

CONVENTIONS = {
    "observed": "mean over units with two or more ratings, each unit once (Gwet 2014)",
    "shares": "mean over all rated units, those with one rating too",
    "no_variation": "one category only is not computable, never 1",
}


@dataclass(frozen=True, slots=True)
class ChanceTerm:
    """Agreement expected by chance, given the shares of the categories."""

    expected: Callable[[Floats, Floats], Floats]
    """Shares (rows × categories) and weights to one value a row."""

    gradient: Callable[[Floats, Floats], Floats]
    """Shares (categories) and weights to the derivative by each share; zero where there is none."""


def chance_corrected(
    data: Ratings,
    weights: Weights,
    term: ChanceTerm,
    options: IntervalOptions,
    conventions: Mapping[str, str],
) -> Result:
    """(pa − pe) / (1 − pe) with the chance term's pe, on units × raters with missing cells."""
    matrix = weight_matrix(weights, data)
    table = data.counts()
    per_unit = table.sum(axis=1)
    counted = per_unit >= 1 if bool((per_unit >= 2).any()) else np.zeros(len(table), dtype=bool)
    table, per_unit = table[counted], per_unit[counted]
    paired = per_unit >= 2
    agreement = np.zeros(len(table))
    agreement[paired] = unit_agreement(table[paired], matrix)
    shares = table / per_unit[:, None]
    sums = np.column_stack([agreement, paired, np.ones(len(table)), shares])

    def observed_and_expected(total: Floats) -> tuple[Floats, Floats]:
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = total[:, 0] / total[:, 1]
            pi = total[:, 3:] / total[:, 2:3]
        expected = np.asarray(term.expected(pi, matrix), dtype=np.float64)
        expected = np.where((pi > 0).sum(axis=1) < 2, math.nan, expected)
        return observed, expected

    def grouped(index: Ints, count: int) -> Evaluate:
        per_cluster = cluster_sums(sums, index, count)

        def of(cluster_weights: Floats) -> Floats:
            observed, expected = observed_and_expected(cluster_weights @ per_cluster)
            return corrected(observed, expected)[:, None]

        return of

    def analytic() -> AnalyticError:
        observed, expected = (
            float(part[0]) for part in observed_and_expected(sums.sum(axis=0, keepdims=True))
        )
        pi = shares.mean(axis=0)
        slope = (shares - pi) @ term.gradient(pi, matrix)
        return linearised(agreement, paired, slope, observed, expected, plain_table=is_complete_pair(data))

    return estimate(
        Coefficient(
            counted=counted,
            grouped=grouped,
            undefined=NO_VARIATION,
            empty=NO_PAIRS,
            analytic=analytic,
            conventions={**CONVENTIONS, **conventions, "weights": name_of(weights)},
            least=lambda: least_corrected(
                least_observed(table, paired, matrix),
                float(observed_and_expected(sums.sum(axis=0, keepdims=True))[1][0]),
            ),
            parts=lambda: _parts(*observed_and_expected(sums.sum(axis=0, keepdims=True))),
        ),
        options,
    )


def corrected(observed: Floats, expected: Floats) -> Floats:
    """(observed − expected) / (1 − expected); NaN where chance alone agrees in full."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(1 - expected > 1e-12, (observed - expected) / (1 - expected), math.nan)


def least_observed(table: Floats, paired: Bools, matrix: Floats) -> float:
    """The least mean agreement of units with as many ratings of each label, units × labels; with weights no
    more is known than that no pair agrees less than the least weight."""
    if not np.array_equal(matrix, np.eye(len(matrix))):
        return float(matrix.min())
    units = table[paired]
    agreeing = least_agreeing(units.sum(axis=1), units.sum(axis=0), per_pair=True)
    return agreeing / len(units)


def linearised(
    agreement: Floats,
    paired: Floats,
    slope: Floats,
    observed: float,
    expected: float,
    *,
    plain_table: bool,
) -> AnalyticError:
    """Gwet's (2014) unconditional standard error, from each unit's share in the coefficient.

    `slope` is the unit's first-order effect on the expected agreement. The divisor is n(n−1); for
    the plain table of two raters it is n², as in the formulas for such tables.
    """
    units = len(agreement)
    if units < 2:
        return AnalyticError(math.nan, None, "Gwet (2014), not computable from one unit")
    value = (observed - expected) / (1 - expected)
    own = units / paired.sum() * (agreement - expected) * paired
    each = (own - (1 - value) * slope) / (1 - expected)
    divisor = units * (units if plain_table else units - 1)
    se = math.sqrt(float(np.square(each - value).sum()) / divisor)
    return AnalyticError(se, units - 1, f"Gwet (2014), t({units - 1})")


def _parts(observed: Floats, expected: Floats) -> dict[str, float]:
    return {"observed_agreement": float(observed[0]), "expected_agreement": float(expected[0])}
