"""Passages that hold another voice: one rule for what is read, quoted and counted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.segment.documents import document, sentence, talk

from cothemes.records.document import Block, BlockKind, Kind, Role
from cothemes.records.passage import Passage, Voice
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.passages import segment


def joined() -> Passage:
    doc = talk(("AB", "We met on Monday."), ("INT", "And did you like it?"), ("AB", "No, not really."))
    (passage,) = segment(doc, SegmentSettings(), 1)
    return passage


def test_quotes_leave_other_voices_out_with_a_mark() -> None:
    assert joined().own_text() == "We met on Monday. […] No, not really."


def test_people_read_the_question_in_brackets() -> None:
    assert joined().text_with_others == "We met on Monday.\n\n[INT: And did you like it?]\n\nNo, not really."


def test_a_quote_within_one_turn_is_as_in_the_source() -> None:
    passage = joined()
    start = passage.text.index("not really")
    assert passage.own_text(3, 6) == "met"
    assert passage.own_text(start, None) == "not really."
    assert passage.own_text(passage.text.index("Monday"), start) == "Monday. […] No,"


def test_a_speakers_own_label_between_two_turns_is_no_other_voice() -> None:
    text, blocks = "", []
    for words in ("We met on Monday.", "And on Tuesday."):
        text += "JB "
        blocks.append(
            Block(
                start=len(text), end=len(text) + len(words), kind=BlockKind.TURN,
                speaker="Jean Bell", role=Role.PARTICIPANT,
            )
        )  # fmt: skip
        text += words + "\n\n"
    (passage,) = segment(document(text, blocks, Kind.INTERVIEW), SegmentSettings(), 1)
    assert passage.own_text() == passage.text_with_others == "We met on Monday.\n\nAnd on Tuesday."


@given(st.lists(st.tuples(st.sampled_from(["INT", "AB", "CD"]), st.integers(1, 40)), max_size=12))
@settings(deadline=None)
def test_parts_cover_the_text_and_own_parts_hold_every_sentence(turns: list[tuple[str, int]]) -> None:
    doc = talk(*((speaker, sentence(words)) for speaker, words in turns))
    for passage in segment(doc, SegmentSettings(), 1):
        ends = [0, *(part.end for part in passage.parts)]
        assert ends == [*(part.start for part in passage.parts), len(passage.text)]
        own = " ".join(passage.text[p.start : p.end] for p in passage.parts if p.voice is Voice.OWN)
        said = " ".join(passage.sentence_text(each) for each in passage.sentences)
        assert own.split() == said.split()
        assert "INT:" not in passage.own_text()
