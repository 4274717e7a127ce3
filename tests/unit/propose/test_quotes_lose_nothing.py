"""Whatever the sentence: a quote without one of its negations or figures is never taken for it."""

# ruff: noqa: E501
from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.doubles.said import Said

from cothemes.records.suggestion import QuoteStatus
from cothemes.stages.propose.quote_folding import fold

NEGATIONS = [
    "not", "never", "no", "nobody", "nothing", "none", "neither", "nor", "without", "hardly", "barely", "cannot",
    "scarcely", "seldom", "rarely", "don't", "didn’t", "wasn't", "won’t", "NOT", "Never", "no longer", "nae",
]  # fmt: skip
FIGURES = [
    "5", "five", "12", "1,000", "2.5", "£40", "40%", "twenty", "first", "third", "hundred", "half", "per cent",
    "Monday", "2019", "10th", "twice", "million",
]  # fmt: skip
PLAIN = [
    "we", "they", "people", "carers", "the", "a", "meeting", "hall", "plan", "service", "village", "said", "came", "went", "is", "are", "was", "were", "have", "can", "would", "think", "know", "helped", "asked", "useful", "good", "and", "but", "because", "that", "this", "there", "for", "with", "to", "of", "in", "on", "at", "very", "so",
]  # fmt: skip
WORDS = st.sampled_from(PLAIN)
TELLING = st.sampled_from(NEGATIONS + FIGURES)
GLUE = st.sampled_from([" ", " ", " ", " ", ", ", " - ", " – ", "; ", " … "])


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, int, int]:
    """A sentence, and where in it a negation or a figure stands."""
    before = draw(st.lists(WORDS, max_size=12))
    after = draw(st.lists(WORDS, max_size=12))
    assume(len(before) + len(after) >= 3)
    telling = draw(TELLING)
    text = ""
    for word in before:
        text += word + draw(GLUE)
    start = len(text)
    text += telling
    end = len(text)
    for word in after:
        text += draw(GLUE) + word
    return text + ".", start, end


def accepted_without(text: str, quote: str, start: int, end: int) -> bool:
    """Whether the quote is accepted and shown without the words from start to end of the source."""
    said = Said(text)
    grounded = said.target.ground(quote)
    return grounded.status.verified and not any(e.start <= start and end <= e.end for e in grounded.evidence)


@given(sentences())
def test_a_word_that_is_dropped(drawn: tuple[str, int, int]) -> None:
    text, start, end = drawn
    quote = text[:start] + text[end:]
    if re.search(r"\w", text[:start]) and re.search(r"\w", text[end:]):
        assert not Said(text).target.ground(quote).status.verified
    else:
        assert not accepted_without(text, quote, start, end), "at an end it is shown, or the quote refused"


@given(
    sentences(),
    st.sampled_from(["…", "...", "[...]", "(…)", " . . . ", "[…]"]),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_a_word_that_is_omitted(drawn: tuple[str, int, int], mark: str, left: int, right: int) -> None:
    text, start, end = drawn
    first = " ".join(text[:start].split()[: max(len(text[:start].split()) - left, 0)])
    last = " ".join(text[end:].split()[right:])
    assume(re.search(r"\w", first) and re.search(r"\w", last))
    assert not Said(text).target.ground(f"{first} {mark} {last}").status.verified


@given(sentences(), st.integers(0, 12))
def test_a_word_that_is_cut_off(drawn: tuple[str, int, int], further: int) -> None:
    text, start, end = drawn
    for quote in (" ".join(text[end:].split()[further:]), " ".join(text[:start].split()[: -further or None])):
        whole = Said(text)
        grounded = whole.target.ground(quote)
        if further == 0 or grounded.status in (QuoteStatus.WIDENED, QuoteStatus.ABRIDGED):
            assert not accepted_without(text, quote, start, end)
        if any(word in text[start:end] for word in ("not", "n't", "n’t", "ever", "no ")):
            assert not accepted_without(text, quote, start, end), "a negation is shown or the quote refused"


@given(sentences(), TELLING)
def test_a_word_in_place_of_another(drawn: tuple[str, int, int], other: str) -> None:
    text, start, end = drawn
    assume(fold(other).lower() != fold(text[start:end]).lower())
    assert not accepted_without(text, text[:start] + other + text[end:], start, end)


@given(st.lists(WORDS, min_size=4, max_size=20), TELLING, st.data())
def test_a_word_that_is_put_in(words: list[str], telling: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(words) - 1))
    quote = " ".join([*words[:at], telling, *words[at:]])
    assert not Said(" ".join(words) + ".").target.ground(quote).status.verified
