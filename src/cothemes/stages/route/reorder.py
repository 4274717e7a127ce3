"""Open passages of a queue in a new order, so that it follows what the coder has learned since.

What a reviewer has begun keeps its place, and no draw changes: arm, probability, chance and rank stay as they
are. The places are those that the open passages have already; only who has which of them changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cothemes.records.passage import PassageHead
from cothemes.records.review import Assignment
from cothemes.stages.route.design import Design
from cothemes.stages.route.order import Lot, Worth, in_order


def reordered(
    given: Sequence[Assignment],
    begun: Collection[str],
    passages: Mapping[str, PassageHead],
    documents: Mapping[str, int],
    design: Design,
    worth: Worth,
) -> list[Assignment]:
    """Return the assignments that get another place or stream.

    `given`: all of one reviewer, in any round. `begun`: their passages on which anything was decided in the
    design's round. `passages`: current passages; others keep their place. `documents`: document → its place.
    """
    open_ = [
        each
        for each in given
        if each.round == design.round
        and not each.codes
        and each.passage in passages
        and each.passage not in begun
    ]
    by_passage = {each.passage: each for each in open_}
    lots = [_lot(each, passages[each.passage]) for each in open_]
    early = max(0, design.reveal_first - (len(given) - len(open_)))
    places = sorted(each.position for each in open_)
    found = []
    for place, (lot, stream) in zip(places, in_order(lots, documents, design, worth, early), strict=True):
        before = by_passage[lot.passage.id]
        now = before.model_copy(update={"position": place, "stream": stream})
        if now != before:
            found.append(now)
    return found


def _lot(given: Assignment, passage: PassageHead) -> Lot:
    return Lot(given.reviewer, passage, given.arm, given.probability, given.double, given.chance, given.rank)
