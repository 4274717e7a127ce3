"""One reviewer's own readings, loaded as far as they are asked for.

In a large study a reviewer has tens of thousands of assignments and decisions. The queue needs to know of
each passage whether it is finished, and of nothing else; a card needs the decisions on one passage; an undo
needs the last few acts. No query here finds anyone else's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

from cothemes.app.study import Study
from cothemes.records.review import Action, AssignedPlace, Assignment, Decision
from cothemes.stages.review.reading_state import ReadingState, fold

ENDS = (Action.DONE, Action.REOPEN, Action.SKIP, Action.UNDO)
"""Acts that say where a passage is in the queue."""
LAST = 200
"""Acts that are loaded first to find the one that an undo takes back."""


class OwnReadings(Mapping[str, ReadingState]):
    """Passage → the state of the reviewer's last round on it."""

    def __init__(self, study: Study, reviewer: str) -> None:
        self._reviews = study.store.reviews
        self._reviewer = reviewer
        self._states: dict[str, ReadingState] = {}
        self._decisions: dict[str, list[Decision]] = {}
        self._loader = _Loader(study, reviewer)
        # Rounds come in their order: the last round of a passage is the one that can be worked on.
        self.places: dict[str, AssignedPlace] = {
            place.passage: place for place in self._reviews.assigned_places(reviewer)
        }

    def __getitem__(self, passage: str) -> ReadingState:
        if passage not in self._states:
            if passage not in self.places:
                raise KeyError(passage)
            assignments = self._reviews.assignments(reviewer=self._reviewer, passage=passage)
            decisions = self._reviews.decisions(reviewer=self._reviewer, passage=passage)
            self._load(assignments, decisions)
        return self._states[passage]

    def __contains__(self, passage: object) -> bool:
        return passage in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def several(self, passages: Sequence[str]) -> list[ReadingState]:
        """Return the states of these passages."""
        missing = [passage for passage in passages if passage not in self._states]
        if missing:
            assignments = [
                assignment
                for passage in missing
                for assignment in self._reviews.assignments(reviewer=self._reviewer, passage=passage)
            ]
            self._load(assignments, self._reviews.decisions(reviewer=self._reviewer, passages=missing))
        return [self[passage] for passage in passages]

    @property
    def loaded(self) -> list[ReadingState]:
        """Every state, in the order of the assignments. The first time this takes long in a large study."""
        if len(self._states) < len(self.places):
            self._load(self.assignments, self._reviews.decisions(reviewer=self._reviewer))
        return [self._states[passage] for passage in self.places]

    @property
    def assignments(self) -> list[Assignment]:
        """Every round of every passage."""
        return self._reviews.assignments(reviewer=self._reviewer)

    @property
    def recoded(self) -> list[Assignment]:
        """The last rounds that ask about some codes only."""
        return [self[place.passage].assignment for place in self.places.values() if place.again]

    def put_in_place(self) -> list[ReadingState]:
        """Return the states of passages that were ever finished or skipped, good for their place in the
        queue alone: codes, notes and flags are not in all of them. Every other passage waits.
        """
        last: dict[str, Assignment] = {}
        for assignment in self._reviews.assignments(reviewer=self._reviewer, after=ENDS):
            last[assignment.passage] = assignment
        acts: dict[str, list[Decision]] = {passage: [] for passage in last}
        for decision in self._reviews.decisions(reviewer=self._reviewer, acts=ENDS):
            if decision.passage in acts:
                acts[decision.passage].append(decision)
        found = [fold(assignment, acts[passage]) for passage, assignment in last.items()]
        # A passage that was skipped waits in its place again once anything else was said of it.
        return [self[each.assignment.passage] if each.current.skipped else each for each in found]

    def add(self, made: Iterable[Decision]) -> list[ReadingState]:
        """Take up decisions that were stored; return the states that they changed."""
        kept = list(made)
        changed = dict.fromkeys(decision.passage for decision in kept if decision.passage in self.places)
        for decision in kept:
            self._loader.add(decision)
        for passage in changed:
            if passage in self._states:
                own = self._decisions[passage]
                own += (decision for decision in kept if decision.passage == passage)
                self._states[passage] = fold(self._states[passage].assignment, own)
        return [self[passage] for passage in changed]

    def in_hand(self) -> OwnActs:
        """Return the acts on readings that can be gone on with; a passage's earlier round is closed."""
        return OwnActs(self._loader, {passage: place.round for passage, place in self.places.items()})

    @property
    def acts(self) -> OwnActs:
        """Return all acts."""
        return OwnActs(self._loader)

    def _load(self, assignments: Iterable[Assignment], decisions: Iterable[Decision]) -> None:
        last = {assignment.passage: assignment for assignment in assignments}
        own: dict[str, list[Decision]] = {passage: [] for passage in last}
        for decision in decisions:
            if decision.passage in own:
                own[decision.passage].append(decision)
        self._decisions |= own
        self._states |= {passage: fold(assignment, own[passage]) for passage, assignment in last.items()}


class OwnActs(Sequence[Decision]):
    """A reviewer's decisions in their order. Whoever goes through them from the last on loads a few."""

    def __init__(self, loader: _Loader, rounds: Mapping[str, str] | None = None) -> None:
        self._loader = loader
        self._rounds = rounds

    def __reversed__(self) -> Iterator[Decision]:
        return filter(self._counts, self._loader.backwards())

    def __iter__(self) -> Iterator[Decision]:
        return filter(self._counts, self._loader.all)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Decision: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Decision]: ...
    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def _counts(self, decision: Decision) -> bool:
        return self._rounds is None or self._rounds.get(decision.passage, decision.round) == decision.round


class _Loader:
    """The decisions as far as they are loaded: none, the last few, or all."""

    def __init__(self, study: Study, reviewer: str) -> None:
        self._reviews = study.store.reviews
        self._reviewer = reviewer

    @cached_property
    def last(self) -> list[Decision]:
        return self._reviews.decisions(reviewer=self._reviewer, last=LAST)

    @cached_property
    def all(self) -> list[Decision]:
        return self._reviews.decisions(reviewer=self._reviewer)

    def add(self, decision: Decision) -> None:
        for held in ("last", "all"):
            if held in self.__dict__:
                self.__dict__[held].append(decision)

    def backwards(self) -> Iterator[Decision]:
        if "all" in self.__dict__:
            yield from reversed(self.all)
            return
        yield from reversed(self.last)
        if len(self.last) >= LAST:
            told = {decision.id for decision in self.last}
            yield from (decision for decision in reversed(self.all) if decision.id not in told)
