"""How many suggestions that are wrong on purpose were turned down, over all people together.

One person's rate is hers: it is neither given nor to be found out by subtraction. So the figure wants several
people, and enough seeds that one person's do not carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.agreement.exact_share import clopper_pearson
from cothemes.records.record import Record
from cothemes.stages.evaluate.estimate import Estimate, absent

FEWEST_PEOPLE = 3
"""Fewest people in a catch rate. With two, each could work out the other's rate from the figure and her
own.
"""
FEWEST_SEEDS = 10


@dataclass(frozen=True)
class Answered:
    """One seed that its reader had in view and finished."""

    reviewer: str
    accepted: bool
    borne_out: bool = False
    """Another blind reader gave the code too: it was no wrong suggestion."""


class CatchRate(Record):
    """The aggregate."""

    sown: int
    answered: int
    borne_out: int | None
    """Accepted seeds that another blind reader bore out; they are left out of the rate. None where the rate
    is not shown: it would tell who accepted how many."""
    waiting: int | None
    """Accepted seeds that no other blind reader has read yet; None likewise."""
    rate: Estimate
    """Share of seeds turned down. Until they are read by another, accepted seeds count as let through."""


def catch_rate(sown: int, answered: Sequence[Answered], waiting: int = 0) -> CatchRate:
    """Clopper and Pearson's interval (1934), exact for a binomial: it takes every seed for one by itself."""
    counted = [each for each in answered if not each.borne_out]
    people = {each.reviewer for each in counted}
    rate = _rate(len(counted), sum(not each.accepted for each in counted), len(people))
    shown = rate.value is not None
    return CatchRate(
        sown=sown,
        answered=len(answered),
        borne_out=len(answered) - len(counted) if shown else None,
        waiting=waiting if shown else None,
        rate=rate,
    )


def _rate(seeds: int, caught: int, people: int) -> Estimate:
    if people < FEWEST_PEOPLE or seeds < FEWEST_SEEDS:
        return absent(
            f"shown from {FEWEST_SEEDS} answered seeds of {FEWEST_PEOPLE} people on, so that nobody's own "
            "rate can be inferred"
        )
    low, high = clopper_pearson(caught, seeds)
    return Estimate(value=caught / seeds, low=low, high=high, method="exact binomial (Clopper and Pearson)")
