"""Registered people: only they can be given passages, and a mistyped name is never a new person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from difflib import get_close_matches

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.kept import kept
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownReviewer, UsageError
from cothemes.records.rating import RaterKind
from cothemes.records.record import Listing, Moment, Record
from cothemes.records.review import Action, Assignment, Reviewer
from cothemes.stages.review.raters import name_key
from cothemes.stages.review.reading_state import fold_all

NAME = re.compile(r"[^\W_](?:[\w .'’-]{0,58}[\w.])?")
RESERVED = "consensus"
_CLOSING = (Action.DONE, Action.REOPEN, Action.UNDO)
"""The only acts that say whether a reading is closed."""
CODER, ADJUDICATOR, LEAD = ROLES = ("coder", "adjudicator", "lead")
"""Roles that people are registered with. A role is shown and restricts nothing; `synthetic` is kept for
samples.
"""


class ReadingProgress(Record):
    """Numbers of a reviewer's passages, read and in all."""

    assigned: int
    assigned_on_earlier_passages: int
    """Assignments to passages that were cut anew since."""
    done: int
    awaiting_reveal: int
    """Passages whose blind codes are locked and that are not done."""
    arms: dict[str, int]
    """Arm → passages assigned."""


class RegisteredReviewer(Record):
    """A registered person, after a change or as they were."""

    name: str
    role: str
    capacity: int | None
    """Passages a week; None if nothing was said."""
    added: Moment
    paused: Moment | None
    """Since when the person gets nothing new."""
    coders: tuple[str, ...] = Field(default=(), exclude=True)
    """Everyone who codes and is not paused."""


class AddedReviewer(RegisteredReviewer):
    """A person who was to be registered."""

    new: bool
    """False for a name that was registered before; nothing changed."""


class ReviewerProgress(ReadingProgress, RegisteredReviewer):
    """A registered person with how far they are."""


class ReviewerList(Listing[ReviewerProgress]):
    """All registered people, in the order in which they were added."""


def reviewer_list(study: Study) -> ReviewerList:
    """Return everyone who is registered, with how far they are."""
    return ReviewerList(tuple(_with_progress(study, each) for each in study.store.reviews.reviewers()))


def add_reviewer(study: Study, name: str, role: str = CODER, capacity: int | None = None) -> AddedReviewer:
    """Register a person. A name that is there stays as it is.

    `capacity`: passages a week. Raises UsageError for an unknown role, or a name that cannot be used in
    tables (raters of models hold `@` and `#`, lists are split at commas) or differs from a registered one
    only in case or spaces."""
    name = " ".join(name.split())
    if not NAME.fullmatch(name) or name.casefold() == RESERVED:
        raise UsageError(
            f"{name!r} cannot be a reviewer's name",
            hint=f"Use up to 60 letters, digits, blanks, dots, hyphens or apostrophes; not `{RESERVED}`.",
        )
    _known_role(role)
    known = {name_key(reviewer.name): reviewer for reviewer in study.store.reviews.reviewers()}
    found = known.get(name_key(name))
    if found is not None and found.name != name:
        raise UsageError(
            f"{name!r} differs from the registered {found.name!r} only in case or spaces",
            hint=f'The same person: --as "{found.name}". Another person: add a name that tells them apart, '
            f'such as "{name} 2".',
        )
    if found is None:
        reviewer = Reviewer(name=name, role=role, added=wiring.clock().now(), capacity=capacity)
        study.store.reviews.add_reviewer(reviewer)
    else:
        reviewer = found
    return AddedReviewer(**dict(_registered(study, reviewer)), new=found is None)


def enrol(study: Study, name: str, role: str) -> None:
    """Register a person where nobody did; who is registered keeps their role."""
    if all(each.name != name for each in study.store.reviews.reviewers()):
        add_reviewer(study, name, role)


def change_reviewer(
    study: Study, name: str, *, role: str | None = None, capacity: int | None = None
) -> RegisteredReviewer:
    """Set another role or capacity; what is None stays, and a capacity of 0 removes it. What was drawn
    already
    is not divided anew. Raises UnknownReviewer, UsageError."""
    reviewer = reviewer_of(study, name)
    if role is not None:
        _known_role(role)
    changed = reviewer.model_copy(
        update={
            "role": reviewer.role if role is None else role,
            "capacity": reviewer.capacity if capacity is None else capacity or None,
        }
    )
    study.store.reviews.put_reviewer(changed)
    return _registered(study, changed)


