"""A sitting of triage driven by values alone: what is asked, what each act leaves, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tui.double import DoubleDesk, desk

from cothemes.records.review import Action, Arm
from cothemes.stages.review.sitting import Act, Ask, Verb, asks
from cothemes.stages.review.triage import KEYS, Triage, TriageState

ASSISTED, BLIND, REVEAL = Arm.ASSISTED, Arm.BLIND, Arm.REVEAL


def sat(one: DoubleDesk, *acts: Act, settle: float = 0.0) -> tuple[Triage, TriageState]:
    triage = Triage(one, settle)
    state = triage.begin()
    for act in acts:
        state = triage.step(state, act).state
    return triage, state


def act(verb: Verb, **fields: Any) -> Act:
    return Act(verb=verb, **fields)


def offered(triage: Triage, state: TriageState) -> set[str]:
    return {key.word for key in triage.offered(state)}


def test_a_step_gives_the_new_state_and_the_records() -> None:
    one = desk(ASSISTED)
    triage = Triage(one, settle=0)
    before = triage.begin()
    step = triage.step(before, act(Verb.ACCEPT))
    assert [(record.action, record.code) for record in step.records] == [(Action.ACCEPT, "A1")]  # type: ignore[attr-defined]
    assert list(step.records) == one.decisions
    assert (before.kept, step.state.kept) == (0, 1)
    assert (before.cursor, step.state.cursor) == (0, 1), "the cursor goes to what is open"


def test_enter_asks_about_what_is_unanswered_and_yes_does_it() -> None:
    one = desk(ASSISTED)
    triage, state = sat(one, act(Verb.ACCEPT), act(Verb.FINISH))
    assert state.asking is Ask.SURE
    assert state.question is not None
    assert "A2" in state.question.words
    assert len(one.decisions) == 1
    refused = triage.step(state, act(Verb.CANCEL)).state
    assert (refused.asking, refused.place) == (None, "talk.0000")
    done = triage.step(state, act(Verb.YES))
    assert [d.implicit for d in one.decisions] == [False, True, False]
    assert len(done.records) == 2
    assert done.state.card is None
    assert done.state.pace.finished == 1


def test_enter_asks_nothing_where_all_is_answered_or_the_answer_comes_with_it() -> None:
    one = desk(ASSISTED, BLIND)
    _, state = sat(one, act(Verb.ACCEPT), act(Verb.REJECT), act(Verb.FINISH))
    assert state.place == "talk.0001"
    _, state = sat(one, act(Verb.FINISH, sure=True))
    assert state.card is None


def test_another_act_lets_a_question_go() -> None:
    one = desk(BLIND)
    _, state = sat(one, act(Verb.FINISH), act(Verb.GIVE, code="B1"), act(Verb.YES))
    assert [d.action for d in one.decisions] == [Action.ADD], "there was nothing left to say yes to"
    assert "not recorded" in state.said


def test_what_is_refused_is_in_the_step_and_changes_nothing() -> None:
    one = desk(BLIND)
    triage, state = sat(one)
    for wrong in (
        act(Verb.ACCEPT),
        act(Verb.TOGGLE, number=3),
        act(Verb.GIVE, code="nonsense"),
        act(Verb.MARK, code="A1", spans=((0, 5_000),)),
        act(Verb.LIKE),
        act(Verb.UNDO),
        act(Verb.NOTE, text=" "),
        act(Verb.NEXT),
        asks(Ask.ATTRIBUTES),
    ):
        step = triage.step(state, wrong)
        assert step.refused is not None, wrong
        assert step.state.said.startswith("not recorded: ")
        assert step.records == ()
    assert one.decisions == []


@pytest.mark.parametrize("arm", [BLIND, REVEAL])
def test_a_blind_card_offers_no_answer_to_a_suggestion(arm: Arm) -> None:
    triage, state = sat(desk(arm))
    assert not {"accept", "reject", "take away"} & offered(triage, state)
    assert {"code", "none", "as before", "skip"} <= offered(triage, state)


def test_what_is_offered_follows_the_card() -> None:
    triage, state = sat(desk(ASSISTED))
    assert {"accept", "reject", "done", "row 2"} <= offered(triage, state)
    assert not {"take away", "attributes", "row 3"} & offered(triage, state)
    state = triage.step(state, act(Verb.TOGGLE, number=1)).state
    assert {"take away", "attributes"} <= offered(triage, state)
    assert not {"accept", "reject", "none"} & offered(triage, state)
    triage, end = sat(desk(BLIND), act(Verb.NONE))
    assert offered(triage, end) == {"undo"}


def test_reveal_is_read_twice_and_its_lock_is_told() -> None:
    one = desk(REVEAL)
    triage, state = sat(one, act(Verb.GIVE, code="A1"), act(Verb.FINISH))
    assert state.place == "talk.0000"
    assert state.card is not None
    assert state.card.standing.locked
    assert "blind codes locked, suggestions open" in state.said
    assert "accept" in offered(triage, state)
    assert state.served == 2, "a front end shows the card again"


def test_nothing_ends_a_passage_that_has_only_just_come_up() -> None:
    one = desk(BLIND, BLIND)
    triage = Triage(one, settle=0.3)
    state = triage.begin(at=10.0)
    for verb in (Verb.FINISH, Verb.NONE, Verb.SKIP):
        assert triage.step(state, act(verb), at=10.2).refused is not None
    assert triage.step(state, act(Verb.NONE), at=10.4).refused is None


def test_marking_again_adds_evidence_and_a_mark_is_taken_away() -> None:
    one = desk(BLIND)
    start = one.card("talk.0000").passage.start
    spans = (((3, 10),), ((20, 30),), ((25, 35),))
    _, state = sat(one, act(Verb.GIVE, code="A1"), *(act(Verb.MARK, spans=each) for each in spans))
    assert one.decisions[-1].spans == ((start + 3, start + 10), (start + 20, start + 35))
    triage = Triage(one, settle=0)
    state = triage.step(triage.begin(), act(Verb.UNMARK, number=22)).state
    assert one.decisions[-1].spans == ((start + 3, start + 10),)
    assert triage.step(state, act(Verb.UNMARK, number=22)).refused is not None
    state = triage.step(state, act(Verb.DESCRIBE, attributes={"valence": ("helps",)})).state
    assert one.decisions[-1].spans == ((start + 3, start + 10),), "attributes leave the words as they are"
    sat(one, act(Verb.UNDO), act(Verb.UNDO))
    assert len(one.card("talk.0000").coded["A1"].spans) == 2


def test_words_can_be_marked_for_a_code_that_is_not_given_yet() -> None:
    one = desk(ASSISTED)
    sat(one, act(Verb.MARK, code="A2", spans=((0, 2),)), act(Verb.GIVE, code="B1", spans=((3, 10),)))
    assert [(d.action, d.code, len(d.spans)) for d in one.decisions] == [
        (Action.ACCEPT, "A2", 1),
        (Action.ADD, "B1", 1),
    ]


def test_an_act_is_a_value_that_goes_through_json() -> None:
    given = act(Verb.GIVE, code="A1", spans=((0, 2),), attributes={"valence": ("helps",)})
    assert Act.model_validate_json(given.model_dump_json()) == given


def test_every_key_has_a_name_of_its_own() -> None:
    assert len({key.name for key in KEYS}) == len(KEYS)


def test_a_new_code_is_made_and_given_on_the_words_that_are_marked() -> None:
    one = desk(BLIND)
    triage, state = sat(one, act(Verb.DRAFT, text="tea breaks", spans=((3, 10),)))
    start = one.card("talk.0000").passage.start
    made = one.decisions[-1]
    assert (made.action, made.spans) == (Action.ADD, ((start + 3, start + 10),))
    assert triage.book(state).by_id[made.code or ""].label == "tea breaks"
    assert [row.code for row in state.rows] == [made.code]
    again = triage.step(state, act(Verb.DRAFT, text="TIME AND MONEY"))
    assert one.decisions[-1].code == "A2", "a code that has this name is given"
    assert again.refused is None


def test_no_code_is_made_where_it_could_not_be_given() -> None:
    one = desk(BLIND, BLIND)
    before = one.codebook
    triage, state = sat(one, act(Verb.DRAFT, text="tea", spans=((0, 5_000),)))
    assert "outside" in state.said
    assert one.codebook is before
    assert triage.makes_codes(state)
    done = triage.step(state, act(Verb.NONE)).state
    over = triage.step(triage.open("talk.0000"), act(Verb.DRAFT, text="tea"))
    assert over.refused is not None
    assert not triage.makes_codes(triage.open("talk.0000"))
    assert triage.makes_codes(done)


def test_what_changed_in_the_codebook_meanwhile_is_told_and_the_question_stays() -> None:
    one = desk(ASSISTED)
    triage, state = sat(one, act(Verb.MOVE, number=1), act(Verb.FINISH))
    assert triage.look(state) is state
    first, *others = one.book.codes
    one.written = one.book.model_copy(
        update={"codes": (first.model_copy(update={"definition": "Otherwise."}), *others[:-1])}
    )
    after = triage.look(state)
    assert (after.asking, after.question, after.cursor) == (Ask.SURE, state.question, 1)
    assert "changed A1 Trust between people" in after.said
    assert "gone B1" in after.said
    triage.step(after, act(Verb.YES))
    assert one.decisions[-1].codebook_hash == one.book.hash


def test_a_question_is_about_the_card_as_it_is_when_it_is_answered() -> None:
    one = desk(ASSISTED, ASSISTED)
    triage, state = sat(one, act(Verb.FINISH))
    one.written = one.book.model_copy(update={"codes": one.book.codes[1:]})
    after = triage.look(state)
    assert state.question is not None
    assert after.question is not None
    assert "A1" in state.question.words
    assert "A1" not in after.question.words
    assert "A2" in after.question.words
    state = triage.step(after, act(Verb.CANCEL)).state
    state = triage.step(triage.step(state, act(Verb.GIVE, code="B1")).state, act(Verb.FINISH)).state
    one.written = one.book.model_copy(update={"codes": one.book.codes[1:]})
    after = triage.look(state)
    assert (state.asking, after.asking, after.question) == (Ask.SURE, None, None)
    assert triage.step(after, act(Verb.YES)).refused is not None
