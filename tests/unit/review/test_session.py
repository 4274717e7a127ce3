"""What a reviewer may do, what is refused, and what every record holds."""

from __future__ import annotations

import pytest
from tests.doubles.desk import BOOK, TEXT, assignment, card, session, suggested

from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.records.review import Action, Arm
from cothemes.records.suggestion import Verdict
from cothemes.stages.review.reading_state import fold


def test_every_decision_names_the_wording_and_what_was_in_view() -> None:
    made = session().decide(card(Arm.ASSISTED), "A1", Action.ACCEPT, note="clear")
    assert made.code_hash == BOOK.by_id["A1"].text_hash
    assert made.codebook_hash == BOOK.hash
    assert (made.suggestion, made.shown) == ("s-A1", ("s-A1", "s-A2"))
    assert (made.reviewer, made.passage, made.round, made.arm) == ("ann", "talk.0002", "main", Arm.ASSISTED)
    assert made.note == "clear"


def test_accepting_takes_the_attributes_that_the_codebook_knows() -> None:
    offered = suggested("A1", attributes={"status": ("intended",), "valence": ("odd",), "mood": ("x",)})
    view = card(Arm.ASSISTED, suggestions=(offered,))
    assert session().decide(view, "A1", Action.ACCEPT).attributes == {"status": ("intended",)}
    given = session().decide(view, "A1", Action.ACCEPT, attributes={"status": ["experienced"]})
    assert given.attributes == {"status": ("experienced",)}


def test_adding_what_is_suggested_answers_the_suggestion() -> None:
    made = session().decide(card(Arm.ASSISTED), "A2", Action.ADD)
    assert (made.action, made.suggestion) == (Action.ADD, "s-A2")
    assert [s.code for s in card(Arm.ASSISTED, [made]).unanswered] == ["A1"]


@pytest.mark.parametrize("arm", [Arm.BLIND, Arm.ASSISTED, Arm.REVEAL])
@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT])
def test_what_is_not_suggested_cannot_be_answered(arm: Arm, action: Action) -> None:
    # Before suggestions are in view, "not suggested" could be false, and would tell if it were true.
    said = "suggested here" if arm is Arm.ASSISTED else "no suggestions are shown"
    with pytest.raises(UsageError, match=said) as caught:
        session().decide(card(arm), "B1", action)
    assert caught.value.hint


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT])
@pytest.mark.parametrize("arm", [Arm.BLIND, Arm.REVEAL])
def test_a_blind_reviewer_cannot_answer_what_was_suggested(arm: Arm, action: Action) -> None:
    """The refusal is the same as for a code that nobody suggested: it must not tell."""
    messages = set()
    for code in ("A1", "B1"):
        with pytest.raises(UsageError) as caught:
            session().decide(card(arm), code, action)
        messages.add(str(caught.value).replace(code, "X"))
    assert len(messages) == 1


def test_a_code_that_was_given_can_be_taken_away() -> None:
    pen = session()
    log = [pen.decide(card(Arm.BLIND), "B1", Action.ADD)]
    log.append(pen.decide(card(Arm.BLIND, log), "B1", Action.REJECT))
    assert card(Arm.BLIND, log).coded == {}


def test_unknown_codes_are_refused_with_what_is_near() -> None:
    with pytest.raises(UnknownCode) as caught:
        session().decide(card(Arm.BLIND), "a1", Action.ADD)
    assert caught.value.hint == "Did you mean A1?"


