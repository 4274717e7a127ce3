"""Word by word: nothing of either text is lost, whatever the texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.codebook_change.words import Stretch, compared, likeness, marked

TEXTS = st.lists(st.sampled_from(["time", "money", "and", "staff,", "staff", "–", "[-x-]"]), max_size=30).map(
    " ".join
)


def test_a_worked_example() -> None:
    stretches = compared("Says that time or money is missing.", "Says that staff time is missing.")
    assert stretches == (
        Stretch("same", ("Says", "that")),
        Stretch("new", ("staff",)),
        Stretch("same", ("time",)),
        Stretch("gone", ("or", "money")),
        Stretch("same", ("is", "missing.")),
    )
    assert marked(stretches) == "Says that {+staff+} time [-or money-] is missing."
    # 5 words in common (Says that time is missing.), 7 and 6 in all: 2 × 5 ÷ 13.
    assert likeness("Says that time or money is missing.", "Says that staff time is missing.") == 10 / 13


def test_long_unchanged_stretches_are_cut_to_the_words_next_to_a_change() -> None:
    before = " ".join(str(n) for n in range(30))
    text = marked(compared(before, before.replace("14", "x").replace("29", "y")))
    assert text == "… 9 10 11 12 13 [-14-] {+x+} 15 16 17 18 19 … 24 25 26 27 28 [-29-] {+y+}"


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_the_stretches(old: str, new: str) -> None:
    stretches = compared(old, new)
    assert [w for s in stretches if s.fate != "new" for w in s.words] == old.split()
    assert [w for s in stretches if s.fate != "gone" for w in s.words] == new.split()
    assert all(s.words for s in stretches)
    assert 0 <= likeness(old, new) <= 1
    if old.split() == new.split():
        assert likeness(old, new) == 1
        assert {s.fate for s in stretches} <= {"same"}
