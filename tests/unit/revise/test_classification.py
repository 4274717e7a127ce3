"""Typing or substance, for a passage and for each of its spans."""

from __future__ import annotations

import pytest
from tests.unit.revise.corrected import span_of
from tests.unit.segment.documents import talk

from cothemes.records.document import Role
from cothemes.records.passage import Passage
from cothemes.records.text_change import SpanFate, Substance
from cothemes.settings import SegmentSettings
from cothemes.stages.revise.classification import classify
from cothemes.stages.revise.likeness import same_word, spelled_alike
from cothemes.stages.revise.words import vocabulary
from cothemes.stages.segment.passages import segment

REST = "The people at the council came to see us and we had a long and friendly talk about the garden. " * 2
SENTENCE = "We were permitted to stay with our five happy children because she can't work there."
EVIDENCE = "permitted to stay with our five happy children"


def passage(text: str, role: Role = Role.PARTICIPANT) -> Passage:
    (found,) = segment(talk(("AB", text)), SegmentSettings(), 1)
    return found.model_copy(update={"role": role})


OLD = passage(f"{SENTENCE} {REST.strip()}")


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        ("We were permitted", "We were not permitted", {Substance.NEGATION}),
        ("We were permitted", "We were hardly permitted", {Substance.NEGATION}),
        ("We were permitted", "We weren't permitted", {Substance.NEGATION}),
        ("can't work", "can work", {Substance.NEGATION}),
        ("because she", "because no longer she", {Substance.NEGATION}),
        ("friendly talk", "unfriendly talk", {Substance.NEGATION}),
        ("five happy", "5 happy", {Substance.FIGURE, Substance.EVIDENCE}),
        ("five happy", "six happy", {Substance.FIGURE, Substance.EVIDENCE}),
        ("a long and", "a long second and", {Substance.FIGURE}),
        ("happy children", "lovely children", {Substance.EVIDENCE}),
        ("happy children", "children", {Substance.EVIDENCE}),
        ("happy children", "happy little children", {Substance.EVIDENCE, Substance.NEGATION}),
        ("to stay with", "to stay here with", {Substance.EVIDENCE}),
        ("to stay with", "stay to with", {Substance.EVIDENCE}),
    ],
)
def test_substance(old: str, new: str, reasons: set[Substance]) -> None:
    assert old in OLD.text
    later = passage(OLD.text.replace(old, new, 1))
    found = classify(OLD, later, [span_of(OLD.text, EVIDENCE)])
    # `classify` takes spans of the document, whose text begins with a label.
    assert set(_judged(OLD, later).reasons) == reasons, found


def _judged(old: Passage, new: Passage, words: str = EVIDENCE):  # type: ignore[no-untyped-def]
    start, end = span_of(old.text, words)
    return classify(old, new, [(old.start + start, old.start + end)])


@pytest.mark.parametrize(
    ("old", "new", "fate"),
    [
        ("permitted to", "permited to", SpanFate.TYPED),
        ("with our", "wiht our", SpanFate.TYPED),
        ("children", "childern", SpanFate.TYPED),
        ("stay with", "stay, with", SpanFate.KEPT),
        ("five happy", "Five HAPPY", SpanFate.KEPT),
        ("to stay", "tostay", SpanFate.TYPED),
        ("friendly talk", "pleasant chat", SpanFate.KEPT),
        ("can't", "cant", SpanFate.KEPT),
        ("can't", "can’t", SpanFate.KEPT),
    ],
)
def test_typing(old: str, new: str, fate: SpanFate) -> None:
    assert old in OLD.text
    later = passage(OLD.text.replace(old, new, 1))
    found = _judged(OLD, later)
    assert found.reasons == ()
    (span,) = found.spans
    assert span.fate is fate
    assert span.after is not None


def test_evidence_that_was_changed_concerns_only_the_decisions_that_rest_on_it() -> None:
    later = passage(OLD.text.replace("happy", "lovely", 1))
    one, other = (span_of(OLD.text, words) for words in (EVIDENCE, "the council came to see us"))
    spans = [(OLD.start + start, OLD.start + end) for start, end in (one, other)]
    found = classify(OLD, later, spans)
    assert [span.fate for span in found.spans] == [SpanFate.CHANGED, SpanFate.KEPT]
    assert found.reasons == (Substance.EVIDENCE,)


def test_a_role_is_substance_and_a_fifth_of_the_words_is_not_yet() -> None:
    words = ["alpha", "bravo", "carol", "delta", "eager", "fancy", "gamma", "hotel", "igloo", "jolly"]
    old = passage(" ".join(words) + ".")
    assert classify(old, passage(old.text, Role.OTHER), []).reasons == (Substance.ROLE,)
    two = passage(" ".join([*words[:3], "violin", "quartz", *words[5:]]) + ".")
    three = passage(" ".join([*words[:3], "violin", "quartz", "meadow", *words[6:]]) + ".")
    assert (classify(old, two, []).changed_words, classify(old, two, []).reasons) == (2, ())
    assert classify(old, three, []).reasons == (Substance.MANY_WORDS,)


def test_words_put_in_count_as_changed() -> None:
    old = passage("Alpha bravo carol delta eager fancy gamma hotel igloo jolly.")
    new = passage("Alpha bravo carol delta eager violin quartz meadow fancy gamma hotel igloo jolly.")
    found = classify(old, new, [])
    assert (found.kept_words, found.changed_words) == (10, 3)
    assert found.reasons == (Substance.MANY_WORDS,)


@pytest.mark.parametrize(
    ("a", "b"),
    [("their", "thier"), ("teh", "the"), ("recieve", "receive"), ("organise", "organize"), ("dont", "don't"),
     ("accomodation", "accommodation"), ("hav", "have"), ("tjat", "that"), ("goverment", "government")],
)  # fmt: skip
def test_one_word_in_two_spellings(a: str, b: str) -> None:
    assert same_word(a, b, known={b})


@pytest.mark.parametrize(
    ("a", "b"),
    [("form", "from"), ("happy", "unhappy"), ("helpful", "helpless"), ("son", "sun"), ("carer", "career"),
     ("not", "now"), ("can", "can't"), ("15", "16"), ("five", "fivee"), ("legal", "illegal"),
     ("typical", "atypical"), ("refused", "refuses"), ("cat", "dog")],
)  # fmt: skip
def test_two_words(a: str, b: str) -> None:
    assert not same_word(a, b, known={"form", "from"})


def test_a_slip_that_makes_a_word_of_the_study_is_another_word() -> None:
    assert spelled_alike("abuse", "amuse")
    assert same_word("abuse", "amuse", known={"abuse"})
    others = vocabulary(["They amuse us.", "It may amuse her.", "An abuse of power.", "Abuse!"])
    assert not same_word("abuse", "amuse", known={"abuse"}, others=others)


def test_a_vocabulary_holds_words_of_several_texts() -> None:
    assert vocabulary(["Teh house", "the House", "The garden"]) == {"the", "house"}
