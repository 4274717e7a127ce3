"""Sentences: where they end, and that nothing is lost between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.segment.sentences import LONGEST_WORD, sentences

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("abc ABC .!?…,;:'\"”)\n\t123é\u0301\u200d👩🏽\ufe0f"), st.characters(codec="utf-8")
    ),
    max_size=300,
)


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Bell met Mr. Dow in St. Ives.", ["Dr. Bell met Mr. Dow in St. Ives."]),
        ("We did, e.g. in May. It went.", ["We did, e.g. in May.", "It went."]),
        ("I said no. Then we left.", ["I said no.", "Then we left."]),
        ("See No. 5 and fig. 2. Then stop.", ["See No. 5 and fig. 2.", "Then stop."]),
        ("It rose by 3.5 per cent. Good.", ["It rose by 3.5 per cent.", "Good."]),
        ("J. R. Dow came. He left.", ["J. R. Dow came.", "He left."]),
        ("So was I. We knew.", ["So was I.", "We knew."]),
        ("Well... you know. And... Then.", ["Well... you know.", "And...", "Then."]),
        ("Well… you know. And… Then.", ["Well… you know.", "And…", "Then."]),
        ("“Go.” She went.", ["“Go.”", "She went."]),
        ("“Why?” she said. Nobody knew.", ["“Why?” she said.", "Nobody knew."]),
        ("5. Public bodies must. They do.", ["5. Public bodies must.", "They do."]),
        ("At 10 a.m. we met. At 5 p.m. They left.", ["At 10 a.m. we met.", "At 5 p.m.", "They left."]),
        ("First line\n\nSecond line", ["First line", "Second line"]),
        ("A wrapped\nline goes on. Next.", ["A wrapped\nline goes on.", "Next."]),
        ("", []),
        (" \n\t", []),
        ("...", ["..."]),
    ],
)
def test_where_they_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(TEXT)
def test_cover_every_visible_character_once_in_order(text: str) -> None:
    at = 0
    for span in sentences(text):
        assert at <= span.start < span.end <= len(text)
        assert not text[at : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        at = span.end
    assert not text[at:].strip()


@given(TEXT, st.integers(0, 300), st.integers(0, 300))
def test_stay_inside_the_part_that_was_asked_for(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    for span in sentences(text, start, end):
        assert start <= span.start < span.end <= end


def test_speech_without_stops_falls_into_pieces_of_forty_words() -> None:
    pieces = split(" ".join(f"w{n}" for n in range(205)))
    assert [len(piece.split()) for piece in pieces] == [40, 40, 40, 40, 45]


def test_a_run_on_sentence_is_cut_at_clauses() -> None:
    clause = " ".join(["word"] * 19) + " end,"
    pieces = split(" ".join([clause] * 10) + " stop.")
    assert all(piece.endswith(("end,", "stop.")) for piece in pieces)
    assert max(len(piece.split()) for piece in pieces) <= 61


def test_a_giant_word_is_cut_between_letters() -> None:
    word = "e\u0301" * 10_000
    pieces = split(word)
    assert "".join(pieces) == word
    assert max(len(piece) for piece in pieces) <= LONGEST_WORD
    assert all(piece.startswith("e") for piece in pieces)
