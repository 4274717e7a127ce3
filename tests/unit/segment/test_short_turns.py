"""Short turns and web text: what is joined, what is set aside and why, and that no word is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.segment.documents import document, sentence, talk

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.set_aside import Reason
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.division import HARDEST
from cothemes.stages.segment.passages import segment
from cothemes.stages.segment.set_aside import counts_of, set_aside
from cothemes.stages.segment.short_turns import is_bare, reason_for

DEFAULT = SegmentSettings()
SAID = st.sampled_from(
    [
        "Yes.", "Mm.", "No, not really.", "Thank you, AB.", "... and so on", "Do you mean me?", "I'm AB.",
        "We sold the boat.", sentence(12), sentence(40), sentence(100), sentence(30) + " " + sentence(160),
    ]
)  # fmt: skip
TURNS = st.lists(st.tuples(st.sampled_from(["INT", "INT", "AB", "AB", "CD", "?"]), SAID), max_size=14)


def texts(doc: Document, options: SegmentSettings = DEFAULT) -> list[list[str]]:
    """The own words of each passage, turn by turn."""
    found = []
    for passage in segment(doc, options, 1):
        found.append([passage.sentence_text(each) for each in passage.sentences])
    return found


@given(TURNS, st.integers(0, 12), st.integers(0, 40), st.integers(0, 4))
@settings(deadline=None)
def test_no_word_is_lost_and_order_and_offsets_hold(
    turns: list[tuple[str, str]], answer: int, question: int, backchannel: int
) -> None:
    doc = talk(*turns)
    options = SegmentSettings(answer_words=answer, question_words=question, backchannel_words=backchannel)
    passages = segment(doc, options, 1)
    aside = set_aside(doc, passages, options)
    at = 0
    for passage in passages:
        assert doc.text[passage.start : passage.end] == passage.text
        assert passage.words <= HARDEST
        assert at <= passage.start
        at = passage.end
        owners = {
            (block.speaker, block.role)
            for block in doc.blocks
            for each in passage.sentences
            if block.start < each.end and block.end > each.start
        }
        assert owners == {(passage.speaker, passage.role)}
    spans = [(each.start, each.end) for passage in passages for each in passage.sentences]
    spans += [(each.start, each.end) for each in aside]
    assert all(one[1] <= other[0] for one, other in zip(sorted(spans), sorted(spans)[1:], strict=False))
    held = Counter(word for start, end in spans for word in doc.text[start:end].split())
    assert held == Counter(w for block in doc.blocks if block.role is not Role.INTERVIEWER
                           for w in doc.text[block.start : block.end].split())  # fmt: skip
    assert Reason.NOT_CUT not in {each.reason for each in aside}
    assert sum(each.words for each in counts_of(aside)) == sum(each.words for each in aside)


def test_a_short_answer_goes_to_the_side_with_the_shorter_question() -> None:
    doc = talk(
        ("AB", sentence(20)), ("INT", "And did you tell them?"), ("AB", "No, not really."),
        ("INT", "Why was that, would you say, looking back?"), ("AB", sentence(25)),
    )  # fmt: skip
    assert texts(doc) == [[sentence(20), "No, not really."], [sentence(25)]]


def test_a_short_answer_with_nothing_before_it_goes_to_what_follows() -> None:
    doc = talk(("INT", "Was it you?"), ("AB", "Yes."), ("INT", "How so?"), ("AB", sentence(25)))
    assert texts(doc) == [["Yes.", sentence(25)]]


@pytest.mark.parametrize(
    "between",
    [("INT", sentence(31, "?")), ("CD", "And what did you make of it?")],
    ids=["a long question", "another participant"],
)
def test_nothing_is_joined_across(between: tuple[str, str]) -> None:
    doc = talk(("AB", sentence(20)), between, ("AB", "We sold the boat."))
    assert [sentence(20)] in texts(doc)
    assert ["We sold the boat."] in texts(doc)


def test_a_joined_passage_is_never_longer_than_a_passage_can_be() -> None:
    long = [sentence(35)] * 4
    doc = talk(("AB", " ".join(long)), ("INT", sentence(28, "?")), ("AB", "We sold the boat."))
    assert texts(doc) == [long, ["We sold the boat."]]
    doc = talk(("AB", " ".join(long)), ("INT", sentence(20, "?")), ("AB", "We sold the boat."))
    assert texts(doc) == [[*long, "We sold the boat."]]


def test_a_short_turn_that_says_something_stays_a_unit() -> None:
    doc = talk(("CD", sentence(20)), ("AB", "We sold the boat."), ("CD", sentence(20)))
    assert ["We sold the boat."] in texts(doc)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Yes.", Reason.BARE_ANSWER),
        ("Mm-hmm.", Reason.BARE_ANSWER),
        ("No, not really.", Reason.BARE_ANSWER),
        ("Yes, that’s right. [laughs]", Reason.BARE_ANSWER),
        ("Thank you very much, Anne.", Reason.BARE_ANSWER),
        ("Ja, genau.", Reason.BARE_ANSWER),
        ("Can I just clarify?", Reason.SHORT_QUESTION),
        ("... reasons, yeah.", Reason.FRAGMENT),
        ("Something not serious, just …", Reason.FRAGMENT),
        ("I'm Jean, social worker to Douglas.", Reason.OWN_NAME),
        ("Jean Bell, legal adviser.", Reason.OWN_NAME),
        ("They were waiting for an assessment.", None),
        ("No, it wasn't.", None),
        ("I know that is not right.", None),
        ("Anne.", None),
        ("I'm tired of it.", None),
        ("Jeans were sold there.", None),
    ],
)
def test_reasons(words: str, reason: Reason | None) -> None:
    assert reason_for(words, "Jean Bell", {"jean", "bell", "anne"}) is reason


def test_a_question_is_never_bare() -> None:
    assert is_bare("Really, yes.")
    assert not is_bare("Yes?")


def test_the_end_of_a_longer_turn_is_never_set_aside() -> None:
    doc = talk(("INT", "Well?"), ("AB", sentence(150) + " " + sentence(29) + " Yes."))
    assert set_aside(doc, segment(doc, DEFAULT, 1), DEFAULT) == ()


def published(*parts: tuple[str, str]) -> Document:
    """Talk with paragraphs that no label stands over (an empty name)."""
    text, blocks = "", []
    for speaker, words in parts:
        kind, role = (BlockKind.TURN, Role.PARTICIPANT) if speaker else (BlockKind.PARAGRAPH, Role.UNKNOWN)
        blocks.append(
            Block(start=len(text), end=len(text) + len(words), kind=kind, speaker=speaker, role=role)
        )
        text += words + "\n\n"
    return document(text, blocks, Kind.INTERVIEW)


@pytest.mark.parametrize(
    "words",
    [
        "Michael McEwan speaks to Ian Buchanan about access panels.",
        "You're listening to Iriss.fm, Scotland's social services podcast.",
        "On 16 September 2019 the team recorded a discussion about careers in care.",
        "Transcript of episode 12 of the podcast",
        "Home | About us | Contact",
        "Skip to main content",
        "© 2019 The Institute. All rights reserved.",
        "Except where noted, this work is licensed under a Creative Commons licence.",
    ],
)
def test_what_a_website_wrote_is_set_aside(words: str) -> None:
    doc = published(("", words), ("AB", sentence(30)))
    assert texts(doc) == [[sentence(30)]]
    (stretch,) = set_aside(doc, segment(doc, DEFAULT, 1), DEFAULT)
    assert (stretch.reason, doc.text[stretch.start : stretch.end]) == (Reason.WEB_TEXT, words)
    kept = DEFAULT.model_copy(update={"set_aside_web_text": False})
    assert len(texts(doc, kept)) == 2


@pytest.mark.parametrize(
    "words",
    [
        "We started in 2005 as a social enterprise, and people could give feedback online.",
        "I spoke to Ann Bell about it on the podcast, and she told me to go home.",
        "I would share the licence with the others in the home.",
    ],
)
def test_what_a_participant_may_have_said_is_not(words: str) -> None:
    doc = published(("", words), ("AB", sentence(30)))
    assert len(texts(doc)) == 2


def test_web_text_is_set_aside_at_the_edges_of_a_talk_only() -> None:
    middle = "You're listening to Iriss.fm, Scotland's social services podcast."
    doc = published(("AB", sentence(30)), ("", middle), ("AB", sentence(30)))
    assert [middle] in texts(doc)
