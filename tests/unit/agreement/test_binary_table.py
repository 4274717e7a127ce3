"""The table of all codes gives, code by code, what the single coefficients give."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cothemes.agreement import (
    BinaryTable,
    Result,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
)
from cothemes.errors import RatingsError

STATISTICS: list[tuple[str, Any]] = [
    ("alpha", krippendorff_alpha),
    ("ac1", gwet_ac),
    ("percent_agreement", percent_agreement),
    ("positive_agreement", positive_agreement),
]


def study() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """200 units, 3 raters, 5 codes, 8 interviews; code 3 was not rated in two interviews."""
    chance = np.random.default_rng(11)
    truth = chance.random((200, 5)) < [0.5, 0.2, 0.1, 0.3, 0.02]
    flips = chance.random((200, 3, 5)) < 0.1
    ratings = np.where(flips, ~truth[:, None, :], truth[:, None, :]).astype(float)
    ratings[chance.random((200, 3)) < 0.15] = np.nan
    clusters = chance.integers(0, 8, 200)
    ratings[clusters < 2, :, 3] = np.nan
    return ratings, clusters


@pytest.mark.parametrize(("name", "single"), STATISTICS)
@pytest.mark.parametrize("interval", ["jackknife", "bootstrap", None])
def test_each_code_as_by_itself(name: str, single: Any, interval: str | None) -> None:
    ratings, clusters = study()
    table = BinaryTable.of_ratings(ratings, clusters)
    options = {"replicates": 300} if interval == "bootstrap" else {}
    found = getattr(table, name)(interval=interval, **options)
    assert len(found) == 5
    for code, result in enumerate(found):
        alone = single(ratings[:, :, code], clusters=clusters, interval=interval, **options)
        for what in ("value", "se", "low", "high"):
            assert getattr(result, what) == pytest.approx(getattr(alone, what), nan_ok=True, rel=1e-9)
        assert (result.units, result.clusters) == (alone.units, alone.clusters)
        assert result.reason == alone.reason
    if name == "alpha":
        assert [result.clusters for result in found] == [8, 8, 8, 6, 8]


def test_alpha_in_closed_form() -> None:
    # Three units, two raters: 11, 10, 00. O = 1, N1 = 3, N0 = 3, N = 6: 1 - 5/9.
    table = BinaryTable.of_counts([[2], [1], [0]], [[0], [1], [2]], ["a", "b", "c"])
    assert table.alpha()[0].value == pytest.approx(4 / 9)
    assert table.positive_agreement()[0].value == pytest.approx(2 / 3)
    assert table.percent_agreement()[0].value == pytest.approx(2 / 3)
    assert table.positives() == (2,)


def test_no_variation_is_no_value_and_percent_agreement_stays() -> None:
    table = BinaryTable.of_counts([[0, 2], [0, 2]], [[2, 0], [2, 0]], ["a", "b"])
    for result in (*table.alpha(), *table.ac1()):
        assert math.isnan(result.value)
        assert result.reason == "no variation"
        assert math.isnan(result.low)
    assert [result.value for result in table.percent_agreement()] == [1, 1]
    never, always = table.positive_agreement()
    assert never.reason == "no positives"
    assert always.value == 1


def test_a_code_that_nobody_rated_twice() -> None:
    table = BinaryTable.of_counts([[1], [0]], [[0], [1]], ["a", "b"])
    for results in (table.alpha(), table.ac1(), table.percent_agreement(), table.positive_agreement()):
        assert math.isnan(results[0].value)
        assert results[0].reason == "no unit has two ratings"


def test_one_interview_has_values_and_no_interval() -> None:
    table = BinaryTable.of_counts([[2], [1], [0]], [[0], [1], [2]], ["a"] * 3)
    (found,) = table.alpha()
    assert found.value == pytest.approx(4 / 9)
    assert found.reason == "one cluster: no interval"
    assert found.method is None


def test_no_units_and_no_codes() -> None:
    (found,) = BinaryTable.of_counts(np.zeros((0, 1)), np.zeros((0, 1)), []).alpha()
    assert found.reason == "no unit has two ratings"
    assert BinaryTable.of_counts(np.zeros((2, 0)), np.zeros((2, 0)), ["a", "b"]).alpha() == ()


@pytest.mark.parametrize(
    ("ones", "zeros", "word"),
    [
        ([[1]], [[1, 2]], "shapes"),
        ([1], [1], "shapes"),
        ([[-1]], [[1]], "negative"),
        ([[math.nan]], [[1]], "missing"),
    ],
)
def test_counts_that_are_none(ones: Any, zeros: Any, word: str) -> None:
    with pytest.raises(RatingsError, match=word):
        BinaryTable.of_counts(ones, zeros, ["a"])


def test_ratings_that_are_neither_one_nor_zero() -> None:
    with pytest.raises(RatingsError, match="neither 0 nor 1"):
        BinaryTable.of_ratings(np.full((1, 2, 1), 2), ["a"])
    with pytest.raises(RatingsError, match="three"):
        BinaryTable.of_ratings([[1, 0]], ["a"])
    with pytest.raises(RatingsError, match="analytic"):
        BinaryTable.of_counts([[1]], [[1]], ["a"]).alpha(interval="analytic")


def test_results_are_results() -> None:
    (found,) = BinaryTable.of_counts([[2], [0]], [[0], [2]], ["a", "b"]).alpha()
    assert isinstance(found, Result)
    assert found.as_dict()["low"] is None
    assert found.as_dict()["value"] == 1
