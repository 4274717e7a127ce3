"""Where a reviewer stands with a passage, folded from append-only decisions.

Nothing is ever taken out of the record: an `undo` names the decision it takes back, also another undo.
Folding drops what was taken back and lets the last word on a code win.

A passage in arm `reveal` is read twice. The first reading is recorded in arm `blind`, because it is made
blind; `done` locks it for good, and only then are suggestions shown. The second reading begins with the
codes of the first and is recorded in arm `reveal`. So both stand in the record, each can be rated by
itself, and what changed between them is what the suggestions did.

Implicit rejections are written just before the `done` they belong to and hold only as long as it does: taking
back or reopening a `done` makes its unanswered suggestions unanswered again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cothemes.records.review import Action, Arm, Assignment, Decision

ANSWERS = (Action.ACCEPT, Action.REJECT, Action.ADD)
CODED = (Action.ACCEPT, Action.ADD)
_REMARKS = (Action.NOTE, Action.FLAG, Action.CONFIRM)


def live(decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions that were not taken back, in their order, without the undos themselves.

    One pass from the end suffices, since an undo stands after what it takes back: an undo that was itself
    undone has been seen by then.
    """
    kept = list(live_backwards(decisions))
    kept.reverse()
    return kept


def live_backwards(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """The same from the last on, so that who wants the last one reads no more than it takes."""
    dead: set[str] = set()
    for decision in reversed(decisions):
        if decision.id in dead:
            continue
        if decision.action is Action.UNDO:
            if decision.undoes is not None:
                dead.add(decision.undoes)
        else:
            yield decision


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a passage by one reviewer."""

    answers: Mapping[str, Decision] = field(default_factory=dict)
    """Code → the last word on it: accept, reject or add."""
    done: Decision | None = None
    skipped: bool = False
    """Put off, and nothing was said since."""
    notes: tuple[str, ...] = ()
    flag: Decision | None = None
    """Marked as worth a second look; taken back by undoing it."""

    @property
    def coded(self) -> dict[str, Decision]:
        """The codes that apply."""
        return {code: answer for code, answer in self.answers.items() if answer.action in CODED}


@dataclass(frozen=True, slots=True)
class ReadingState:
    """An assignment with what was made of it."""

    assignment: Assignment
    first: Reading
    second: Reading = Reading()
    """In arm `reveal` only: what was said after the suggestions were shown."""

    @property
    def locked(self) -> bool:
        """Whether the blind codes of a reveal passage are settled for good."""
        return self.assignment.arm is Arm.REVEAL and self.first.done is not None

    @property
    def arm(self) -> Arm:
        """The arm in which the next decision is made."""
        if self.assignment.arm is not Arm.REVEAL:
            return self.assignment.arm
        return Arm.REVEAL if self.locked else Arm.BLIND

    @property
    def sees_suggestions(self) -> bool:
        """Whether suggestions may be loaded for this reviewer at all."""
        return self.arm is not Arm.BLIND

    @property
    def current(self) -> Reading:
        """The reading that is under way, or the last one."""
        return self.second if self.locked else self.first

    @property
    def answers(self) -> dict[str, Decision]:
        """The last word on each code over both readings."""
        return {**self.first.answers, **self.second.answers}

    @property
    def coded(self) -> dict[str, Decision]:
        """The codes that apply by the last word."""
        return {code: answer for code, answer in self.answers.items() if answer.action in CODED}

    @property
    def done(self) -> bool:
        """Whether nothing is left to do, also after the suggestions were shown."""
        return self.current.done is not None

    @property
    def flag(self) -> Decision | None:
        """The flag that holds, of either reading."""
        return self.second.flag or self.first.flag

    @property
    def touched(self) -> bool:
        """Whether anything was said."""
        return self.first != Reading() or self.second != Reading()


def fold(assignment: Assignment, decisions: Sequence[Decision]) -> ReadingState:
    """The standing of one reviewer with one passage, in the assignment's own round. Decisions on other
    passages must not be among them."""
    return _state(assignment, live(_of_round(assignment, decisions)))


def fold_all(assignments: Sequence[Assignment], decisions: Sequence[Decision]) -> list[ReadingState]:
    """A standing per assignment, in their order."""
    heaps: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    taken_back = False
    for decision in decisions:
        heaps[(decision.reviewer, decision.passage)].append(decision)
        taken_back = taken_back or decision.action is Action.UNDO
    found = ((a, _of_round(a, heaps.get((a.reviewer, a.passage), ()))) for a in assignments)
    return [_state(a, live(own) if taken_back else own) for a, own in found]


def _of_round(assignment: Assignment, decisions: Sequence[Decision]) -> list[Decision]:
    name = assignment.round
    return [decision for decision in decisions if decision.round == name]


def _state(assignment: Assignment, kept: Sequence[Decision]) -> ReadingState:
    if assignment.arm is Arm.REVEAL:
        return ReadingState(
            assignment,
            _reading([d for d in kept if d.arm is not Arm.REVEAL]),
            _reading([d for d in kept if d.arm is Arm.REVEAL]),
        )
    return ReadingState(assignment, _reading(kept))


def _reading(decisions: Sequence[Decision]) -> Reading:
    answers: dict[str, Decision] = {}
    waiting: list[Decision] = []
    notes: list[str] = []
    done: Decision | None = None
    flag: Decision | None = None
    skipped = False
    for decision in decisions:
        if decision.implicit:
            waiting.append(decision)
            continue
        if decision.note:
            notes.append(decision.note)
        action = decision.action
        if decision.code is not None and action in ANSWERS:
            answers[decision.code] = decision
        elif action is Action.DONE:
            done = decision
            if waiting:
                answers.update((answer.code, answer) for answer in waiting if answer.code is not None)
        elif action is Action.FLAG:
            flag = decision
        elif action is Action.REOPEN:
            done = None
            answers = {code: answer for code, answer in answers.items() if not answer.implicit}
        skipped = action is Action.SKIP or (skipped and action in _REMARKS)
        waiting = []
    return Reading(answers, done, skipped, tuple(notes), flag)


def to_take_back(
    decisions: Sequence[Decision], locked: Container[str], discussed: Container[str] = ()
) -> Decision | None:
    """A reviewer's last act that still holds. What was said before a lock stays said, and implicit
    rejections go with their `done`. `decisions` are all of one reviewer's; `locked` are passages as in
    `ReadingState.locked`; on `discussed` ones nothing is taken back, since readers' codes were compared
    there.
    """
    for decision in live_backwards(decisions):
        if decision.implicit or decision.passage in discussed:
            continue
        if not (decision.passage in locked and decision.arm is Arm.BLIND):
            return decision
    return None