def pause(study: Study, name: str) -> ReviewerProgress:
    """Give the person nothing new from now on; what was assigned and decided stays."""
    reviewer = reviewer_of(study, name)
    if reviewer.paused is None:
        reviewer = reviewer.model_copy(update={"paused": wiring.clock().now()})
        study.store.reviews.put_reviewer(reviewer)
    return _with_progress(study, reviewer)


def resume(study: Study, name: str) -> RegisteredReviewer:
    """End a pause."""
    reviewer = reviewer_of(study, name).model_copy(update={"paused": None})
    study.store.reviews.put_reviewer(reviewer)
    return _registered(study, reviewer)


def _registered(study: Study, reviewer: Reviewer) -> RegisteredReviewer:
    people = study.store.reviews.reviewers()
    return RegisteredReviewer(
        name=reviewer.name,
        role=reviewer.role,
        capacity=reviewer.capacity,
        added=reviewer.added,
        paused=reviewer.paused,
        coders=tuple(each.name for each in people if each.role == CODER and not each.paused),
    )


def _with_progress(study: Study, reviewer: Reviewer) -> ReviewerProgress:
    return ReviewerProgress(**dict(_registered(study, reviewer)), **dict(progress_of(study, reviewer.name)))


def progress_of(study: Study, name: str) -> ReadingProgress:
    """Return how far a person is."""

    def read() -> ReadingProgress:
        current = {head.id for head in study.store.passages.heads()}
        return progress_with(study, study.store.reviews.assignments(reviewer=name), name, current)

    return kept(study, f"progress of {name}", study.store.reviews.mark(name), read)


def progress_with(
    study: Study, assignments: Sequence[Assignment], name: str, current: Container[str]
) -> ReadingProgress:
    """Return how far a person is with these assignments. `current`: ids of the current passages."""
    standings = fold_all(assignments, study.store.reviews.decisions(reviewer=name, acts=_CLOSING))
    arms = Counter(assignment.arm.value for assignment in assignments)
    return ReadingProgress(
        assigned=len(assignments),
        assigned_on_earlier_passages=sum(each.passage not in current for each in assignments),
        done=sum(standing.done for standing in standings),
        awaiting_reveal=sum(bool(standing.locked and not standing.done) for standing in standings),
        arms=dict(arms),
    )


def reviewer_of(study: Study, name: str) -> Reviewer:
    """The registered person of this name; raises UnknownReviewer with the list."""
    found = registered(study, [name])[0]
    return next(reviewer for reviewer in study.store.reviews.reviewers() if reviewer.name == found)


def able(study: Study, names: Sequence[str]) -> list[Reviewer]:
    """The people of these names, who may get something new. Raises UnknownReviewer, and StateConflict for who
    pauses."""
    wanted = registered(study, names)
    found = {reviewer.name: reviewer for reviewer in study.store.reviews.reviewers()}
    paused = [name for name in wanted if found[name].paused is not None]
    if paused:
        raise StateConflict(
            f"{', '.join(paused)} {'pauses' if len(paused) == 1 else 'pause'} and cannot be given anything",
            hint=f'Leave the name out, or: cothemes reviewers resume "{paused[0]}"',
        )
    return [found[name] for name in wanted]


def _known_role(role: str) -> None:
    if role not in (*ROLES, RaterKind.SYNTHETIC):
        raise UsageError(f"{role!r} is no role", hint=f"Roles: {', '.join(ROLES)}.")


def registered(study: Study, names: Sequence[str]) -> list[str]:
    """The names as registered, each once; raises UnknownReviewer with the list."""
    known = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    found = []
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            who = f"Did you mean {near[0]}? " if near else ""
            listed = f"Registered: {', '.join(known)}. " if known else "Nobody is registered yet. "
            raise UnknownReviewer(
                f"{name!r} is not registered", hint=f"{who}{listed}Add a person: cothemes reviewers add NAME"
            )
        found.append(name)
    return list(dict.fromkeys(found))


def only_reviewer(study: Study) -> str:
    """The one registered person; raises UnknownReviewer where there is none, or a choice."""
    known = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    if len(known) == 1:
        return known[0]
    raise UnknownReviewer(
        "say who you are",
        hint=f"Give --as {' or --as '.join(known)}."
        if known
        else "Add a person: cothemes reviewers add NAME",
    )
