"""Uses of a term before, echoing and later than the interviewer's, on transcripts small enough to count."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.errors import CodebookError
from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.stages.exchange.term_recognition import term_recognition, turns_of, uses_in

TERM = re.compile(r"\bco-?creation\b", re.IGNORECASE)
INT, PAR, UNK = Role.INTERVIEWER, Role.PARTICIPANT, Role.UNKNOWN
LONG = "and so it went on for a while"


def interview(*turns: tuple[Role, str] | tuple[Role, str, str], kind: Kind = Kind.INTERVIEW) -> Document:
    """A transcript; a turn is (role, words) or (role, words, speaker)."""
    text, blocks = "", []
    for role, words, *named in turns:
        speaker = named[0] if named else {INT: "Int", PAR: "Pat", UNK: "?"}.get(role, "")
        start = len(text)
        text += words
        blocks.append(
            Block(
                start=start,
                end=len(text),
                kind=BlockKind.TURN if role is not Role.NONE else BlockKind.PARAGRAPH,
                speaker=speaker,
                role=role,
            )
        )
        text += "\n"
    return Document(slug="d", version="v", kind=kind, text=text, blocks=tuple(blocks))


def states(*turns: tuple[Role, str] | tuple[Role, str, str]) -> tuple[int, int, int, int]:
    found = uses_in(interview(*turns), TERM)
    return found.before, found.echoing, found.later, found.interviewer


def test_before_the_interviewer_says_it() -> None:
    assert states((INT, LONG), (PAR, "co-creation, and cocreation again"), (INT, LONG)) == (2, 0, 0, 0)


def test_the_answer_to_the_interviewers_use_is_an_echo() -> None:
    assert states((INT, "what is co-creation to you"), (PAR, "co-creation is sharing")) == (0, 1, 0, 1)


def test_two_turns_on_is_an_echo_and_three_is_later() -> None:
    """Turns: 0 interviewer says it, 1 participant, 2 another participant, 3 the first again."""
    turns = (
        (INT, "co-creation then"),
        (PAR, LONG, "A"),
        (PAR, "co-creation", "B"),
        (PAR, "co-creation", "A"),
    )
    found = uses_in(interview(*turns), TERM)
    assert (found.echoing, found.later) == (1, 1)
    assert found.by_speaker == {"B": (0, 1, 0), "A": (0, 0, 1)}


def test_the_participants_next_answer_is_later() -> None:
    """Turns: 0 interviewer says it, 1 answer, 2 next question, 3 the term: three turns on."""
    assert states((INT, "co-creation"), (PAR, LONG), (INT, LONG), (PAR, "co-creation")) == (0, 0, 1, 1)


def test_the_last_use_by_the_interviewer_counts_and_not_the_first() -> None:
    turns = (
        (INT, "co-creation"),
        (PAR, LONG),
        (INT, LONG),
        (PAR, "co-creation"),
        (INT, "co-creation again, you say"),
        (PAR, "yes, co-creation, INT did say that"),
    )
    assert states(*turns) == (0, 1, 1, 2)


def test_an_interjection_does_not_end_the_answer() -> None:
    """`Mm-hm.` leaves the answer whole: the use after it is still one turn from the question."""
    turns = (
        (INT, "co-creation"),
        (PAR, LONG),
        (INT, "Mm-hm."),
        (PAR, LONG),
        (INT, "Right."),
        (PAR, "so co-creation"),
    )
    assert states(*turns) == (0, 1, 0, 1)
    assert len(turns_of(interview(*turns), TERM)) == 2


def test_an_interjection_with_the_term_is_a_use() -> None:
    turns = ((INT, LONG), (PAR, "co-creation"), (INT, "Co-creation?"), (PAR, "co-creation, aye"))
    assert states(*turns) == (1, 1, 0, 1)


def test_paragraphs_of_one_speaker_are_one_turn() -> None:
    turns = ((INT, "co-creation"), (PAR, LONG), (PAR, LONG), (PAR, LONG), (PAR, "co-creation"))
    assert states(*turns) == (0, 1, 0, 1)


def test_a_voice_of_unknown_role_neither_counts_nor_prompts() -> None:
    turns = ((UNK, "co-creation"), (PAR, "co-creation and so on it goes"))
    found = uses_in(interview(*turns), TERM)
    assert (found.before, found.echoing, found.unattributed) == (1, 0, 1)


def test_text_that_nobody_speaks_is_counted_apart() -> None:
    found = uses_in(interview((Role.NONE, "Interview on co-creation"), (PAR, "co-creation")), TERM)
    assert (found.before, found.unattributed, found.participants) == (1, 1, 1)


def test_policy_texts_have_no_states() -> None:
    document = interview((Role.NONE, "Co-creation and co-creation"), kind=Kind.POLICY)
    found = uses_in(document, TERM)
    assert (found.text, found.participants, found.interviewer) == (2, 0, 0)


def test_totals_by_kind() -> None:
    documents = [
        interview((INT, LONG), (PAR, "co-creation")),
        interview((Role.NONE, "co-creation co-creation"), kind=Kind.POLICY),
    ]
    (found,) = term_recognition(documents, {"co_creation": TERM.pattern})
    assert found.total("before") == 1
    assert found.total("text", Kind.POLICY) == 2
    assert found.total("text", Kind.INTERVIEW) == 0
    assert found.documents("before") == 1


def test_a_probe_that_is_no_expression_is_named() -> None:
    with pytest.raises(CodebookError, match="co_creation"):
        term_recognition([], {"co_creation": "co-(creation"})


@given(
    st.lists(
        st.tuples(
            st.sampled_from([INT, PAR, UNK, Role.OTHER, Role.NONE]),
            st.sampled_from(["co-creation", "Mm-hm.", LONG, "cocreation co-creation", ""]),
        )
    )
)
def test_every_use_stands_in_one_place(turns: list[tuple[Role, str]]) -> None:
    document = interview(*turns)
    found = uses_in(document, TERM)
    total = found.participants + found.interviewer + found.unattributed
    assert total == len(TERM.findall(document.text))
    assert found.unattributed >= 0
    assert sum(sum(tally) for tally in found.by_speaker.values()) == found.participants
    if not found.interviewer:
        assert found.echoing == found.later == 0
