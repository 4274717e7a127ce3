"""Folding append-only decisions: undo takes back anything, and reveal keeps both readings."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.desk import assignment, card, session

from cothemes.errors import CothemesError, StateConflict
from cothemes.records.review import Action, Arm, Decision
from cothemes.stages.review.card import Card
from cothemes.stages.review.reading_state import ReadingState, fold, live
from cothemes.stages.review.session import Session

STEPS = ("accept A1", "reject A1", "add B1", "add A2", "reject B1", "describe A1", "note", "skip", "done",
         "none", "reopen")  # fmt: skip


def act(pen: Session, view: Card, step: str) -> list[Decision]:
    word, _, code = step.partition(" ")
    if word in ("accept", "reject", "add"):
        return [pen.decide(view, code, Action(word))]
    if word == "describe":
        return [pen.describe(view, code, {"valence": ["helps"]})]
    if word == "note":
        return [pen.note(view, "a remark")]
    if word == "skip":
        return [pen.skip(view)]
    if word == "reopen":
        return [pen.reopen(view.standing)]
    return pen.done(view) if word == "done" else pen.none(view)


def undo(pen: Session, arm: Arm, log: list[Decision]) -> Decision:
    return pen.undo(log, {"talk.0002": fold(assignment(arm), log)})


def state(arm: Arm, log: list[Decision]) -> ReadingState:
    return fold(assignment(arm), log)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([Arm.BLIND, Arm.ASSISTED, Arm.REVEAL]), st.lists(st.sampled_from(STEPS), max_size=12))
def test_undo_of_anything_returns_to_the_state_before(arm: Arm, steps: list[str]) -> None:
    pen = session()
    log: list[Decision] = []
    for step in steps:
        before = state(arm, log)
        try:
            made = act(pen, card(arm, log), step)
        except CothemesError:  # refused acts leave no record
            continue
        after = log + made
        locks = state(arm, after).locked and not before.locked
        if not locks:
            taken = undo(pen, arm, after)
            assert taken.action is Action.UNDO
            assert state(arm, [*after, taken]) == before
        log = after


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([Arm.BLIND, Arm.ASSISTED]), st.lists(st.sampled_from(STEPS), max_size=12))
def test_undo_has_no_limit_and_ends_at_nothing(arm: Arm, steps: list[str]) -> None:
    pen = session()
    log: list[Decision] = []
    for step in steps:
        with suppress(CothemesError):
            log += act(pen, card(arm, log), step)
    acts = sum(not decision.implicit for decision in log)
    for _ in range(acts):
        log.append(undo(pen, arm, log))
    assert not state(arm, log).touched
    with pytest.raises(StateConflict, match="nothing to undo"):
        undo(pen, arm, log)


def test_an_undo_can_itself_be_taken_back() -> None:
    pen = session()
    first = pen.decide(card(Arm.BLIND), "A1", Action.ADD)
    second = first.model_copy(update={"id": "u1", "action": Action.UNDO, "undoes": first.id})
    third = first.model_copy(update={"id": "u2", "action": Action.UNDO, "undoes": "u1"})
    assert live([first, second]) == []
    assert live([first, second, third]) == [first]


def test_done_settles_what_is_open_and_its_undo_opens_it_again() -> None:
    pen = session()
    log = [pen.decide(card(Arm.ASSISTED), "A1", Action.ACCEPT)]
    log += pen.done(card(Arm.ASSISTED, log))
    assert [(d.action, d.code, d.implicit) for d in log[1:]] == [
        (Action.REJECT, "A2", True),
        (Action.DONE, None, False),
    ]
    standing = state(Arm.ASSISTED, log)
    assert standing.done
    assert (set(standing.answers), set(standing.coded)) == ({"A1", "A2"}, {"A1"})
    log.append(undo(pen, Arm.ASSISTED, log))
    standing = state(Arm.ASSISTED, log)
    assert not standing.done
    assert set(standing.answers) == {"A1"}
    assert [s.code for s in card(Arm.ASSISTED, log).unanswered] == ["A2"]


def test_reopening_opens_what_was_only_implied() -> None:
    pen = session()
    log = pen.done(card(Arm.ASSISTED))
    log.append(pen.reopen(state(Arm.ASSISTED, log)))
    assert [s.code for s in card(Arm.ASSISTED, log).unanswered] == ["A1", "A2"]
    log.append(undo(pen, Arm.ASSISTED, log))
    assert state(Arm.ASSISTED, log).done
    assert card(Arm.ASSISTED, log).unanswered == ()


def test_reveal_keeps_the_blind_reading_and_the_second_apart() -> None:
    """A1 given blind; then suggestions A1 and A2: A2 is accepted, A1 taken away."""
    pen = session()
    log: list[Decision] = []
    view = card(Arm.REVEAL, log)
    assert (view.suggestions, view.standing.arm) == ((), Arm.BLIND)
    log.append(pen.decide(view, "A1", Action.ADD))
    log += pen.done(card(Arm.REVEAL, log))
    assert {d.arm for d in log} == {Arm.BLIND}
    assert all(d.shown == () for d in log)

    view = card(Arm.REVEAL, log)
    assert view.standing.locked
    assert not view.standing.done
    assert [s.code for s in view.suggestions] == ["A1", "A2"]
    assert [s.code for s in view.unanswered] == ["A2"]
    log.append(pen.decide(view, "A2", Action.ACCEPT))
    log.append(pen.decide(card(Arm.REVEAL, log), "A1", Action.REJECT))
    log += pen.done(card(Arm.REVEAL, log))

    standing = state(Arm.REVEAL, log)
    assert set(standing.first.coded) == {"A1"}
    assert set(standing.coded) == {"A2"}
    assert standing.done
    assert {d.arm for d in log[2:]} == {Arm.REVEAL}
    assert log[2].shown == ("s-A1", "s-A2")


def test_what_was_locked_stays_said() -> None:
    pen = session()
    log = [pen.decide(card(Arm.REVEAL), "A1", Action.ADD)]
    log += pen.done(card(Arm.REVEAL, log))
    with pytest.raises(StateConflict, match="nothing to undo") as caught:
        undo(pen, Arm.REVEAL, log)
    assert "locked" in caught.value.hint
    log.append(pen.decide(card(Arm.REVEAL, log), "A2", Action.ACCEPT))
    log.append(undo(pen, Arm.REVEAL, log))
    assert set(state(Arm.REVEAL, log).coded) == {"A1"}
    with pytest.raises(StateConflict, match="not finished"):
        pen.reopen(state(Arm.REVEAL, log))


def test_a_skip_holds_until_something_is_said() -> None:
    pen = session()
    log = [pen.skip(card(Arm.BLIND))]
    assert state(Arm.BLIND, log).current.skipped
    log.append(pen.note(card(Arm.BLIND, log), "hard"))
    assert state(Arm.BLIND, log).current.skipped
    log.append(pen.decide(card(Arm.BLIND, log), "A1", Action.ADD))
    assert not state(Arm.BLIND, log).current.skipped
    assert state(Arm.BLIND, log).current.notes == ("hard",)
