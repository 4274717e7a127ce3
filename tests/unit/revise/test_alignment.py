"""Alignment by words and the mapping of spans, on texts of every kind."""

from __future__ import annotations

import random
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.text_change import SpanFate
from cothemes.stages.revise.alignment import Alignment, Pairing, align
from cothemes.stages.revise.classification import map_span, map_spans
from cothemes.stages.revise.words import words_of

WORD = st.sampled_from(
    ["the", "a", "we", "they", "not", "five", "house", "garden", "councl", "council", "it", "was", "then"]
)
TEXT = st.lists(WORD, max_size=40).map(" ".join)
ANY = st.text(max_size=80)
NUMBERED = st.integers(10, 60).map(lambda size: [f"w{number}x" for number in range(size)])


def one_to_one(found: Alignment) -> None:
    pairs = [(old, new) for old, new in enumerate(found.to_new) if new >= 0]
    assert len({new for _, new in pairs}) == len(pairs)
    assert all(found.to_old[new] == old for old, new in pairs)
    for block in {found.block[old] for old, _ in pairs}:
        inside = [new for old, new in pairs if found.block[old] == block]
        assert all(one < other for one, other in pairwise(inside))
    for old, new in pairs:
        if found.pairing[old] is Pairing.EQUAL:
            assert found.old.forms[old] == found.new.forms[new]


@given(st.one_of(TEXT, ANY), st.one_of(TEXT, ANY))
def test_an_alignment_is_one_to_one_and_ascends_in_each_block(old: str, new: str) -> None:
    found = align(old, new)
    one_to_one(found)
    one_to_one(found.reversed())


@given(st.one_of(TEXT, ANY))
def test_a_text_aligns_with_itself_word_for_word(text: str) -> None:
    found = align(text, text)
    assert list(found.to_new) == list(range(len(found.old)))
    for start, end in zip(found.old.starts, found.old.ends, strict=True):
        mapped = map_span(found, (start, end))
        assert (mapped.after, mapped.fate) == ((start, end), SpanFate.KEPT)


@given(TEXT, st.text("xyz \n.", max_size=20))
def test_text_put_before_shifts_every_span(text: str, before: str) -> None:
    by = len(before) + 2
    found = align(text, f"{before}\n\n{text}")
    words = words_of(text)
    spans = [(words.starts[k], words.ends[min(k + 2, len(words) - 1)]) for k in range(len(words))]
    for start, end in spans:
        assert map_span(found, (start, end)).after == (start + by, end + by)


@given(NUMBERED, st.data())
def test_kept_words_map_there_and_back_and_never_cross(words: list[str], data: st.DataObject) -> None:
    later = list(words)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(later) - 1))
        kind = data.draw(st.sampled_from(["replace", "insert", "remove"]))
        later[at : at + (kind != "insert")] = [] if kind == "remove" else ["unheard"]
        if not later:
            later = ["unheard"]
    old, new = " ".join(words), " ".join(later)
    found, text = align(old, new), words_of(old)
    back = found.reversed()
    places = []
    for start, end in zip(text.starts, text.ends, strict=True):
        mapped = map_span(found, (start, end))
        if old[start:end] not in later:
            assert mapped.fate.substance
        elif mapped.fate is SpanFate.KEPT:
            assert mapped.after is not None
            assert new[slice(*mapped.after)] == old[start:end]
            assert map_span(back, mapped.after).after == (start, end)
            places.append(mapped.after)
    assert places == sorted(places)


def test_a_paragraph_that_moved_keeps_its_words() -> None:
    parts = [" ".join(f"{name}{number}" for number in range(30)) for name in "abcde"]
    old, new = "\n\n".join(parts), "\n\n".join([parts[3], *parts[:3], parts[4]])
    found = align(old, new)
    one_to_one(found)
    assert all(pairing is Pairing.EQUAL for pairing in found.pairing)
    start = old.index("d4")
    (mapped,) = map_spans(old, new, [(start, start + 5)]).values()
    assert new[slice(*mapped.after or (0, 0))] == "d4 d5"
    assert mapped.fate is SpanFate.KEPT


def test_a_span_keeps_the_punctuation_that_both_texts_have() -> None:
    old, new = 'She said "we were there." Then rain.', 'Well: she said "we wre there." Then more rain.'
    start = old.index('"we')
    (mapped,) = map_spans(old, new, [(start, old.index(" Then"))]).values()
    assert new[slice(*mapped.after or (0, 0))] == '"we wre there."'


def test_a_span_without_a_word_stays_between_its_neighbours() -> None:
    old = "And I said … well, no … never."
    spans = [(11, 12), (22, 23), (30, 30)]
    mapped = map_spans(old, "So and I sayd … well, not never.", spans)
    assert [mapped[span].after for span in spans[:2]] == [(14, 15), None]
    assert [mapped[span].fate for span in spans[:2]] == [SpanFate.KEPT, SpanFate.LOST]


def test_scripts_without_spaces_align_by_characters() -> None:
    old, new = "我们在那里住了五年。", "我们在这里住了五年。"
    found = align(old, new)
    assert sum(pairing is Pairing.EQUAL for pairing in found.pairing) == 8


def test_chance_words_in_other_text_are_no_alignment() -> None:
    def text(one: str, other: str) -> str:
        parts = [" ".join(f"{name}{n}" for n in range(20)) for name in (one, other)]
        return f"one day {parts[0]} and {parts[1]}"

    found = align(text("winter", "garden"), text("school", "minute"))
    aligned = [form for form, how in zip(found.old.forms, found.pairing, strict=True) if how.aligned]
    assert aligned == ["one", "day"]


def test_twenty_thousand_words_take_less_than_a_second_or_so() -> None:
    draw = random.Random(7)
    words = [f"w{int(draw.paretovariate(0.6)) % 4000}" for _ in range(20_000)]
    later = list(words)
    for _ in range(30):
        later[draw.randrange(len(later))] = "changed"
    later[9_000:9_000], later[:200] = later[:200], []
    started = time.process_time()
    found = align(" ".join(words), " ".join(later))
    assert time.process_time() - started < 5
    assert sum(pairing is Pairing.EQUAL for pairing in found.pairing) > 19_900
