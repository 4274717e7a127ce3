"""What a coefficient can be at least, given how often each label was given; and which intervals that admits.

A rare code's alpha cannot fall far below 0: with 6 and 6 positives of 120 units its least value is −.048. An
interval that reaches further is made by a formula and not by the data, so it is withheld with the reason and
not cut: a cut end looks like a finding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cothemes.agreement.ratings import Floats, Ints
from cothemes.agreement.result import NO_WIDTH, OUTSIDE

NARROW = 1e-9
"""Smallest width of an interval, and the rounding error that is allowed at a bound."""


def why_withheld(low: float, high: float, least: float, most: float = 1.0) -> str | None:
    """The reason why an interval is not given; None where it may be, or where there is none."""
    if math.isnan(low) or math.isnan(high):
        return None
    if high - low < NARROW:
        return NO_WIDTH
    return OUTSIDE if low < least - NARROW or high > most + NARROW else None


def least_agreeing(sizes: Ints | Floats, labels: Sequence[float] | Floats, *, per_pair: bool) -> float:
    """A lower bound of the agreement of all units, given the number of their ratings and of each label.

    `sizes`: ratings of each unit, two or more. A unit's agreement is Σ nₖ(nₖ − 1) / (n − 1), or with
    `per_pair` Σ nₖ(nₖ − 1) / (n(n − 1)), as alpha and kappa count it. It is least where each label is spread
    over as many units as can be: the j-th rating of one label in a unit adds 2(j − 1) over the divisor, the
    cheapest are taken first, label by label. Attained where all units have as many ratings and two labels
    are used.
    """
    counts = np.bincount(np.asarray(sizes, dtype=np.intp))
    steps: list[tuple[float, int]] = []
    for size in np.flatnonzero(counts).tolist():
        count = int(counts[size])
        divisor = (size - 1) * (size if per_pair else 1)
        steps += [(2 * place / divisor, count) for place in range(size)]
    steps.sort()
    cost = np.array([step for step, _ in steps])
    room = np.cumsum([count for _, count in steps])
    total = 0.0
    for given in labels:
        taken = np.diff(np.minimum(room, given), prepend=0.0)
        total += float(taken @ cost)
    return total


def least_alpha(sizes: Ints | Floats, labels: Sequence[float] | Floats) -> float:
    """The least nominal alpha with these numbers of ratings of units and of labels; −∞ without variation."""
    given = np.asarray(labels, dtype=np.float64)
    ratings = float(given.sum())
    expected = ratings**2 - float(np.square(given).sum())
    if expected <= 0:
        return -math.inf
    agreeing = least_agreeing(sizes, given, per_pair=False)
    return 1 - (ratings - 1) * (ratings - agreeing) / expected


def least_corrected(observed: float, expected: float) -> float:
    """(observed − expected) / (1 − expected) of the least observed agreement; −∞ where it is undefined."""
    return (observed - expected) / (1 - expected) if expected < 1 else -math.inf
