"""Flip rates and alpha over ways of asking, on numbers that can be added by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.stages.evaluate.stability import Labels, Variation, stability

DOCUMENTS = {"p1": "a", "p2": "a", "p3": "b"}
WAYS = [Variation("v2", 0, 0), Variation("v2", 0, 1), Variation("v2.a", 0, 0)]


def labels(*codes: str | None) -> Labels:
    """Codes of p1, p2, p3, as `A`, `AB`, empty or None."""
    return {p: None if c is None else frozenset(c) for p, c in zip(DOCUMENTS, codes, strict=True)}


def test_a_flip_is_a_pair_of_ways_that_disagree() -> None:
    runs = list(zip(WAYS, [labels("A", "", "A"), labels("A", "A", "A"), labels("", "", "A")], strict=True))
    found = stability(["A"], runs, DOCUMENTS)
    (code,) = found.codes
    # p1: A A – : 2 of 3 pairs differ; p2: – A – : 2 of 3; p3: none. (2/3 + 2/3 + 0) / 3 = 4/9
    assert code.flip_rate == pytest.approx(4 / 9)
    # Repeats alone: ways 1 and 2: p2 differs: 1/3. Wording alone: ways 1 and 3: p1 differs: 1/3.
    assert code.by_factor == pytest.approx({"repeat": 1 / 3, "prompt": 1 / 3, "order": None})
    # 6 of 9 answers give it. Binary alpha: 1 - (N-1) * O / (n1 * n0), O = sum over passages of n1*n0/(n_u-1)
    # = 2*1/2 + 1*2/2 + 0 = 2, so 1 - 8*2 / (6*3) = 1/9.
    assert code.share == pytest.approx(6 / 9)
    assert code.alpha.value == pytest.approx(1 / 9)
    assert found.flip_rate == code.flip_rate


def test_no_usable_answer_is_no_answer_and_no_code() -> None:
    runs = list(
        zip(WAYS, [labels("A", None, "A"), labels("A", "A", None), labels(None, None, "A")], strict=True)
    )
    found = stability(["A", "B"], runs, DOCUMENTS)
    assert found.unanswered == 4
    assert [code.flip_rate for code in found.codes] == [0.0, 0.0]
    assert found.codes[0].share == 1.0
    assert found.codes[1].share == 0.0
    assert found.flip_rate == 0.0, "a code that was never given says nothing"
    assert math.isnan(found.codes[1].alpha.value)
    assert found.codes[1].alpha.reason


def test_one_way_of_asking_measures_nothing() -> None:
    found = stability(["A"], [(WAYS[0], labels("A", "", "A"))], DOCUMENTS)
    assert found.codes[0].flip_rate is None
    assert found.codes[0].alpha.reason == "fewer than two runs"


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=2, max_size=5))
def test_who_always_says_the_same_never_flips(answers: list[list[bool]]) -> None:
    runs = [
        (Variation("v2", 0, n), labels(*("A" if yes else "" for yes in row))) for n, row in enumerate(answers)
    ]
    found = stability(["A"], runs, DOCUMENTS)
    rate = found.codes[0].flip_rate
    assert rate is not None
    assert 0 <= rate <= 1
    assert (rate == 0) == (len({tuple(row) for row in answers}) == 1)
