"""The draw: which passages all reviewers code blind, which one codes blind, which with suggestions.

Per document (a stratum: a document has one source kind) with n new passages, overlap P and blind share B:

1. k passages are double-coded, a simple random sample; k is n·P rounded up or down at random so that
   E[k] = n·P. Every reviewer codes them, blind: probability P for each of them. One reviewer alone cannot
   double-code, so P counts as 0 then.
2. Of the other m = n − k, a simple random sample of m·B (rounded in the same way) is blind for its owner:
   probability (1 − P)·B.
3. The rest goes to its owner with suggestions: probability (1 − P)·(1 − B), in arm `reveal` where the passage
   is among the first 50 of the owner's own share, else `assisted`.

Who owns a passage, and whether it is among the owner's first 50, is settled by `division` from words and
document order, before and apart from the draw; so the probabilities are exact and hold for passage and
reviewer alike. The first 50 are counted over all passages that a reviewer owns, also those that turn out
double or blind. A passage that is not blind has no more owned passages before it than passages served before
it, so none of the first 50 that a reviewer is served is assisted.

Every passage also gets a rank, uniform on 0 to 1 and the same for all who have it: the drawn order (`order`).
Its chance of a blind reading by anyone is P + (1 − P)·B, whichever lot it drew; under .02 the passage is
marked as left out of design-based estimates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cothemes.records.document import Kind
from cothemes.records.passage import PassageOrHead
from cothemes.records.review import Arm, Assignment, Stream
from cothemes.stages.route.chance import generator_for, whole_share
from cothemes.stages.route.design import Design, codable
from cothemes.stages.route.division import divide, shares
from cothemes.stages.route.order import Lot, Worth, in_order


@dataclass(frozen=True)
class Draw:
    """New assignments, and the reasons why the rest are not new."""

    assignments: tuple[Assignment, ...]
    """Assignments by reviewer, then position. Only pairs of reviewer and passage that had none."""
    drawn: int
    """Passages drawn now."""
    kept: int
    """Passages that were drawn in this round before."""
    elsewhere: int
    """Passages left out because one of the reviewers has them in another round."""


def draw(
    passages: Sequence[PassageOrHead],
    kinds: Mapping[str, Kind],
    reviewers: Sequence[str],
    design: Design,
    existing: Sequence[Assignment],
    drawn_at: datetime,
    *,
    capacities: Mapping[str, float] | None = None,
    worth: Worth | None = None,
    taken: Collection[tuple[str, str]] = (),
) -> Draw:
    """Assignments for `passages` (in document order, documents in the order they shall be served).

    `kinds` holds each document's source kind; `existing` are all assignments of the study, in every round.
    `capacities`: reviewer → what they can do in equal time; who is not in it counts as the mean of those who
    are. `worth`: what puts passages forward, where the design does. `taken`: pairs of reviewer and passage
    that exist for another purpose than the study's codings.
    What is assigned stays. A passage drawn in this round is not drawn again: a reviewer who comes later
    gets the double-coded ones, with the probability they were drawn with; of what was drawn for one person
    alone, that person's blind ones, unless the overlap is 0. A passage that one of the reviewers has in
    another round is left out.
    """
    names = list(dict.fromkeys(reviewers))
    by_passage: dict[str, list[Assignment]] = defaultdict(list)
    for assignment in existing:
        by_passage[assignment.passage].append(assignment)
    kept_off = {passage for reviewer, passage in taken if reviewer in names}
    fresh: dict[str, list[PassageOrHead]] = defaultdict(list)
    known: dict[str, list[PassageOrHead]] = defaultdict(list)
    elsewhere = 0
    for passage in filter(codable, passages):
        there = by_passage[passage.id]
        if any(a.round == design.round for a in there):
            known[passage.document].append(passage)
        elif passage.id in kept_off or any(a.reviewer in names for a in there):
            elsewhere += 1
        else:
            fresh[passage.document].append(passage)
    lots = [lot for lot in _for_latecomers(known, by_passage, names, design) if _key(lot) not in set(taken)]
    lots += _drawn(fresh, kinds, names, design, existing, passages, _filled(names, capacities or {}))
    order = {slug: index for index, slug in enumerate(dict.fromkeys(p.document for p in passages))}
    return Draw(
        assignments=_placed(lots, names, order, existing, design, drawn_at, worth or Worth()),
        drawn=sum(map(len, fresh.values())),
        kept=sum(map(len, known.values())),
        elsewhere=elsewhere,
    )


def _drawn(
    fresh: Mapping[str, Sequence[PassageOrHead]],
    kinds: Mapping[str, Kind],
    names: Sequence[str],
    design: Design,
    existing: Sequence[Assignment],
    passages: Sequence[PassageOrHead],
    capacities: Sequence[float],
) -> list[Lot]:
    overlap = design.overlap if len(names) > 1 else 0.0
    chance = design.chance(overlap)
    owners = _owners(fresh, kinds, names, design.round, overlap, existing, passages, capacities)
    served = {name: sum(a.reviewer == name for a in existing) for name in names}
    lots = []
    for slug, new in fresh.items():
        generator = generator_for(design.seed, design.round, slug)
        order = generator.permutation(len(new)).tolist()
        count = whole_share(len(new), overlap, generator)
        double = set(order[:count])
        blind = set(order[count : count + whole_share(len(new) - count, design.blind, generator)])
        ranks = generator.random(len(new)).tolist()
        for index, (passage, rank) in enumerate(zip(new, ranks, strict=True)):
            owner = owners[passage.id]
            early = served[owner] < design.reveal_first
            served[owner] += 1
            if index in double:
                lots += [Lot(name, passage, Arm.BLIND, overlap, True, chance, rank) for name in names]
            elif index in blind:
                drawn = (1 - overlap) * design.blind
                lots.append(Lot(owner, passage, Arm.BLIND, drawn, False, chance, rank))
            else:
                arm = Arm.REVEAL if early else Arm.ASSISTED
                drawn = (1 - overlap) * (1 - design.blind)
                lots.append(Lot(owner, passage, arm, drawn, False, chance, rank))
    return lots


def _owners(
    fresh: Mapping[str, Sequence[PassageOrHead]],
    kinds: Mapping[str, Kind],
    names: Sequence[str],
    round_name: str,
    overlap: float,
    existing: Sequence[Assignment],
    passages: Sequence[PassageOrHead],
    capacities: Sequence[float],
) -> dict[str, str]:
    words = {passage.id: passage.words for passage in passages}
    total = sum(passage.words for new in fresh.values() for passage in new)
    # What all code is the same load for each, but not the same part of what each can do.
    doubled = {a.passage for a in existing if a.round == round_name and a.double}
    common = overlap * total + sum(words.get(passage, 0) for passage in doubled)
    loads = dict.fromkeys(names, common)
    for assignment in existing:
        if assignment.reviewer in loads and assignment.round == round_name and not assignment.double:
            loads[assignment.reviewer] += words.get(assignment.passage, 0)
    return divide(fresh, kinds, names, shares(list(loads.values()), (1 - overlap) * total, capacities))


def _filled(names: Sequence[str], capacities: Mapping[str, float]) -> list[float]:
    """A capacity for everyone: who gave none counts as the mean of those who did."""
    given = [capacities[name] for name in names if name in capacities]
    usual = sum(given) / len(given) if given else 1.0
    return [capacities.get(name, usual) for name in names]


def _key(lot: Lot) -> tuple[str, str]:
    return lot.reviewer, lot.passage.id


def _for_latecomers(
    known: Mapping[str, Sequence[PassageOrHead]],
    by_passage: Mapping[str, Sequence[Assignment]],
    names: Sequence[str],
    design: Design,
) -> list[Lot]:
    """Return for latecomers what was drawn for all, or what one person alone codes blind."""
    in_round = [a for there in by_passage.values() for a in there if a.round == design.round]
    present: dict[datetime, set[str]] = defaultdict(set)
    since: dict[str, datetime] = {}
    for assignment in in_round:
        present[assignment.drawn].add(assignment.reviewer)
        since[assignment.reviewer] = min(since.get(assignment.reviewer, assignment.drawn), assignment.drawn)
    lots = []
    for passage in (passage for document in known.values() for passage in document):
        there = [a for a in by_passage[passage.id] if a.round == design.round]
        has = {a.reviewer for a in by_passage[passage.id]}
        first = there[0]
        alone = len(there) == 1 and first.arm is Arm.BLIND and len(present[first.drawn]) == 1
        for name in names:
            late = name not in since or since[name] > first.drawn
            promoted = alone and late and design.overlap > 0
            if name not in has and (any(a.double for a in there) or promoted):
                lots.append(Lot(name, passage, Arm.BLIND, first.probability, True, first.chance, first.rank))
    return lots


def _placed(
    lots: Sequence[Lot],
    names: Sequence[str],
    order: Mapping[str, int],
    existing: Sequence[Assignment],
    design: Design,
    drawn_at: datetime,
    worth: Worth,
) -> tuple[Assignment, ...]:
    """After what the reviewer has already."""
    assigned = []
    for name in names:
        has = [a.position for a in existing if a.reviewer == name]
        mine = [lot for lot in lots if lot.reviewer == name]
        queue = in_order(mine, order, design, worth, max(0, design.reveal_first - len(has)))
        assigned += [
            _assignment(lot, stream, position, design, drawn_at)
            for position, (lot, stream) in enumerate(queue, start=max(has, default=-1) + 1)
        ]
    return tuple(assigned)


def _assignment(lot: Lot, stream: Stream, position: int, design: Design, drawn_at: datetime) -> Assignment:
    return Assignment(
        reviewer=lot.reviewer,
        passage=lot.passage.id,
        document=lot.passage.document,
        round=design.round,
        arm=lot.arm,
        probability=lot.probability,
        double=lot.double,
        position=position,
        drawn=drawn_at,
        seed=design.seed,
        chance=lot.chance,
        rank=lot.rank,
        stream=stream,
    )
