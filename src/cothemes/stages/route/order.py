"""When each passage is served: document by document, or in drawn order with a share put forward.

Blind passages are never put forward: they are the random sample, and stand in drawn order whatever the
suggestions are. What is finished at any time is then a random part of them (`evaluate/prevalence`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cothemes.records.passage import PassageOrHead
from cothemes.records.review import Arm, Stream
from cothemes.stages.route.design import Design, ServingOrder
from cothemes.stages.route.value import Valuation, put_forward


@dataclass(frozen=True)
class Lot:
    """One pair of reviewer and passage, before it has a place in a queue."""

    reviewer: str
    passage: PassageOrHead
    arm: Arm
    probability: float
    double: bool
    chance: float | None
    """Probability of a blind reading by anyone; None where it is under the floor."""
    rank: float | None
    """Place in the drawn order, 0 to 1; None for a passage that was drawn before there was one."""


Placed = tuple[Lot, Stream]


@dataclass(frozen=True)
class Worth:
    """What is known of passages when they are put in order; nothing for the orders that ask for nothing."""

    uncertainty: Mapping[str, float] = field(default_factory=dict)
    """Passage → how uncertain its suggestions are."""
    value: Valuation | None = None


def in_order(
    lots: Sequence[Lot], documents: Mapping[str, int], design: Design, worth: Worth, early: int
) -> list[Placed]:
    """Return one reviewer's passages as the design serves them.

    `documents`: document → its place. `early`: how many more the reviewer is served before suggestions may be
    visible from the start.
    """
    if design.serving is ServingOrder.DOCUMENT:
        return by_document(lots, documents)
    if design.serving is not ServingOrder.VALUE:
        return in_streams(lots, documents, worth.uncertainty, share=design.forward, early=early)
    forward: list[tuple[str, Stream]] = []
    if worth.value is not None:
        assisted = sorted((lot for lot in lots if lot.arm is Arm.ASSISTED), key=_drawn)
        forward = put_forward(worth.value.only([lot.passage.id for lot in assisted]))
    return by_value(lots, documents, forward, share=design.forward, early=early)


def by_document(lots: Sequence[Lot], order: Mapping[str, int]) -> list[Placed]:
    """Documents in order, blind before the rest within a document, otherwise in the order of the text."""
    placed = sorted(
        lots, key=lambda lot: (order[lot.passage.document], lot.arm is not Arm.BLIND, lot.passage.position)
    )
    return [(lot, Stream.DOCUMENT) for lot in placed]


def by_value(
    lots: Sequence[Lot],
    order: Mapping[str, int],
    forward: Sequence[tuple[str, Stream]],
    *,
    share: float,
    early: int,
) -> list[Placed]:
    """One reviewer's new passages: first those to reveal, with blind ones among them; then two lines side by
    side, the random one and the one that is put forward.

    The random line holds every blind passage, in drawn order. Where these are under 1 − `share` of the
    places, the first assisted passages of the drawn order join them, evenly spread. Its passages and places
    depend on no score. `forward`: the assisted passages by worth, with their streams; those that are not in
    it come last, in drawn order.
    """
    begun, blind = _beginning(lots, order, early)
    assisted = sorted((lot for lot in lots if lot.arm is Arm.ASSISTED), key=_drawn)
    total = len(blind) + len(assisted)
    joining = min(max(0, round((1 - share) * total) - len(blind)), len(assisted))
    random = iter(_spread(blind, assisted[:joining]))
    left = {lot.passage.id: lot for lot in assisted[joining:]}
    known = [(left.pop(passage), stream) for passage, stream in forward if passage in left]
    ahead = iter([*known, *((lot, Stream.DRAWN) for lot in left.values())])
    part = (len(blind) + joining) / total if total else 0.0
    placed: list[Placed] = []
    given = 0
    for place in range(1, total + 1):
        drawn = next(random, None) if given + 0.5 < part * place else None
        placed.append((drawn, Stream.DRAWN) if drawn is not None else next(ahead))
        given += drawn is not None
    return [*begun, *placed]


def _spread(one: Sequence[Lot], other: Sequence[Lot]) -> list[Lot]:
    """Both in their own order, evenly mixed."""
    placed = [
        ((at + 0.5) / len(line), number, lot)
        for number, line in enumerate((one, other))
        for at, lot in enumerate(line)
    ]
    return [lot for _, _, lot in sorted(placed, key=lambda each: each[:2])]


def in_streams(
    lots: Sequence[Lot],
    order: Mapping[str, int],
    scores: Mapping[str, float],
    *,
    share: float,
    early: int,
) -> list[Placed]:
    """One reviewer's new passages: first those to reveal, with blind ones among them; then the drawn order,
    into which a `share` of the places is given to assisted passages by score, the highest first.

    `early`: how many more the reviewer is served before suggestions may be in view from the start. A passage
    without a score above 0 is not put forward.
    """
    begun, left = _beginning(lots, order, early)
    assisted = [lot for lot in lots if lot.arm is Arm.ASSISTED]
    forward = iter(
        sorted(
            (lot for lot in assisted if scores.get(lot.passage.id, 0) > 0),
            key=lambda lot: (-scores[lot.passage.id], _drawn(lot)),
        )
    )
    drawn = iter(sorted([*left, *assisted], key=_drawn))
    placed: list[Placed] = []
    done: set[str] = set()
    given = 0
    for place in range(1, len(left) + len(assisted) + 1):
        # A half added: of the first two places of a half, the second is the one put forward.
        lot = _next(forward, done) if given + 0.5 < share * place else None
        stream = Stream.DRAWN if lot is None else Stream.PRIORITY
        lot = lot or _next(drawn, done)
        assert lot is not None
        given += stream is Stream.PRIORITY
        done.add(lot.passage.id)
        placed.append((lot, stream))
    return [*begun, *placed]


def _next(line: Iterator[Lot], done: Collection[str]) -> Lot | None:
    return next((lot for lot in line if lot.passage.id not in done), None)


def _beginning(lots: Sequence[Lot], order: Mapping[str, int], early: int) -> tuple[list[Placed], list[Lot]]:
    """The places up to the last one to reveal, and the blind passages that come after."""
    blind = sorted((lot for lot in lots if lot.arm is Arm.BLIND), key=_drawn)
    reveal = sorted(
        (lot for lot in lots if lot.arm is Arm.REVEAL),
        key=lambda lot: (order[lot.passage.document], lot.passage.position),
    )
    part = len(blind) / len(lots) if lots else 0.0
    placed: list[Placed] = []
    taken = shown = 0
    while shown < len(reveal) or (len(placed) < early and taken < len(blind)):
        if taken < len(blind) and (shown == len(reveal) or taken < part * (len(placed) + 1)):
            placed.append((blind[taken], Stream.DRAWN))
            taken += 1
        else:
            placed.append((reveal[shown], Stream.DOCUMENT))
            shown += 1
    return placed, blind[taken:]


def _drawn(lot: Lot) -> tuple[float, str]:
    return (2.0 if lot.rank is None else lot.rank, lot.passage.id)
