"""Distances between labels and between sets, their conventions, and labels that do not fit."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.agreement import krippendorff_alpha, set_distance
from cothemes.agreement.distances import AT_ONCE, NumberDistances, crossed
from cothemes.agreement.set_distances import EMPTY_SETS, FORMULAS, SET_DISTANCES, SetDistance
from cothemes.errors import RatingsError

TABLE = json.loads((Path(__file__).parent / "vectors" / "set_distances.json").read_text(encoding="utf-8"))
ROWS = [
    pytest.param(name, left, right, expected, id=f"{name}-{left}-{right}")
    for name, values in TABLE["expect"].items()
    for (left, right), expected in zip(TABLE["pairs"], values, strict=True)
]
code_sets = st.frozensets(st.integers(0, 70), max_size=8)


@pytest.mark.parametrize(("name", "left", "right", "expected"), ROWS)
def test_the_defined_distances(name: str, left: list[str], right: list[str], expected: float) -> None:
    assert set_distance(name, left, right) == pytest.approx(expected, abs=1e-9)
    assert set_distance(name, right, left) == pytest.approx(expected, abs=1e-9)


def plain(name: str, left: frozenset[Any], right: frozenset[Any]) -> float:
    """The definitions, set by set."""
    if left == right:
        return 0.0
    shared, union = len(left & right), len(left | right)
    subset = left <= right or right <= left
    jaccard = shared / union
    return {
        "jaccard": 1 - jaccard,
        "dice": 1 - 2 * shared / (len(left) + len(right)),
        "masi": 1 - jaccard * (2 / 3 if subset else 1 / 3),
        "masi_product": (1 - jaccard) * (1 / 3 if subset else 2 / 3 if shared else 1),
    }[name]


@pytest.mark.parametrize("name", SET_DISTANCES)
@settings(max_examples=60, deadline=None)
@given(left=code_sets, right=code_sets)
def test_bits_count_what_sets_hold(name: str, left: frozenset[int], right: frozenset[int]) -> None:
    assert set_distance(name, left, right) == pytest.approx(plain(name, left, right))


@pytest.mark.parametrize("name", SET_DISTANCES)
def test_more_than_one_word_and_more_than_one_block(name: Any) -> None:
    chance = np.random.default_rng(9)
    labels = list(
        dict.fromkeys(
            frozenset(chance.choice(150, chance.integers(0, 6), replace=False).tolist()) for _ in range(700)
        )
    )
    distances = SetDistance(name, labels)
    rows = distances.block(slice(250, 260), slice(0, len(labels)))
    for row in range(10):
        for column in (0, 3, 300, len(labels) - 1):
            expected = plain(name, labels[250 + row], labels[column])
            assert rows[row, column] == pytest.approx(expected)
            found = distances.between(np.array([250 + row]), np.array([column]))
            assert found[0] == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.01, 0.6], ids=["few labels in a cluster", "most labels in a cluster"])
def test_distances_summed_between_clusters(share: float) -> None:
    chance = np.random.default_rng(4)
    values = chance.normal(size=2 * AT_ONCE + 7)
    held = chance.poisson(2, (5, len(values))) * (chance.random((5, len(values))) < share)
    found = crossed(NumberDistances(values, ratio=False), held.astype(float))
    whole = np.square(values[:, None] - values[None, :])
    assert found == pytest.approx(held @ whole @ held.T)


@pytest.mark.parametrize("name", SET_DISTANCES)
def test_sets_too_long_to_tabulate(name: Any) -> None:
    long, longer = frozenset(range(120)), frozenset(range(100, 230))
    assert set_distance(name, long, longer) == pytest.approx(plain(name, long, longer))


def test_alpha_of_many_sets_is_alpha_by_the_function() -> None:
    chance = np.random.default_rng(12)
    table = [
        [frozenset(chance.choice(9, chance.integers(0, 4), replace=False).tolist()) for _ in range(2)]
        for _ in range(400)
    ]
    clusters = chance.integers(0, 5, 400)
    fast = krippendorff_alpha(table, "masi", clusters=clusters)
    slow = krippendorff_alpha(table, lambda left, right: plain("masi", left, right), clusters=clusters)
    assert fast.value == pytest.approx(slow.value)
    assert fast.low == pytest.approx(slow.low)


def test_the_two_masis_are_told_apart() -> None:
    assert set_distance("masi", ["A"], ["A", "B"]) == pytest.approx(2 / 3)
    assert set_distance("masi_product", ["A"], ["A", "B"]) == pytest.approx(1 / 6)
    table = [[["A"], ["A", "B"]], [["B"], ["B"]], [[], ["A"]]]
    for name in ("masi", "masi_product"):
        conventions = krippendorff_alpha(table, name).conventions
        assert conventions["formula"] == FORMULAS[name]
        assert conventions["empty_sets"] == EMPTY_SETS[name]


def test_ordinal_follows_the_given_order() -> None:
    table = [["low", "high"], ["low", "low"], ["middle", "middle"], ["high", "high"], ["high", "middle"]]
    numbers = {"low": 1, "middle": 2, "high": 3}
    by_order = krippendorff_alpha(table, "ordinal", categories=["low", "middle", "high"])
    by_number = krippendorff_alpha([[numbers[cell] for cell in row] for row in table], "ordinal")
    assert by_order.value == pytest.approx(by_number.value)
    assert krippendorff_alpha(table, "ordinal", categories=["low", "high", "middle"]).value != by_order.value


def test_weights_are_distances_turned_round() -> None:
    table = [[1, 2], [2, 2], [3, 1], [4, 4], [2, 3]]
    assert krippendorff_alpha(table, weights="quadratic").value == pytest.approx(
        krippendorff_alpha(table, "interval").value
    )
    given = 1 - np.abs(np.subtract.outer(range(4), range(4))) / 3
    assert krippendorff_alpha(table, weights=given).value == pytest.approx(
        krippendorff_alpha(table, weights="linear").value
    )


@pytest.mark.parametrize(
    ("table", "distance", "options", "word"),
    [
        ([["a", "b"]], "interval", {}, "'a' is not a number"),
        ([["a", "b"]], "ordinal", {}, "needs an order"),
        ([["a", "b"]], "nominal", {"weights": "linear"}, "needs an order"),
        ([[-1, 2]], "ratio", {}, "met the rating -1"),
        ([[1, 2]], "jaccard", {}, "1 is not a set of codes"),
        ([[1, 2]], "euclid", {}, "'euclid' is not known"),
        ([[1, 2]], "interval", {"weights": "linear"}, "both a distance and weights"),
        ([[1, 2]], "nominal", {"weights": "cubic"}, "'cubic' is not known"),
        ([[1, 2]], "nominal", {"weights": np.eye(3)}, "for 2 categories"),
        ([[1, 2]], "nominal", {"weights": [[1, 0.5], [0, 1]]}, "not symmetric"),
        ([[1, 2]], "nominal", {"weights": [[0, 1], [1, 0]]}, "not symmetric"),
        ([[1, 2]], lambda _left, _right: -1.0, {}, "is -1.0"),
        ([[1, 2]], lambda _left, _right: float("nan"), {}, "is nan"),
    ],
)
def test_labels_and_distances_that_do_not_fit(table: Any, distance: Any, options: Any, word: str) -> None:
    with pytest.raises(RatingsError, match=word) as raised:
        krippendorff_alpha(table, distance, **options)
    assert raised.value.hint


def test_an_unknown_set_distance() -> None:
    with pytest.raises(RatingsError, match="'cosine'"):
        set_distance("cosine", [], [])


def test_ratio_of_zeros_is_no_distance() -> None:
    # 0|0, 0|2, 1|1: one pair at distance 1; expected pairs by hand.
    table = [[0, 0], [0, 2], [1, 1]]
    given = [cell for row in table for cell in row]
    expected = sum(2 * ((a - b) / (a + b)) ** 2 for a, b in combinations(given, 2) if a + b)
    assert krippendorff_alpha(table, "ratio").value == pytest.approx(1 - 5 * 2 * 1 / expected)
