"""Which texts repeat each other: the share of common runs, negations, figures, and a fixed outcome."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cothemes.stages.repeats.groups import across, repeated, shared, words_of

SCRIPT = (
    "Thank you for coming today, this talk is recorded and you may stop at any time without giving a reason"
)


def test_the_same_words_are_one_group_whatever_their_punctuation() -> None:
    texts = {
        "a": SCRIPT,
        "b": SCRIPT.upper() + "!",
        "c": "Something else was said here by somebody else altogether",
    }
    assert repeated(texts) == [("a", "b")]


def test_the_share_of_common_runs_decides() -> None:
    """20 words have 18 runs. One word changed at the end is in 1 run: 17 of 19 = .89. One in the middle is in
    3: 15 of 21 = .71, under .8."""
    assert len(words_of(SCRIPT)) == 20
    end = SCRIPT.removesuffix("reason") + "cause"
    middle = SCRIPT.replace("recorded", "taped")
    assert repeated({"a": SCRIPT, "b": end}) == [("a", "b")]
    assert repeated({"a": SCRIPT, "b": middle}) == []


@pytest.mark.parametrize(
    ("old", "new"), [("is recorded", "is not recorded"), ("any time", "any time before 5")]
)
def test_a_negation_or_a_figure_makes_another_text(old: str, new: str) -> None:
    long = (
        f"{SCRIPT}. {SCRIPT.replace('Thank', 'Bless')}. And so we begin with the questions that you were sent"
    )
    assert repeated({"a": long, "b": long.replace(old, new, 1)}) == []
    assert repeated({"a": long, "b": long.replace("questions", "topics")}) == [("a", "b")]


def test_short_answers_are_in_no_group() -> None:
    assert repeated({"a": "Yes, I think so too.", "b": "Yes, I think so too."}) == []


def test_a_chain_is_one_group() -> None:
    words = words_of(SCRIPT)
    versions = {str(n): " ".join(words + ["again"] * n) for n in range(4)}
    assert repeated(versions) == [("0", "1", "2", "3")]


def test_groups_on_both_sides_leak() -> None:
    groups = [("a", "b"), ("c", "d"), ("e", "f")]
    side = {"a": True, "b": False, "c": True, "d": True, "e": False}
    assert across(groups, side) == [("a", "b")]


def test_shared_is_the_jaccard_index() -> None:
    """{1, 2, 3} and {2, 3, 4}: 2 of 4."""
    assert shared(np.array([1, 2, 3], np.uint64), np.array([2, 3, 4], np.uint64)) == 0.5


@given(some.lists(some.text(alphabet="abc ", max_size=60), max_size=12))
def test_every_id_is_in_one_group_at_most_and_the_order_of_runs_is_fixed(found: list[str]) -> None:
    texts = {str(at): text for at, text in enumerate(found)}
    groups = repeated(texts)
    members = [key for group in groups for key in group]
    assert len(members) == len(set(members))
    assert groups == repeated(texts)
    copies = repeated(texts | {f"{key}'": text for key, text in texts.items()})
    assert {key for group in copies for key in group} >= set(members)
