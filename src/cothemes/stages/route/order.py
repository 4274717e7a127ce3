"""When each passage is served: document by document, or in drawn order with a share put forward by score.

Blind passages are never put forward: they are the random sample, and stand in drawn order whatever the
suggestions are. What is finished at any time is then a random part of them (`evaluate/prevalence`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.passage import PassageOrHead
from cothemes.records.review import Arm, Stream


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


def by_document(lots: Sequence[Lot], order: Mapping[str, int]) -> list[Placed]:
    """Documents in order, blind before the rest within a document, otherwise in the order of the text."""
    placed = sorted(
        lots, key=lambda lot: (order[lot.passage.document], lot.arm is not Arm.BLIND, lot.passage.position)
    )
    return [(lot, Stream.DOCUMENT) for lot in placed]


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
