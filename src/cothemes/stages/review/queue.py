"""What waits for a reviewer, in the order it is served."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from cothemes.records.review import Arm, Assignment
from cothemes.stages.review.reading_state import ReadingState


@dataclass(frozen=True)
class Queue:
    """A reviewer's work."""

    waiting: tuple[ReadingState, ...]
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
    standings: Sequence[ReadingState], proposed: Iterable[str], is_current: Callable[[Assignment], bool]
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


class Place(StrEnum):
    """Place of an assignment in a reviewer's work."""

    WAITING = "waiting"
    DONE = "done"
    HELD = "held"
    """Coded blind and locked, while no coder has spoken on it yet."""
    ASIDE = "aside"
    """Unfinished, and of an earlier cut of its document."""


@dataclass(frozen=True)
class Progress:
    """Progress of a reviewer."""

    done: int
    waiting: int
    skipped: int
    """Number of those that wait."""
    held: int
    aside: int

    @property
    def total(self) -> int:
        """All that can be done."""
        return self.done + self.waiting + self.held


Rank = tuple[float, ...]
"""Key that goes before the position; of one length throughout an order."""
Order = Callable[[ReadingState], Rank]
Key = tuple[bool, Rank, int, str]


def as_routed(standing: ReadingState) -> Rank:  # noqa: ARG001
    """Return a rank by position alone."""
    return ()


class Untouched(NamedTuple):
    """A passage that was never finished or skipped: it waits, whatever its arm."""

    position: int
    passage: str
    current: bool
    """False for one of an earlier cut of its document."""


class Serving:
    """The queue of `queue_of`, kept up to date act by act: with 50,000 passages nothing is counted anew.

    `untouched` are passages that are not among `standings`; their order is that of the routing.
    """

    def __init__(
        self,
        standings: Sequence[ReadingState],
        proposed: Iterable[str],
        is_current: Callable[[Assignment], bool],
        order: Order = as_routed,
        untouched: Iterable[Untouched] = (),
    ) -> None:
        self._order = order
        self._spoken = set(proposed)
        self._is_current = is_current
        self._places: dict[str, tuple[Place, Key]] = {}
        self._counts: Counter[Place] = Counter()
        self._skipped = 0
        for position, passage, current in untouched:
            place = Place.WAITING if current else Place.ASIDE
            self._places[passage] = (place, (False, (), position, passage))
            self._counts[place] += 1
        for standing in standings:
            self._note(standing)
        self._waiting = sorted(key for place, key in self._places.values() if place is Place.WAITING)

    @property
    def progress(self) -> Progress:
        """Counted as it stands."""
        counts = self._counts
        return Progress(
            done=counts[Place.DONE],
            waiting=counts[Place.WAITING],
            skipped=self._skipped,
            held=counts[Place.HELD],
            aside=counts[Place.ASIDE],
        )

    @property
    def held(self) -> list[str]:
        """Passages that wait for a coder."""
        if not self._counts[Place.HELD]:
            return []
        return [passage for passage, (place, _) in self._places.items() if place is Place.HELD]

    def next(self, put_off: Collection[str] = ()) -> str | None:
        """The first that waits and is not among `put_off`."""
        return next((key[-1] for key in self._waiting if key[-1] not in put_off), None)

    def first(self, limit: int) -> list[str]:
        """Return the passages that are served first, at most `limit`."""
        return [key[-1] for key in islice(self._waiting, limit)]

    def waits(self, passage: str) -> bool:
        """Return whether it can be served now."""
        return passage in self._places and self._places[passage][0] is Place.WAITING

    def put(self, standing: ReadingState, *, spoken: bool = False) -> None:
        """After an act. `spoken`: whether a coder has coded the passage; once said, it is remembered."""
        passage = standing.assignment.passage
        if spoken:
            self._spoken.add(passage)
        place, key = self._places[passage]
        self._counts[place] -= 1
        if place is Place.WAITING:
            self._skipped -= key[0]
            del self._waiting[bisect_left(self._waiting, key)]
        place, key = self._note(standing)
        if place is Place.WAITING:
            insort(self._waiting, key)

    def _note(self, standing: ReadingState) -> tuple[Place, Key]:
        assignment = standing.assignment
        skipped = standing.current.skipped
        key = (skipped, self._order(standing), assignment.position, assignment.passage)
        if standing.done:
            place = Place.DONE
        elif not self._is_current(assignment):
            place = Place.ASIDE
        elif standing.arm is Arm.REVEAL and assignment.passage not in self._spoken:
            place = Place.HELD
        else:
            place = Place.WAITING
            self._skipped += skipped
        self._places[assignment.passage] = (place, key)
        self._counts[place] += 1
        return place, key
