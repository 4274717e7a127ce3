"""Passages: their length, their borders, and whose words they hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.segment.documents import document, prose, sentence, talk

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.division import HARDEST, LONGEST
from cothemes.stages.segment.passages import UNCUT, segment, segmentation_hash
from cothemes.stages.segment.set_aside import set_aside

DEFAULT = SegmentSettings()
WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab c .,?!…\n😀👩\u200de\u0301\u0308中"), st.characters(codec="utf-8")
    ),
    max_size=400,
)


def cut(doc: Document, options: SegmentSettings = DEFAULT) -> list[Passage]:
    return list(segment(doc, options, 1))


def hold(doc: Document, passages: list[Passage]) -> None:
    """What is true of all passages of all documents."""
    at = 0
    for number, passage in enumerate(passages):
        assert doc.text[passage.start : passage.end] == passage.text
        assert at <= passage.start < passage.end
        at = passage.end
        assert passage.position == number
        assert passage.role is not Role.INTERVIEWER
        assert passage.kind is not BlockKind.HEADING
        assert passage.sentences
        within = passage.start
        for order, found in enumerate(passage.sentences, 1):
            assert found.id == f"s{order}"
            assert within <= found.start < found.end <= passage.end
            assert passage.sentence_text(found).strip() == passage.sentence_text(found) != ""
            within = found.end
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        if passage.kind is not BlockKind.PASSAGE:
            assert passage.words <= HARDEST
            assert len(passage.text) <= LONGEST


@given(
    st.lists(st.tuples(st.sampled_from(["INT", "AB", "CD", "?"]), WORDS), max_size=12),
    st.integers(1, 120),
    st.integers(10, 180),
    st.integers(0, 6),
)
@settings(deadline=None)
def test_any_talk(turns: list[tuple[str, str]], minimum: int, maximum: int, backchannel: int) -> None:
    doc = talk(*turns)
    options = SegmentSettings(minimum_words=minimum, maximum_words=maximum, backchannel_words=backchannel)
    hold(doc, cut(doc, options))


@given(st.lists(st.tuples(st.sampled_from(list(BlockKind)), WORDS), max_size=12))
@settings(deadline=None)
def test_any_text(parts: list[tuple[BlockKind, str]]) -> None:
    doc = prose(*parts)
    hold(doc, cut(doc))


@given(st.lists(st.integers(1, 70), min_size=1, max_size=60))
def test_nothing_a_participant_says_is_lost(lengths: list[int]) -> None:
    doc = talk(("INT", "Go on?"), ("AB", " ".join(sentence(n) for n in lengths)))
    passages = cut(doc)
    hold(doc, passages)
    aside = set_aside(doc, passages, DEFAULT)
    assert sum(passage.words for passage in passages) + sum(each.words for each in aside) == sum(lengths)
    assert bool(aside) == (sum(lengths) == 1)
    if sum(lengths) >= 200:
        assert all(passage.words >= 40 for passage in passages)


def test_one_long_turn_falls_into_passages_near_the_target() -> None:
    doc = talk(("AB", " ".join(sentence(20) for _ in range(30))))
    # 600 words: 5 × 120 costs 5·(10/110)² + 4 cuts · 0.3 = 1.24; 6 × 100 costs 6·(10/110)² + 5 · 0.3 = 1.55.
    assert [passage.words for passage in cut(doc)] == [120] * 5


def test_a_turn_within_the_maximum_is_one_passage() -> None:
    doc = talk(("AB", " ".join(sentence(30) for _ in range(5))))
    assert [passage.words for passage in cut(doc)] == [150]


def test_a_backchannel_is_swallowed_and_is_no_sentence() -> None:
    doc = talk(("AB", "We met on Monday."), ("INT", "Mm-hmm."), ("AB", "And then on Tuesday."))
    (passage,) = cut(doc)
    assert passage.text == "We met on Monday.\n\nINT: Mm-hmm.\n\nAB: And then on Tuesday."
    assert [passage.sentence_text(s) for s in passage.sentences] == [
        "We met on Monday.",
        "And then on Tuesday.",
    ]
    assert (passage.id, passage.speaker, passage.role) == ("doc.0001", "AB", Role.PARTICIPANT)


@pytest.mark.parametrize("interjection", ["Really, on Monday?", "And who was it that came?", "So what?"])
def test_a_question_ends_a_passage(interjection: str) -> None:
    doc = talk(("AB", sentence(10)), ("INT", interjection), ("AB", sentence(10)))
    assert len(cut(doc)) == 2


def test_longer_words_of_the_interviewer_end_a_passage() -> None:
    doc = talk(("AB", sentence(10)), ("INT", "That is really interesting."), ("AB", sentence(11)))
    assert [passage.words for passage in cut(doc)] == [10, 11]


def test_where_short_turns_are_units_an_answer_is_a_passage_and_a_participants_murmur_is_none() -> None:
    doc = talk(
        ("INT", "Was it you?"),
        ("AB", "Yes."),
        ("INT", "I see. Let me read this out."),
        ("AB", "Mm."),
        ("INT", "So."),
    )
    assert [passage.text for passage in cut(doc, SegmentSettings(answer_words=0))] == ["Yes."]


def test_participants_are_never_joined_with_each_other() -> None:
    doc = talk(("AB", "One thing I would say is this."), ("CD", "And I would say another thing."))
    assert [passage.speaker for passage in cut(doc)] == ["AB", "CD"]


def test_short_paragraphs_under_one_heading_are_joined_and_headings_left_out() -> None:
    doc = prose(
        (BlockKind.HEADING, "Why"),
        (BlockKind.PARAGRAPH, sentence(40)),
        (BlockKind.PARAGRAPH, sentence(45)),
        (BlockKind.HEADING, "How"),
        (BlockKind.PARAGRAPH, sentence(30)),
    )
    assert [(passage.words, passage.headings) for passage in cut(doc)] == [(85, ("Why",)), (30, ("How",))]


def test_bullets_go_with_their_lead_in_and_tables_by_themselves() -> None:
    doc = prose(
        (BlockKind.PARAGRAPH, "We will do these things in the coming year:"),
        (BlockKind.BULLET, "open the hall;"),
        (BlockKind.BULLET, "heat the hall."),
        (BlockKind.TABLE, "Heat | 3"),
        (BlockKind.TABLE, "Light | 4"),
    )
    first, second = cut(doc)
    assert first.kind is BlockKind.PARAGRAPH
    assert first.text.endswith("heat the hall.")
    assert len(first.sentences) == 3
    assert (second.kind, second.text) == (BlockKind.TABLE, "Heat | 3\n\nLight | 4")


def test_paragraphs_are_parted_before_sentences_are() -> None:
    long = " ".join(sentence(12) for _ in range(8))
    doc = prose((BlockKind.PARAGRAPH, long), (BlockKind.PARAGRAPH, long), (BlockKind.PARAGRAPH, long))
    assert [passage.words for passage in cut(doc)] == [96, 96, 96]


def test_what_was_cut_before_stays_as_it_is() -> None:
    words = " ".join(["word"] * 400)
    text = words + "\n\nNo."
    blocks = [
        Block(start=0, end=len(words), kind=BlockKind.PASSAGE, label="x1"),
        Block(start=len(words) + 2, end=len(text), kind=BlockKind.PASSAGE, label="x2"),
    ]
    passages = cut(document(text, blocks, Kind.SURVEY).model_copy(update={"reader": UNCUT}))
    assert [passage.words for passage in passages] == [400, 1]


def test_a_giant_word_never_makes_a_giant_passage() -> None:
    doc = talk(("AB", "x" * 20_000 + " and so on."))
    passages = cut(doc)
    hold(doc, passages)
    assert "".join(passage.text for passage in passages).count("x") == 20_000


def test_numbers_go_on_from_the_first_one_given() -> None:
    doc = talk(("AB", "One."), ("CD", "Two."))
    assert [passage.id for passage in segment(doc, DEFAULT, 41)] == ["doc.0041", "doc.0042"]


def test_every_setting_changes_the_hash() -> None:
    hashes = {
        segmentation_hash(DEFAULT.model_copy(update=change))
        for change in (
            {},
            {"minimum_words": 50},
            {"target_words": 100},
            {"maximum_words": 140},
            {"backchannel_words": 2},
            {"answer_words": 0},
            {"question_words": 20},
            {"set_aside_web_text": False},
        )
    }
    assert len(hashes) == 8
    assert segmentation_hash(DEFAULT) == segmentation_hash(SegmentSettings())
