"""The view and its two-way map: offsets are exact, originals whole, and nothing that was found is left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.deidentify.talks import searched, talk

from cothemes.stages.deidentify.finding import find
from cothemes.stages.deidentify.names import NameIndex
from cothemes.stages.deidentify.search import Cloak
from cothemes.stages.deidentify.view import View, view

CHARACTERS = st.sampled_from(
    [*"ab é[]1\n'", "e\u0301", "\u0301", "😀", "👩‍👩‍👧", "𝔘", "\u200b", "\u202e", "ß", "İ"]
)


@st.composite
def views(draw: st.DrawFn) -> View:
    text = "".join(draw(st.lists(CHARACTERS, max_size=40)))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    words = st.sampled_from(["[P]", "[PERSON_12]", "[😀]"])
    return view(text, [(a, b, draw(words)) for a, b in pairs])


def test_a_worked_example() -> None:
    """`I met Ann here.`: Ann is 6 to 9; in the view `[PERSON_1]` is 6 to 16, so what follows moves by 7."""
    seen = view("I met Ann here.", [(6, 9, "[PERSON_1]")])
    assert seen.text == "I met [PERSON_1] here."
    assert seen.view_span(6, 9) == (6, 16)
    assert seen.view_span(10, 14) == (17, 21)
    assert seen.source_span(17, 21) == (10, 14)
    assert seen.source_span(2, 8) == (2, 9)
    assert seen.source_span(12, 21) == (6, 14)
    assert seen.view_span(7, 8) == (6, 16)
    assert [swap.pseudonym for swap in seen.within(0, 7)] == ["[PERSON_1]"]
    assert seen.within(9, 15) == []


@given(views(), st.data())
def test_any_stretch_goes_there_and_back(seen: View, data: Any) -> None:
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, len(seen.source))] * 2)))
    start, end = seen.view_span(a, b)
    back = seen.source_span(start, end)
    if a < b:
        assert back[0] <= a
        assert b <= back[1]
        # Nothing is added but the rest of an original that was cut.
        inside = {swap.start for swap in seen.swaps if swap.start < a < swap.end}
        assert back[0] == (inside.pop() if inside else a)
        inside = {swap.end for swap in seen.swaps if swap.start < b < swap.end}
        assert back[1] == (inside.pop() if inside else b)
    if not seen.within(a, b):
        assert seen.text[start:end] == seen.source[a:b]


@given(views(), st.data())
def test_any_stretch_of_the_view_comes_from_a_stretch_that_gives_it_back(seen: View, data: Any) -> None:
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, len(seen.text))] * 2)))
    source = seen.source_span(a, b)
    assert 0 <= source[0] <= source[1] <= len(seen.source)
    if a < b:
        start, end = seen.view_span(*source)
        assert start <= a
        assert b <= end


@given(views())
def test_the_whole_is_the_whole(seen: View) -> None:
    assert seen.view_span(0, len(seen.source)) == (0, len(seen.text))
    assert seen.source_span(0, len(seen.text)) == (0, len(seen.source))


@pytest.mark.parametrize("spans", [[(0, 3), (2, 4)], [(2, 2)], [(3, 99)], [(-1, 2)]])
def test_stretches_that_overlap_or_lie_outside_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="overlaps another, or is not in the text"):
        view("some text", [(a, b, "[X]") for a, b in spans])


def test_a_place_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no stretch"):
        view("ab", []).source_span(1, 3)


NAMED = [
    "Kirsten",
    "munro",
    "MUNRO",
    "Kirsten Munro",
    "O’Neill",
    "Zoe\u0308",
    "Mary-Jane",
    "Will",
    "王小明",
    "किरण",
]
FORMED = [
    "ann@nhs.scot",
    "0131 496 0018",
    "EH1 1YZ",
    "943 476 5919",
    "010170 1233",
    "@annbell",
    "twitter.com/ab",
]
BETWEEN = [
    "x",
    "7",
    ".",
    ",",
    "'",
    "’s",
    "_",
    "-",
    " ",
    " ",
    "\n",
    "😀",
    "\u0301",
    "\u200b",
    "@",
    "+44",
    "(",
    "/",
]
OTHER = ["km", "KM:", "born on 3 May 1970", "[PERSON_1]", "The", "o'", "https://"]
PIECES = st.sampled_from([*NAMED, *FORMED, *BETWEEN, *OTHER])
SPEAKERS = ("Kirsten Munro", "Zoë O'Neill", "Mary-Jane Watson", "Will Young", "王小明", "किरण राव", "KM")


@settings(max_examples=300)
@example(["https://", "Kirsten Munro", "@annbell"])
@example(["Kirsten Munro", "\u0301", "ann@nhs.scot"])
@example(["Kirsten", "@annbell"])
@given(st.lists(PIECES, max_size=25))
def test_nothing_that_the_rules_find_is_left_in_the_view(pieces: list[str]) -> None:
    document = talk("".join(pieces), *SPEAKERS)
    (result,), entries = searched(document)
    seen = result.view
    index = NameIndex([], entries.entries)
    left = [f for f in find(seen.text, index, document="talk") if f.sure]
    places = [seen.view_span(s.start, s.end) for s in seen.swaps]
    outside = [f for f in left if not any(a <= f.start and f.end <= b for a, b in places)]
    assert [seen.text[f.start : f.end] for f in outside] == []


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=25))
def test_what_is_found_lies_where_it_says(pieces: list[str]) -> None:
    text = "".join(pieces)
    (result,), _ = searched(talk(text, *SPEAKERS))
    at = 0
    for finding, _ in result.found:
        assert at <= finding.start < finding.end <= len(text)
        at = finding.end
        assert finding.end == len(text) or not _joins(text[finding.end])


def _joins(character: str) -> bool:
    import unicodedata

    return unicodedata.combining(character) != 0


def test_a_heading_is_cloaked_by_the_same_map() -> None:
    _, entries = searched(talk("I am Kirsten Munro, EH1 1YZ.", "Kirsten Munro"))
    cloak = Cloak(entries.entries)
    assert cloak("Kirsten's view from EH1 1YZ") == "[PERSON_1]'s view from [POSTCODE_1]"
    assert cloak("ann@nhs.scot") == "[EMAIL]"
