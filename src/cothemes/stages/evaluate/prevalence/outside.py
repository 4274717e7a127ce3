"""Finished readings that are no part of the random sample, by the reason why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cothemes.records.left_out import LeftOut, Reason
from cothemes.records.review import PUT_FORWARD, Arm, Assignment, ReadingArm

_ARMS = {Arm.REVEAL: Reason.ARM_REVEAL, Arm.ASSISTED: Reason.ARM_ASSISTED}
_BACK = {
    Reason.PUT_FORWARD: None,
    Reason.ARM_REVEAL: None,
    Reason.ARM_ASSISTED: None,
    Reason.WAITS_FOR_DRAW: "cothemes review --as NAME",
}
"""Reason → what brings its readings into the figures, in the order in which they are told."""


@dataclass(frozen=True)
class FinishedReading:
    """One closed reading."""

    reviewer: str
    passage: str
    arm: ReadingArm
    codes: Collection[str]
    """Codes with a named decision."""


def outside(
    assignments: Iterable[Assignment],
    readings: Iterable[FinishedReading],
    order: Sequence[str],
    counted: Collection[str] = (),
) -> tuple[LeftOut, ...]:
    """Return readings and decisions that the random sample does not hold, each under one reason: put forward
    by a score, else by what its reader saw; drawn blind, but not `counted` yet.

    `assignments`: those of the round. `order`: codes as they are listed. The two parts of a reveal passage
    are one reading. Passages without a chance of a blind reading are told elsewhere.
    """
    given = {(each.reviewer, each.passage): each for each in assignments}
    number: Counter[Reason] = Counter()
    decisions: Counter[Reason] = Counter()
    codes: dict[Reason, set[str]] = defaultdict(set)
    for each in readings:
        assignment = given.get((each.reviewer, each.passage))
        reason = _reason(assignment, counted) if assignment is not None else None
        if reason is not None and each.arm is not ReadingArm.REVEALED:
            number[reason] += 1
            decisions[reason] += len(each.codes)
            codes[reason] |= set(each.codes)
    place = {code: at for at, code in enumerate(order)}
    found = []
    for reason, back in _BACK.items():
        named = tuple(sorted(codes[reason], key=lambda code: (place.get(code, len(place)), code)))
        told = (("reading", number[reason], None), ("decision", decisions[reason], named))
        found += [
            LeftOut(reason=reason, unit=unit, count=count, codes=which, include_with=back)
            for unit, count, which in told
            if count
        ]
    return tuple(found)


def _reason(assignment: Assignment, counted: Collection[str]) -> Reason | None:
    if assignment.arm is Arm.BLIND:
        waits = assignment.chance is not None and assignment.passage not in counted
        return Reason.WAITS_FOR_DRAW if waits else None
    return Reason.PUT_FORWARD if assignment.stream in PUT_FORWARD else _ARMS[assignment.arm]
