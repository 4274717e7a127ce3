"""What people changed after a reveal: their codes locked blind against those with the suggestions in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.records.record import Record
from cothemes.stages.evaluate.anchoring.shares import Counted, share_of
from cothemes.stages.evaluate.estimate import Estimate


@dataclass(frozen=True)
class Revealed:
    """One passage read twice by one person."""

    reviewer: str
    cluster: str
    before: frozenset[str]
    """Codes locked blind."""
    suggested: frozenset[str]
    """Codes that were then in view."""
    after: frozenset[str]


class Changes(Record):
    """One person's second readings."""

    reviewer: str
    passages: int
    changed: Estimate
    """Share of passages on which any code changed."""
    taken_up: Estimate
    """Share of suggested codes, not given by the person before, that were then given."""
    given_up: Estimate
    """Share of the person's codes, not supported by a suggestion, that were then removed."""
    offered: int
    unsupported: int
    other: int
    """Changes that no suggestion explains: second thoughts."""


def changes(readings: Sequence[Revealed]) -> tuple[Changes, ...]:
    """Person by person, in the order in which they occur. Intervals over interviews."""
    return tuple(
        _of(name, [each for each in readings if each.reviewer == name])
        for name in dict.fromkeys(each.reviewer for each in readings)
    )


def _of(name: str, readings: Sequence[Revealed]) -> Changes:
    offered = [(r.cluster, r.suggested - r.before, r.after) for r in readings]
    alone = [(r.cluster, r.before - r.suggested, r.after) for r in readings]
    other = sum(
        len((r.after - r.before) - r.suggested) + len((r.before & r.suggested) - r.after) for r in readings
    )
    return Changes(
        reviewer=name,
        passages=len(readings),
        changed=share_of([Counted(r.cluster, 1, r.before != r.after) for r in readings]),
        taken_up=share_of([Counted(c, len(codes), len(codes & after)) for c, codes, after in offered]),
        given_up=share_of([Counted(c, len(codes), len(codes - after)) for c, codes, after in alone]),
        offered=sum(len(codes) for _, codes, _ in offered),
        unsupported=sum(len(codes) for _, codes, _ in alone),
        other=other,
    )
