"""What a row of a sheet asks for, as decisions on a card, through the same session as a key on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cothemes.records.review import Action, Decision
from cothemes.records.sheet import Entry
from cothemes.stages.review.card import Card
from cothemes.stages.review.reading_state import Reading, ReadingState
from cothemes.stages.review.session import Session


def decisions_for(
    entry: Entry, card: Card, session: Session, after: Callable[[list[Decision]], ReadingState]
) -> list[Decision]:
    """The acts that make the card say what the row says. `after`: the standing once these are added.

    Codes that the row does not hold any more are rejected. Raises UsageError and StateConflict as the session
    does.
    """
    made: list[Decision] = []

    def act(decision: Decision | list[Decision]) -> None:
        nonlocal card
        made.extend(decision if isinstance(decision, list) else [decision])
        card = card.with_standing(after(made))

    for code in [code for code in card.coded if code not in entry.codes]:
        act(session.decide(card, code, Action.REJECT))
    for code, given in entry.codes.items():
        given_now = code not in card.coded
        if given_now:
            rests = card.suggestion_for(code) and code not in card.source_corrected
            action = Action.ACCEPT if rests else Action.ADD
            act(session.decide(card, code, action, attributes=given))
        held = card.coded[code].attributes
        # Who accepts a suggestion and writes no attributes takes the suggestion's.
        if dict(held) != given and (given or not given_now):
            gone: dict[str, tuple[str, ...]] = dict.fromkeys(held, ())
            act(session.describe(card, code, {**gone, **given}))
    if entry.note and entry.note not in card.standing.current.notes:
        act(session.note(card, entry.note))
    if entry.done:
        act(session.done(card))
    return made


def says_already(entry: Entry, reading: Reading, *, taken_in: bool) -> bool:
    """Return whether everything in the row is on record, so that nothing is left to take in.

    Once the row was `taken_in`, a code that was accepted with the attributes of its suggestion may stand
    without them in the row.
    """
    if entry.codes.keys() != reading.coded.keys():
        return False
    for code, given in entry.codes.items():
        held = reading.coded[code]
        taken_over = taken_in and not given and held.action is Action.ACCEPT
        if dict(held.attributes) != given and not taken_over:
            return False
    noted = not entry.note or entry.note in reading.notes
    return noted and (not entry.done or reading.done is not None)


def standing_as_json(standing: ReadingState) -> dict[str, Any]:
    """Return what was decided on a passage, for a stamp: remarks and flags are no part of it."""
    codes = {
        code: [
            answer.action.value,
            {k: list(v) for k, v in answer.attributes.items()},
            answer.start,
            answer.end,
            *answer.further,
        ]
        for code, answer in standing.answers.items()
    }
    return {"codes": codes, "reading": standing.arm.value, "done": standing.done}
