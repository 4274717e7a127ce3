"""Coefficients of codes that apply or do not, as formulas over sums that add up over interviews."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from cothemes.agreement.possible import least_agreeing, least_alpha, least_corrected
from cothemes.agreement.ratings import Bools, Floats
from cothemes.agreement.result import NO_PAIRS, NO_POSITIVES, NO_VARIATION


@dataclass(frozen=True, slots=True)
class BinaryStatistic:
    """A coefficient of each code, by the sums it needs."""

    fields: Callable[[Floats, Floats], tuple[Floats, ...]]
    """Ratings of 1 and of 0 (units × codes) to the arrays whose sums count, of the same shape."""

    formula: Callable[..., Floats]
    """The sums, one array per field (rows × codes), to the values (rows × codes)."""

    undefined: str
    """Reason why it is undefined where it is, with two ratings of a unit."""

    least: Callable[[Floats, Floats, float], float]
    """Ratings of 1 and of 0 of one code's units with two ratings, and the share of 1 among all of its ratings
    that count, to what the value is at least."""

    wants_agreed: bool = True
    """True if an interval says nothing where no two raters applied the code to the same unit."""

    single_ratings: bool = False
    """True if units with one rating enter too."""

    conventions: dict[str, str] = field(default_factory=dict)


def paired(ones: Floats, zeros: Floats) -> Bools:
    """Units × codes: where there are two ratings."""
    return np.asarray(ones + zeros >= 2)


def _crossed(ones: Floats, zeros: Floats) -> Floats:
    """n₁n₀/(n−1); zero where there are fewer than two ratings."""
    return np.asarray(ones * zeros / np.maximum(ones + zeros - 1, 1))


def _alpha_fields(ones: Floats, zeros: Floats) -> tuple[Floats, ...]:
    both = paired(ones, zeros)
    return _crossed(ones, zeros), ones * both, zeros * both


def _alpha(crossed: Floats, ones: Floats, zeros: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 1 - (ones + zeros - 1) * crossed / (ones * zeros)
    return np.where(ones * zeros > 0, found, math.nan)


def _agreed(ones: Floats, zeros: Floats) -> Floats:
    """Share of agreeing pairs of a unit; zero where there is none."""
    both = paired(ones, zeros)
    return np.asarray(both - 2 * _crossed(ones, zeros) / np.maximum(ones + zeros, 1) * both)


def _ac1_fields(ones: Floats, zeros: Floats) -> tuple[Floats, ...]:
    total = ones + zeros
    return (
        _agreed(ones, zeros),
        paired(ones, zeros).astype(np.float64),
        ones / np.maximum(total, 1),
        (total > 0).astype(np.float64),
    )


def _ac1(agreed: Floats, pairs: Floats, share: Floats, rated: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        observed, pi = agreed / pairs, share / rated
        expected = 2 * pi * (1 - pi)
        found = (observed - expected) / (1 - expected)
    return np.where((share > 0) & (rated - share > 1e-9), found, math.nan)


def _percent_fields(ones: Floats, zeros: Floats) -> tuple[Floats, ...]:
    return _agreed(ones, zeros), paired(ones, zeros).astype(np.float64)


def _positive_fields(ones: Floats, zeros: Floats) -> tuple[Floats, ...]:
    return ones * (ones - 1), ones * (ones + zeros - 1)


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, math.nan)


def _least_alpha(ones: Floats, zeros: Floats, share: float) -> float:
    del share
    return least_alpha(ones + zeros, [float(ones.sum()), float(zeros.sum())])


def _least_ac1(ones: Floats, zeros: Floats, share: float) -> float:
    given = [float(ones.sum()), float(zeros.sum())]
    observed = least_agreeing(ones + zeros, given, per_pair=True) / len(ones)
    return least_corrected(observed, 2 * share * (1 - share))


def _nought(ones: Floats, zeros: Floats, share: float) -> float:
    del ones, zeros, share
    return 0.0


ALPHA = BinaryStatistic(
    _alpha_fields,
    _alpha,
    NO_VARIATION,
    _least_alpha,
    conventions={"distance": "nominal", "missing": "units with one rating do not count"},
)
AC1 = BinaryStatistic(
    _ac1_fields,
    _ac1,
    NO_VARIATION,
    _least_ac1,
    single_ratings=True,
    conventions={
        "observed": "mean over units with two or more ratings",
        "shares": "mean over all rated units, those with one rating too",
    },
)
PERCENT = BinaryStatistic(
    _percent_fields,
    _ratio,
    NO_PAIRS,
    _nought,
    wants_agreed=False,
    conventions={"average": "every unit with two or more ratings counts once"},
)
POSITIVE = BinaryStatistic(
    _positive_fields,
    _ratio,
    NO_POSITIVES,
    _nought,
    conventions={"pairs": "all pairs of ratings pooled; two raters: 2a/(2a+b+c)"},
)
