"""A share of events over passages, with an interval over interviews."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cothemes.agreement.exact_share import FEW, clopper_pearson
from cothemes.agreement.possible import why_withheld
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import Spread, jackknife
from cothemes.agreement.result import plain
from cothemes.stages.evaluate.estimate import Estimate, absent

EXACT = "exact binomial (Clopper and Pearson), no narrower than the jackknife over clusters"
NOTHING = "nothing of the kind occurred"


class Counted(NamedTuple):
    """Counts of one passage: how often something could have happened, and how often it did."""

    cluster: str
    could: float
    did: float


def share_of(counted: Sequence[Counted]) -> Estimate:
    """Σ did / Σ could; the interval leaves out one interview after the other (ratio estimator).

    With under ten events, or under ten times without one, it is exact, and no narrower than the jackknife.
    """
    names = sorted({each.cluster for each in counted})
    place = {name: at for at, name in enumerate(names)}
    sums = np.zeros((len(names), 2))
    for each in counted:
        sums[place[each.cluster]] += (each.did, each.could)
    if not len(names) or not sums[:, 1].sum():
        return absent(NOTHING)
    value, spread = _ratio(sums)
    did, could = (round(float(total)) for total in sums.sum(axis=0))
    if min(did, could - did) >= FEW:
        return estimate(value, spread, least=0.0, most=1.0)
    low, high = clopper_pearson(did, could)
    if not math.isnan(spread.low[0] + spread.high[0]):
        low, high = min(low, max(float(spread.low[0]), 0.0)), max(high, min(float(spread.high[0]), 1.0))
    return Estimate(value=plain(float(value[0])), low=low, high=high, method=EXACT)


def _ratio(sums: Floats) -> tuple[Floats, Spread]:
    """The ratio of two sums, with its jackknife. `sums`: clusters × (numerator, denominator)."""

    def ratio(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((weights @ sums[:, :1]) / (weights @ sums[:, 1:]))

    value = ratio(np.ones((1, len(sums))))[0]
    return value, jackknife(ratio, len(sums), value, 0.95)


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
