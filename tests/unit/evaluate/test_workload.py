"""Workload curves: errors left among unread passages, and the share of a review that an order saves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.stages.evaluate.workload.review import (
    POINTS,
    REFRESHED,
    Known,
    Learn,
    Part,
    Review,
    Scored,
    review,
)
from cothemes.stages.evaluate.workload.savings import (
    LEVELS,
    Curves,
    Pool,
    curves,
    ends,
    saved,
    savings,
    weightings,
)

HOME = np.array([0] * 12 + [1] * 8)
"""Documents a and b."""
WORDS = np.array([10] * 12 + [30] * 8)
TRUTH = np.zeros((20, 2), bool)
TRUTH[[0, 5, 12, 13], 0] = True
TRUTH[12, 1] = True
PART = Part(TRUTH, HOME, WORDS, 2)
POOL = Pool.of(PART, np.array([0, 1]))
ONE = np.ones((1, 2))
"""Each document once."""


def silent_on(truth: np.ndarray) -> Learn:
    """A coder that suggests nothing, whatever it learns: its errors are the missed positives."""
    return lambda _read: Scored(np.zeros(truth.shape), np.zeros(truth.shape, bool))


silent = silent_on(TRUTH)


def in_text(known: Known) -> Sequence[int]:
    return known.open.tolist()


def by_errors(known: Known) -> Sequence[int]:
    return known.open[np.argsort(-known.wrong.sum(axis=1)[known.open], kind="stable")].tolist()


def test_errors_left_are_those_of_passages_that_nobody_has_read() -> None:
    """20 passages, a point after each. After 6 read in the order of the text, 0 and 5 are right: 2 of 4 and
    1 of 1 are left, both in b. Micro 3/5 = .6; macro (2/4 + 1/1)/2 = .75. Read: 6/20
    passages, 60/360 words."""
    found = review(PART, silent, in_text)
    assert found.errors[6].tolist() == [[0, 0], [2, 1]]
    assert (found.read[6].tolist(), found.words[6].tolist()) == ([6, 0], [60, 0])
    curve = curves([POOL], [found], ONE)
    assert (curve.read[0, 6], curve.words[0, 6]) == pytest.approx((6 / 20, 60 / 360))
    assert (curve.micro[0, 6], curve.macro[0, 6]) == pytest.approx((0.6, 0.75))
    assert (curve.micro[0, 0], curve.micro[0, -1]) == (1, 0)


def test_a_document_that_is_drawn_twice_counts_twice() -> None:
    """With b twice and a not at all: 12 of 12 errors' positives are b's 3, twice."""
    found = review(PART, silent, in_text)
    curve = curves([POOL], [found], np.array([[0.0, 2.0]]))
    assert (curve.micro[0, 6], curve.read[0, 6]) == (1, 0)
    assert curve.read[0, 16] == pytest.approx(4 / 8)


def test_parts_of_several_seeds_are_averaged() -> None:
    """One part has document a alone, the other b alone. After the first point, 1/12 and 0 of their passages
    are read (12 and 8, a point after .6 and .4); of 2 and 3 errors, the first of a is mended."""
    only_a = Part(TRUTH[:12], HOME[:12], WORDS[:12], 2)
    only_b = Part(TRUTH[12:], HOME[12:], WORDS[12:], 2)
    pools = [Pool.of(each, np.array([0, 1])) for each in (only_a, only_b)]
    reviews = [review(each, silent_on(each.truth), in_text) for each in (only_a, only_b)]
    curve = curves(pools, reviews, ONE)
    assert curve.read[0, 1] == pytest.approx((1 / 12 + 0) / 2)
    assert curve.micro[0, 1] == pytest.approx((1 / 2 + 3 / 3) / 2)
    assert curve.read[0, -1] == 1


def test_what_an_order_saves_at_equal_error() -> None:
    """Random order leaves 1 − y; the other leaves 1 − 2x up to the middle, then nothing: x = y/2, half is
    saved at every level, and by words, of which it reads twice as many, nothing."""
    share = np.linspace(0, 1, POINTS)[None, :]
    random = Curves(share, share, 1 - share, 1 - share)
    other = Curves(share, np.minimum(2 * share, 1), np.maximum(1 - 2 * share, 0), 1 - share)
    assert [float(saved(other, random, "micro", level)[0]) for level in LEVELS] == pytest.approx([0.5] * 4)
    assert float(saved(other, random, "micro", 0.4, words=True)[0]) == pytest.approx(0)
    assert float(saved(other, random, "macro", 0.4)[0]) == pytest.approx(0)


def test_an_error_that_is_never_reached_costs_the_whole_review() -> None:
    share = np.linspace(0, 1, POINTS)[None, :]
    random = Curves(share, share, 0.5 - 0.5 * share, 1 - share)
    late = Curves(share, share, np.where(share < 1, 1.0, 0.0), 1 - share)
    assert -1.5 < float(saved(late, random, "micro", 0.4)[0]) <= 1 - 0.95 / 0.4


def test_an_oracle_that_reads_errors_first_saves_against_the_order_of_the_text() -> None:
    """Four passages have errors; the oracle has read them after 4 of 20."""
    oracle = review(PART, silent, by_errors)
    assert oracle.errors[4].sum() == 0
    weights = weightings([POOL], resamples=50)
    assert set(weights.sum(axis=1)) == {2}
    found = {
        "random": curves([POOL], [review(PART, silent, in_text)], weights),
        "oracle": curves([POOL], [oracle], weights),
    }
    value, low, high = savings(found, "random", "micro")["oracle"]["mean"]
    assert value > 0
    assert low <= value <= high


def test_the_interval_is_of_the_resamples_alone() -> None:
    assert ends(np.array([5.0, *range(101)])) == pytest.approx((5.0, 2.5, 97.5))


def test_a_resample_without_a_positive_is_left_out() -> None:
    """All positives are in b: of two documents drawn twice, a quarter of the resamples is a alone."""
    only_b = TRUTH.copy()
    only_b[:12] = False
    pool = Pool.of(Part(only_b, HOME, WORDS, 2), np.array([0, 1]))
    weights = weightings([pool], resamples=400)
    assert weights[0].tolist() == [1, 1]
    assert (weights[:, 1] > 0).all()
    assert 1 + 400 * 0.65 < len(weights) < 1 + 400 * 0.85


def test_the_coder_learns_from_what_was_read_and_from_nothing_else() -> None:
    seen: list[list[int]] = []

    def learn(read: np.ndarray) -> Scored:
        seen.append(sorted(read.tolist()))
        return silent(read)

    review(PART, learn, lambda known: known.open[::-1].tolist())
    stops = sorted({round(share * 20) for share in REFRESHED})
    assert [len(each) for each in seen] == stops
    assert seen[-1] == list(range(20 - stops[-1], 20)), "each passage once, from the end"


def test_an_order_that_leaves_a_passage_out_is_refused() -> None:
    with pytest.raises(ValueError, match="every open passage once"):
        review(PART, silent, lambda known: known.open[1:].tolist())


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 70), codes=st.integers(1, 4), seed=st.integers(0, 999))
def test_every_order_ends_with_everything_read_and_nothing_wrong(count: int, codes: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = generator.random((count, codes)) < 0.3
    part = Part(truth, generator.integers(0, 5, count), np.full(count, 7), 5)

    def learn(read: np.ndarray) -> Scored:
        score = generator.random(truth.shape)
        return Scored(score, score > 0.5)

    found: Review = review(part, learn, by_errors)
    assert found.errors[-1].sum() == 0
    assert found.read[-1].sum() == count
    assert found.words[-1].sum() == 7 * count
    assert (np.diff(found.read.sum(axis=1)) >= 0).all()
