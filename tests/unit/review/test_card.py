"""What a card shows, and what it never shows."""

from __future__ import annotations

import pytest
from tests.doubles.desk import BOOK, DOCUMENT, TEXT, assignment, passage, suggested

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.review import Arm
from cothemes.records.suggestion import Evidence, QuoteStatus
from cothemes.stages.review.card import card_of, presentable, reason_shown
from cothemes.stages.review.context import WHOLE, around, context_before
from cothemes.stages.review.reading_state import fold


@pytest.mark.parametrize("arm", [Arm.BLIND, Arm.REVEAL])
def test_suggestions_given_to_a_blind_card_are_a_fault(arm: Arm) -> None:
    standing = fold(assignment(arm), [])
    with pytest.raises(ValueError, match="blind reading"):
        card_of(standing, passage(), DOCUMENT, suggestions=[suggested("A1")], codebook=BOOK)
    with pytest.raises(ValueError, match="blind reading"):
        card_of(standing, passage(), DOCUMENT, codebook=BOOK, proposed=True)


def test_only_words_that_stand_in_the_passage_are_shown() -> None:
    offered = [
        suggested("B1", quote_status=QuoteStatus.NOT_FOUND, evidence=()),
        suggested("A2", quote_status=QuoteStatus.NOT_FOUND, evidence=(Evidence(start=6, end=9),)),
        suggested("A1"),
        suggested("Z9"),
    ]
    assert [s.code for s in presentable(offered, BOOK)] == ["A1", "A2"]


def document(kind: Kind, *roles: Role) -> Document:
    text, blocks = "", []
    for number, role in enumerate(roles):
        words = f"a longer turn {number}"
        block_kind = BlockKind.HEADING if role is Role.NONE and number == 0 else BlockKind.TURN
        blocks.append(Block(start=len(text), end=len(text) + len(words), kind=block_kind, role=role))
        text += words + "\n"
    return Document(slug="talk", version="v", kind=kind, text=text, blocks=tuple(blocks))


def texts(found: Document, block: int) -> list[str]:
    place = found.blocks[block]
    target = passage().model_copy(update={"start": place.start, "end": place.end})
    return [turn.text for turn in context_before(found, target)]


def test_two_turns_before_with_the_question_among_them() -> None:
    talk = document(Kind.INTERVIEW, Role.INTERVIEWER, Role.PARTICIPANT, Role.INTERVIEWER, Role.PARTICIPANT)
    assert texts(talk, 3) == ["a longer turn 1", "a longer turn 2"]
    assert texts(talk, 0) == []


def test_the_last_question_is_found_behind_several_answers() -> None:
    talk = document(Kind.INTERVIEW, Role.INTERVIEWER, *[Role.PARTICIPANT] * 5)
    assert texts(talk, 5) == ["a longer turn 0", "a longer turn 3", "a longer turn 4"]
    far = document(Kind.INTERVIEW, Role.INTERVIEWER, *[Role.PARTICIPANT] * 9)
    assert texts(far, 9) == ["a longer turn 7", "a longer turn 8"]


def test_a_nod_is_no_context_and_a_short_question_is() -> None:
    turns = (
        "How did you get the money?",
        "We asked the board for all of it.",
        "Mm.",
        "Twice, in fact.",
        "Why?",
    )
    text, blocks = "", []
    for words in turns:
        blocks.append(Block(start=len(text), end=len(text) + len(words), kind=BlockKind.TURN))
        text += words + "\n"
    talk = Document(
        slug="talk", version="v", kind=Kind.INTERVIEW, text=text + "Because.", blocks=tuple(blocks)
    )
    end = passage().model_copy(update={"start": len(text), "end": len(text) + 8})
    assert [turn.text for turn in context_before(talk, end)] == [turns[1], turns[4]]


def test_a_policy_text_gives_the_paragraph_before_and_a_survey_nothing() -> None:
    policy = document(Kind.POLICY, Role.NONE, Role.NONE, Role.NONE)
    assert texts(policy, 2) == ["a longer turn 1"]
    assert texts(policy, 1) == []
    assert texts(document(Kind.SURVEY, *[Role.PARTICIPANT] * 3), 2) == []


def test_the_part_of_its_own_turn_before_a_passage_is_context() -> None:
    start = 6 + len("We trusted each other. ")
    rest = passage().model_copy(update={"start": start, "text": TEXT[23:]})
    assert [turn.text for turn in context_before(DOCUMENT, rest)] == ["Well?", "We trusted each other."]


def test_a_long_turn_is_cut_to_its_last_words() -> None:
    words = " ".join(f"w{i}" for i in range(100))
    talk = DOCUMENT.model_copy(
        update={
            "text": f"{words}\n{TEXT}",
            "blocks": (
                Block(start=0, end=len(words), kind=BlockKind.TURN, role=Role.INTERVIEWER),
                Block(start=len(words) + 1, end=len(words) + 1 + len(TEXT), kind=BlockKind.TURN),
            ),
        }
    )
    start = len(words) + 1
    (turn,) = context_before(talk, passage().model_copy(update={"start": start, "end": start + len(TEXT)}))
    assert turn.cut
    assert turn.text.split() == [f"w{i}" for i in range(55, 100)]


def test_the_transcript_around_marks_the_passage() -> None:
    talk = document(Kind.INTERVIEW, *[Role.PARTICIPANT] * 9)
    place = talk.blocks[4]
    target = passage().model_copy(update={"start": place.start, "end": place.end})
    assert [(t.text, t.inside) for t in around(talk, target, 1)] == [
        ("a longer turn 3", False),
        ("a longer turn 4", True),
        ("a longer turn 5", False),
    ]
    assert len(around(talk, target, 99)) == 9


def test_a_document_that_changed_since_gives_no_context() -> None:
    changed = DOCUMENT.model_copy(update={"version": "w"})
    view = card_of(fold(assignment(Arm.BLIND), []), passage(), changed, codebook=BOOK)
    assert (view.setting.context, view.setting.cut) == ((), WHOLE)


def test_scores_in_a_reason_are_not_shown() -> None:
    given = suggested(
        "A1", reason="Closest to the label (0.61) and to “a (b)” (.58); year (2019), 1.5 (two)."
    )
    assert reason_shown(given) == "Closest to the label and to “a (b)”; year (2019), 1.5 (two)."
