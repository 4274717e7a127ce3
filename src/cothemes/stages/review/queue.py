"""What waits for a reviewer, in the order it is served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cothemes.records.review import Arm, Assignment
from cothemes.stages.review.folding import Standing


@dataclass(frozen=True)
class Queue:
    """A reviewer's work."""

    waiting: tuple[Standing, ...]
    """To be served: what was skipped comes last, else by position."""
    done: int
    held: int
    """Reveal passages whose blind codes are locked while no coder has spoken on them yet."""

    aside: int = 0
    """Unfinished passages of an earlier cut of their document; they are not served."""

    @property
    def total(self) -> int:
        """All that can be done."""
        return len(self.waiting) + self.done + self.held


def queue_of(
    standings: Sequence[Standing], proposed: Iterable[str], is_current: Callable[[Assignment], bool]
) -> Queue:
    """`proposed` are passages that a coder has coded; it is asked only about locked reveal passages."""
    spoken = set(proposed)
    waiting, held, done, aside = [], 0, 0, 0
    for standing in standings:
        if standing.done:
            done += 1
        elif not is_current(standing.assignment):
            aside += 1
        elif standing.arm is Arm.REVEAL and standing.assignment.passage not in spoken:
            held += 1
        else:
            waiting.append(standing)
    waiting.sort(key=lambda s: (s.current.skipped, s.assignment.position))
    return Queue(tuple(waiting), done, held, aside)
