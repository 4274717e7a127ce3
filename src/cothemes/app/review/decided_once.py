"""Deciding once on passages that say nearly the same: a person's codes copied to their other passages.

Each copy is the person's own decision, made by the same rules as on a card, undoable like any other, and
marked with the passage that was read. Nothing is copied to passages of another person, round or arm, so that
nothing crosses a line of blindness, and nothing over what the person has decided already.
"""

from __future__ import annotations

from cothemes.app.corpus.known_repeats import known_repeats
from cothemes.app.corpus.passages import found_passage
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import StateConflict
from cothemes.records.copied_decision import CopiedDecision
from cothemes.records.record import Record
from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.card import Card
from cothemes.stages.review.reading_state import CODED, ReadingState


class DecidedOnce(Record):
    """What was copied from one passage to those that repeat it."""

    passage: str
    reviewer: str
    codes: tuple[str, ...]
    copied_to: tuple[str, ...]
    """Passages that are finished now with the same codes."""
    undos: int
    """Calls of undo that take the copies back, the last one first: each takes back one act."""
    left: dict[str, str]
    """Passage of the group → why nothing was copied to it."""


def decide_once(study: Study, reviewer: str, passage_id: str) -> DecidedOnce:
    """Copy the reviewer's codes on a finished passage to their open passages that repeat it.

    Raises UnknownReviewer, UnknownPassage, and StateConflict where the passage is not finished, is read in
    two steps, or repeats nothing that is known.
    """
    desk = Desk(study, reviewer)
    passage = found_passage(study, passage_id).id
    read = desk.card(passage).standing
    if not read.done:
        raise StateConflict(f"{passage} is not finished", hint=f"cothemes done --as {reviewer} {passage}")
    if read.assignment.arm is Arm.REVEAL:
        raise StateConflict(
            f"{passage} is read in two steps, blind and then with suggestions",
            hint="Decide each passage of this kind by itself.",
        )
    others = known_repeats(study, passage)
    if not others:
        raise StateConflict(
            f"no passage is known that repeats {passage}",
            hint="List them, after any change of the texts: cothemes duplicates",
        )
    copied, left, acts = [], {}, 0
    for other in others:
        standing = desk.standing(other)
        why = _why_not(read, standing)
        if why:
            left[other] = why
            continue
        acts += _copy(study, desk, read, desk.current_card(other), passage)
        copied.append(other)
    return DecidedOnce(
        passage=passage,
        reviewer=desk.reviewer,
        codes=tuple(read.coded),
        copied_to=tuple(copied),
        undos=acts,
        left=left,
    )


def _why_not(read: ReadingState, standing: ReadingState | None) -> str:
    if standing is None:
        return "not assigned to you"
    given, mine = standing.assignment, read.assignment
    if given.round != mine.round:
        return "in another round"
    if given.arm is not mine.arm or given.codes != mine.codes:
        return "in another arm"
    if standing.done:
        return "finished already"
    return "begun already" if standing.answers else ""


def _copy(study: Study, desk: Desk, read: ReadingState, card: Card, origin: str) -> int:
    """Copy all of one passage, or nothing. Return the number of acts."""
    made: list[Decision] = []
    with study.store.together():
        for code, answer in read.coded.items():
            assert answer.action in CODED
            offered = card.suggestion_for(code) is not None and code not in card.source_corrected
            action = Action.ACCEPT if offered else Action.ADD
            one = desk.session(card).decide(card, code, action, attributes=dict(answer.attributes))
            card = desk.keep(card, [one])
            made.append(one)
        closing = list(desk.session(card).done(card))
        desk.keep(card, closing)
        made += closing
        study.store.copied_decisions.append(
            [CopiedDecision(decision=each.id, origin=origin) for each in made]
        )
    return len(made)
