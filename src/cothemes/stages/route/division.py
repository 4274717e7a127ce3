"""Who owns which stretch of text: contiguous, balanced by words, settled without chance."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from cothemes.records.document import Kind
from cothemes.records.passage import PassageOrHead

SNAP = 0.1
"""A cut this near to a document's end, in parts of a fair share, is moved there."""


def shares(loads: Sequence[float], new: float, capacities: Sequence[float] | None = None) -> list[float]:
    """The part of `new` words that each person takes so that all end as even as can be, by their capacity.

    `loads` are words that they have already, `capacities` what they can do in equal time (None: all the
    same). The parts add up to 1; who has more for their capacity than the common level takes none. With
    nothing to give, parts are as capacities.
    """
    can = list(capacities) if capacities is not None else [1.0] * len(loads)
    if new <= 0:
        return [capacity / sum(can) for capacity in can]
    ascending = sorted(range(len(loads)), key=lambda i: loads[i] / can[i])
    level = 0.0
    for taking in range(1, len(loads) + 1):
        among = ascending[:taking]
        level = (new + sum(loads[i] for i in among)) / sum(can[i] for i in among)
        if taking == len(loads) or level <= loads[ascending[taking]] / can[ascending[taking]]:
            break
    return [max(0.0, level * capacity - load) / new for load, capacity in zip(loads, can, strict=True)]


def divide(
    documents: Mapping[str, Sequence[PassageOrHead]],
    kinds: Mapping[str, Kind],
    reviewers: Sequence[str],
    parts: Sequence[float],
) -> dict[str, str]:
    """Passage id → its owner.

    The documents of each source kind are laid end to end in the order given and cut where a reviewer's part
    of their words is reached. A cut moves to the end of a document that is near; elsewhere it falls between
    two passages. So at most one document per cut has two owners.
    """
    owners: dict[str, str] = {}
    for kind in dict.fromkeys(kinds[slug] for slug in documents):
        line = [slug for slug in documents if kinds[slug] is kind]
        lengths = [sum(passage.words for passage in documents[slug]) for slug in line]
        cuts = _cuts(lengths, parts)
        place = 0.0
        for slug in line:
            for passage in documents[slug]:
                index = bisect_right(cuts, place + passage.words / 2)
                owners[passage.id] = reviewers[min(index, len(reviewers) - 1)]
                place += passage.words
    return owners


def _cuts(lengths: Sequence[int], parts: Sequence[float]) -> list[float]:
    total = sum(lengths)
    ends = [0.0, *accumulate(float(length) for length in lengths)]
    tolerance = SNAP * total / len(parts)
    cuts = []
    for part in list(accumulate(parts))[:-1]:
        cut = part * total
        nearest = min(ends, key=lambda end: abs(end - cut))
        cuts.append(nearest if abs(nearest - cut) <= tolerance else cut)
    return cuts
