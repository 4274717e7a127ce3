"""A share of events over passages, with an interval over interviews."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cothemes.agreement.possible import why_withheld
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import Spread, jackknife
from cothemes.agreement.result import plain
from cothemes.stages.evaluate.agreement.estimate import Estimate, absent

NOTHING = "nothing of the kind occurred"


class Counted(NamedTuple):
    """Of one passage: how often something could have happened, and how often it did."""

    cluster: str
    could: float
    did: float


def share_of(counted: Sequence[Counted]) -> Estimate:
    """Σ did / Σ could; the interval leaves out one interview after the other (ratio estimator)."""
    names = sorted({each.cluster for each in counted})
    place = {name: at for at, name in enumerate(names)}
    sums = np.zeros((len(names), 2))
    for each in counted:
        sums[place[each.cluster]] += (each.did, each.could)
    if not len(names) or not sums[:, 1].sum():
        return absent(NOTHING)
    return ratio_of(sums)


def ratio_of(sums: Floats) -> Estimate:
    """`sums`: clusters × (numerator, denominator)."""

    def ratio(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((weights @ sums[:, :1]) / (weights @ sums[:, 1:]))

    value = ratio(np.ones((1, len(sums))))[0]
    return estimate(value, jackknife(ratio, len(sums), value, 0.95), least=0.0, most=1.0)


def estimate(value: Floats, spread: Spread, *, least: float = -math.inf, most: float = math.inf) -> Estimate:
    """One number with its jackknife interval, unless that has no width or reaches beyond what the number can
    be."""
    low, high = float(spread.low[0]), float(spread.high[0])
    reason = spread.reasons[0] or why_withheld(low, high, least, most)
    return Estimate(
        value=plain(float(value[0])),
        low=None if reason else plain(low),
        high=None if reason else plain(high),
        method=None if reason else spread.method,
        reason=reason,
    )