@pytest.mark.parametrize(
    ("code", "attributes", "words"),
    [
        ("B1", {"valence": ["helps"]}, "has no attribute"),
        ("A1", {"mood": ["bad"]}, "has no attribute"),
        ("A1", {"valence": ["good"]}, "is no value"),
        ("A1", {"valence": ["helps", "hinders"]}, "takes one value"),
    ],
)
def test_attributes_are_held_against_the_codebook(
    code: str, attributes: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        session().decide(card(Arm.BLIND), code, Action.ADD, attributes=attributes)
    assert caught.value.hint


def test_attributes_of_several_values_stand_in_the_codebooks_order() -> None:
    made = session().decide(
        card(Arm.BLIND), "A1", Action.ADD, attributes={"status": ["intended", "experienced"]}
    )
    assert made.attributes == {"status": ("experienced", "intended")}


def test_describing_keeps_what_was_there() -> None:
    pen = session()
    log = [pen.decide(card(Arm.ASSISTED), "A1", Action.ACCEPT, attributes={"valence": ["helps"]})]
    log.append(pen.describe(card(Arm.ASSISTED, log), "A1", {"status": ["intended"]}, [(0, 10)]))
    log.append(pen.describe(card(Arm.ASSISTED, log), "A1", {"valence": ["hinders"]}))
    held = card(Arm.ASSISTED, log).coded["A1"]
    assert held.attributes == {"valence": ("hinders",), "status": ("intended",)}
    assert (held.action, held.start, held.end) == (Action.ACCEPT, 6, 16)
    with pytest.raises(UsageError, match="not among your codes"):
        pen.describe(card(Arm.ASSISTED, log), "B1", {})


def test_spans_are_of_the_passage_and_stored_as_of_the_document() -> None:
    made = session().decide(card(Arm.BLIND), "A1", Action.ADD, spans=[(0, 3)])
    assert (made.start, made.end) == (6, 9)
    for span in ((0, len(TEXT) + 1), (3, 3), (5, 2), (-1, 2)):
        with pytest.raises(UsageError, match="outside the passage"):
            session().decide(card(Arm.BLIND), "A1", Action.ADD, spans=[span])
    with pytest.raises(UsageError, match="neither attributes nor a span"):
        session().decide(card(Arm.ASSISTED), "A1", Action.REJECT, spans=[(0, 3)])


def test_what_is_done_takes_no_more_decisions() -> None:
    pen = session()
    log = pen.done(card(Arm.BLIND))
    for refused in (
        lambda: pen.decide(card(Arm.BLIND, log), "A1", Action.ADD),
        lambda: pen.done(card(Arm.BLIND, log)),
        lambda: pen.skip(card(Arm.BLIND, log)),
    ):
        with pytest.raises(StateConflict, match="is done") as caught:
            refused()
        assert "--reopen" in caught.value.hint
    assert pen.note(card(Arm.BLIND, log), "still").action is Action.NOTE


def test_none_is_refused_where_a_code_was_given() -> None:
    pen = session()
    log = [pen.decide(card(Arm.BLIND), "A1", Action.ADD)]
    with pytest.raises(StateConflict, match="A1 applies"):
        pen.none(card(Arm.BLIND, log))
    assert [d.implicit for d in pen.none(card(Arm.ASSISTED))] == [True, True, False]


def test_a_second_reading_waits_for_a_coder() -> None:
    pen = session()
    log = pen.done(card(Arm.REVEAL))
    with pytest.raises(StateConflict, match="no coder has coded the passage"):
        pen.done(card(Arm.REVEAL, log, suggestions=(), proposed=False))
    assert pen.done(card(Arm.REVEAL, log, suggestions=()))[-1].arm is Arm.REVEAL


def test_an_empty_note_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        session().note(card(Arm.BLIND), "  ")


def test_borderline_is_offered_and_no_is_not() -> None:
    view = card(
        Arm.ASSISTED,
        suggestions=(suggested("A2", Verdict.BORDERLINE), suggested("A1"), suggested("B1", Verdict.NO)),
    )
    assert [s.code for s in view.suggestions] == ["A1", "A2"]


def test_a_flag_is_taken_back_by_the_same_key() -> None:
    pen = session()
    first = pen.flag(card(Arm.BLIND))
    flagged = card(Arm.BLIND, [first])
    assert flagged.standing.flag == first
    assert flagged.coded == {}
    second = pen.flag(flagged)
    assert (second.action, second.undoes) == (Action.UNDO, first.id)
    assert card(Arm.BLIND, [first, second]).standing.flag is None


def test_a_flag_leaves_a_skipped_passage_at_the_end() -> None:
    pen = session()
    skip = pen.skip(card(Arm.BLIND))
    flag = pen.flag(card(Arm.BLIND, [skip]))
    assert card(Arm.BLIND, [skip, flag]).standing.current.skipped


def test_codes_as_on_another_passage() -> None:
    pen = session()
    other = fold(
        assignment(Arm.ASSISTED, 1),
        [
            pen.decide(
                card(Arm.ASSISTED), "A1", Action.ACCEPT, attributes={"valence": ["helps"]}, spans=[(0, 2)]
            ),
            pen.decide(card(Arm.BLIND), "B1", Action.ADD),
            pen.decide(card(Arm.ASSISTED), "A2", Action.REJECT),
        ],
    )
    made = pen.like(card(Arm.ASSISTED), other)
    assert [(d.action, d.code, d.start) for d in made] == [
        (Action.ACCEPT, "A1", None),
        (Action.ADD, "B1", None),
    ]
    assert made[0].attributes["valence"] == ("helps",)
    blind = pen.like(card(Arm.BLIND), other)
    assert [(d.action, d.suggestion) for d in blind] == [(Action.ADD, None), (Action.ADD, None)]
    with pytest.raises(StateConflict, match="not given here already"):
        pen.like(card(Arm.BLIND, blind), other)


def test_an_attribute_without_values_is_taken_away() -> None:
    pen = session()
    held = pen.decide(
        card(Arm.BLIND), "A1", Action.ADD, attributes={"valence": ["helps"], "status": ["intended"]}
    )
    changed = pen.describe(card(Arm.BLIND, [held]), "A1", {"valence": []})
    assert changed.attributes == {"status": ("intended",)}
