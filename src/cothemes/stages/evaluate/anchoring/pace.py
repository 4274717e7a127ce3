"""How long passages take in each arm, read off the times of acts; pauses are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import jackknife
from cothemes.records.record import Record
from cothemes.stages.evaluate.anchoring.shares import estimate
from cothemes.stages.evaluate.estimate import Estimate, absent

IDLE_SECONDS = 120.0
"""A longer gap between two acts is a pause; none of it counts."""
SHORTEST_SECONDS = 1.0
"""Nobody reads and codes a passage in less: its decisions came from a sheet or an import."""
AT_ONCE_SECONDS = 0.1
"""Acts on two passages in less were written by the program."""
LEAST = 5
"""Passages in each arm under which nothing is compared."""


@dataclass(frozen=True)
class Act:
    """One act of one person, in the order they were stored."""

    passage: str
    at: float
    """Seconds."""


@dataclass(frozen=True)
class Taken:
    """Time that one finished passage took."""

    arm: str
    cluster: str
    seconds: float


class Pace(Record):
    """One person's time."""

    reviewer: str
    passages: dict[str, int]
    """Arm → finished passages with a known time."""
    median_seconds: dict[str, float]
    unknown: int = 0
    """Finished passages without a known time: from a sheet or an import, or after a pause."""
    difference: Estimate
    """Mean seconds of an assisted passage less those of a blind one."""


def seconds(acts: Sequence[Act]) -> dict[str, float]:
    """Passage → working time. The gap before an act belongs to its passage, unless it is a pause or the clock
    went back; a passage of whose acts no gap is known is not in it, nor one that was imported."""
    found: dict[str, float] = {}
    imported: set[str] = set()
    for before, act in pairwise(acts):
        gap = act.at - before.at
        if 0 < gap <= IDLE_SECONDS:
            found[act.passage] = found.get(act.passage, 0.0) + gap
        if act.passage != before.passage and 0 <= gap < AT_ONCE_SECONDS:
            imported |= {act.passage, before.passage}
    return {
        passage: time
        for passage, time in found.items()
        if time >= SHORTEST_SECONDS and passage not in imported
    }


def pace(reviewer: str, taken: Sequence[Taken], unknown: int = 0) -> Pace:
    """Return the pace of one person. The interval leaves out one interview after the other."""
    arms = dict.fromkeys(each.arm for each in taken)
    by_arm = {arm: [each.seconds for each in taken if each.arm == arm] for arm in arms}
    return Pace(
        reviewer=reviewer,
        passages={arm: len(times) for arm, times in by_arm.items()},
        median_seconds={arm: median(times) for arm, times in by_arm.items()},
        unknown=unknown,
        difference=_difference([each for each in taken if each.arm in ("blind", "assisted")]),
    )


def _difference(taken: Sequence[Taken]) -> Estimate:
    sides = [sum(each.arm == arm for each in taken) for arm in ("blind", "assisted")]
    if min(sides) < LEAST:
        return absent(f"fewer than {LEAST} timed passages in an arm")
    names = sorted({each.cluster for each in taken})
    sums = np.zeros((len(names), 4))
    for each in taken:
        first = 0 if each.arm == "blind" else 2
        sums[names.index(each.cluster), first : first + 2] += (each.seconds, 1)

    def mean_difference(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            total = weights @ sums
            return np.asarray(total[:, 2:3] / total[:, 3:] - total[:, :1] / total[:, 1:2])

    value = mean_difference(np.ones((1, len(names))))[0]
    return estimate(value, jackknife(mean_difference, len(names), value, 0.95))
