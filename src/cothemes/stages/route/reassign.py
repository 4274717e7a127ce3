"""Open passages from one person to another, so that the draw stays what it was.

What moves keeps its round, its lot, its probability and its place in the drawn order: who reads a passage was
never a matter of chance. It does not move to someone who has the passage already (two blind readings by one
person are one) or to whom its codes were shown. What was begun stays with who began it.

An assisted passage that falls among the first 50 of its new reader is coded blind first. `reveal` and
`assisted` are one lot of the draw; which of them is settled by where a passage stands in a queue.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cothemes.records.review import Arm, Assignment
from cothemes.stages.route.design import REVEAL_FIRST


class Stays(StrEnum):
    """Reasons why a passage does not move."""

    BEGUN = "begun there, so to be finished there"
    HAS = "the other has the passage already"
    SAW = "the other has seen its codes in adjudication"


@dataclass(frozen=True)
class Handing:
    """Assignments that move, and those that do not."""

    moved: tuple[Assignment, ...]
    """Assignments as they are for the new reader."""
    stayed: Mapping[Stays, tuple[str, ...]]
    revealed: int = 0
    """Number of the moved ones that were assisted and are now to be coded blind first."""


def hand_on(
    open_: Sequence[Assignment],
    target: str,
    *,
    begun: Collection[str],
    has: Sequence[Assignment],
    saw: Collection[str],
    reveal_first: int = REVEAL_FIRST,
) -> Handing:
    """`open_`: unfinished assignments of one person, in the order they are served; `begun`: those of their
    passages on which something was decided; `has`: all that `target` was ever given; `saw`: passages whose
    codes `target` was shown. They are served after what `target` has."""
    theirs = {assignment.passage for assignment in has}
    position = max((assignment.position for assignment in has), default=-1) + 1
    moved: list[Assignment] = []
    stayed: dict[Stays, list[str]] = {}
    revealed = 0
    for assignment in sorted(open_, key=lambda each: (each.position, each.passage)):
        passage = assignment.passage
        reason = (
            Stays.BEGUN
            if passage in begun
            else Stays.HAS
            if passage in theirs
            else Stays.SAW
            if passage in saw
            else None
        )
        if reason is not None:
            stayed.setdefault(reason, []).append(passage)
            continue
        early = len(has) + len(moved) < reveal_first
        arm = Arm.REVEAL if early and assignment.arm is Arm.ASSISTED else assignment.arm
        revealed += arm is not assignment.arm
        moved.append(
            assignment.model_copy(
                update={
                    "reviewer": target,
                    "arm": arm,
                    "position": position + len(moved),
                    "moved_from": assignment.reviewer,
                }
            )
        )
    return Handing(tuple(moved), {reason: tuple(found) for reason, found in stayed.items()}, revealed)
