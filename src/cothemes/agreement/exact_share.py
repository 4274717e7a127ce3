"""Exact intervals of a share, for few positives: normal and jackknife intervals have no width at none.

Of 40 reviewed passages without the code, 0 to 8.8 % is what they say; [0, 0] would be a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special

from cothemes.agreement.arguments import share, whole
from cothemes.agreement.ratings import Bools, Floats
from cothemes.errors import RatingsError

FEW = 10
"""Labelled positives, or negatives, under which an interval is exact. At 0 to 5 % prevalence and 30 to 200
reviewed units, normal and jackknife intervals alone covered as little as .18; with this rule all cover .96
and more (`python -m eval.rare_shares`)."""


def clopper_pearson(positives: int, units: int, level: float = 0.95) -> tuple[float, float]:
    """Two-sided exact interval of a binomial share (Clopper and Pearson 1934).

    Raises RatingsError where there are more positives than units, or no units.
    """
    count, found = whole(units, "units", 1), whole(positives, "positives", 0)
    if found > count:
        raise RatingsError(f"positives={found} of units={count}", hint="Give as many units at least")
    tail = (1 - share(level, "level", least=False, most=False)) / 2
    low = 0.0 if found == 0 else float(special.betaincinv(found, count - found + 1, tail))
    high = 1.0 if found == count else float(special.betaincinv(found + 1, count - found, 1 - tail))
    return low, high


def is_few(labels: Floats) -> bool:
    """Return whether labels from 0 to 1 hold so few positives or negatives that only an exact interval is
    valid.
    """
    return min(int((labels > 0).sum()), int((labels < 1).sum())) < FEW


def exact_share(labels: Floats, level: float) -> tuple[float, float]:
    """Clopper and Pearson's interval of the mean of labels between 0 and 1, drawn with equal chances.

    A label between the two, such as half of the readers, counts as 0 for the lower end and 1 for the upper:
    the mean lies between the share of ones and the share of labels above 0.
    """
    low = clopper_pearson(int((labels >= 1).sum()), len(labels), level)[0]
    return low, clopper_pearson(int((labels > 0).sum()), len(labels), level)[1]


def exact_design_share(labels: Floats, reviewed: Bools, chance: Floats, level: float) -> tuple[float, float]:
    """Interval of the share in all units, each drawn with its own chance and independently of the others.

    The worst case over which units have the code: the upper end is the largest share with which so few
    positives were still likely to be drawn, were they the units of lowest chances; the lower end is the same
    of units without the code. It is never inside Clopper and Pearson's interval of the reviewed units, and
    is that interval where all chances are equal. `labels` counts where `reviewed`.
    """
    low, high = exact_share(labels[reviewed], level)
    if float(chance.max() - chance.min()) < 1e-9:
        return low, high
    tail, rising, count = (1 - level) / 2, np.sort(chance), len(chance)
    held = labels[reviewed]
    most = _most(rising, int((held > 0).sum()), tail)
    fewest = count - _most(rising, int((held < 1).sum()), tail)
    return min(low, fewest / count), max(high, most / count)


def _most(rising: Floats, seen: int, tail: float) -> int:
    """Most units that can have a property, were they those of the lowest chances, when `seen` of them were
    drawn: the largest number for which so few or fewer still have the probability `tail`."""
    for number, so_few in enumerate(_lower_tails(rising, seen), start=1):
        if so_few < tail:
            return number - 1
    return len(rising)


def _lower_tails(chances: Floats, seen: int) -> Iterator[float]:
    """P(at most `seen` are drawn) of the first unit, the first two, and so on: a Poisson binomial's tail."""
    drawn = np.zeros(seen + 1)
    drawn[0] = 1.0
    for chance in chances:
        drawn[1:] = drawn[1:] * (1 - chance) + drawn[:-1] * chance
        drawn[0] *= 1 - chance
        yield float(drawn.sum())
