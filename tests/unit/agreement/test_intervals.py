"""Intervals over clusters: against enumerated truth, by hand, and where there can be none."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cothemes.agreement import (
    cohen_kappa,
    conger_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
)
from cothemes.errors import RatingsError

FOUR = json.loads((Path(__file__).parent / "vectors" / "resampling.json").read_text(encoding="utf-8"))


def test_the_jackknife_leaves_out_one_interview_at_a_time() -> None:
    found = krippendorff_alpha(FOUR["ratings"], clusters=FOUR["clusters"])
    assert found.value == pytest.approx(FOUR["alpha"], abs=1e-6)
    assert found.se == pytest.approx(FOUR["jackknife_se"], abs=1e-6)
    # t(3) at .975 is 3.18245
    assert found.high - found.value == pytest.approx(3.18245 * FOUR["jackknife_se"], abs=1e-5)
    assert found.value - found.low == pytest.approx(found.high - found.value)
    assert found.method == "delete-one-cluster jackknife, t(3)"
    assert found.clusters == 4


def test_the_bootstrap_meets_the_enumerated_distribution() -> None:
    found = krippendorff_alpha(
        FOUR["ratings"], clusters=FOUR["clusters"], interval="bootstrap", replicates=8000
    )
    within = FOUR["bootstrap_tolerance"]
    assert found.se == pytest.approx(FOUR["bootstrap_se"], abs=within)
    assert [found.low, found.high] == pytest.approx(FOUR["bootstrap_ends"], abs=within)


def test_the_bootstrap_is_seeded() -> None:
    def ends(seed: int) -> tuple[float, float]:
        found = krippendorff_alpha(
            FOUR["ratings"], clusters=FOUR["clusters"], interval="bootstrap", replicates=200, seed=seed
        )
        return found.low, found.high

    assert ends(1) == ends(1)
    assert ends(1) != ends(2)


@pytest.mark.parametrize(
    ("statistic", "options"),
    [
        (cohen_kappa, {}),
        (conger_kappa, {}),
        (gwet_ac, {}),
        (percent_agreement, {}),
        (percent_agreement, {"average": "pairs"}),
        (positive_agreement, {}),
        (krippendorff_alpha, {}),
        (krippendorff_alpha, {"distance": "ordinal"}),
        (krippendorff_alpha, {"distance": "interval"}),
    ],
)
def test_leaving_out_by_weight_is_leaving_out(statistic: Any, options: dict[str, str]) -> None:
    chance = np.random.default_rng(7)
    ratings = chance.integers(0, 2, (60, 2)).astype(float)
    ratings[chance.random((60, 2)) < 0.1] = np.nan
    clusters = chance.integers(0, 6, 60)
    whole = statistic(ratings, clusters=clusters, **options)
    left = np.array([statistic(ratings[clusters != k], interval=None, **options).value for k in range(6)])
    by_hand = math.sqrt(5 / 6 * np.square(left - left.mean()).sum())
    assert whole.se == pytest.approx(by_hand, rel=1e-9)
    assert whole.value == pytest.approx(statistic(ratings, interval=None, **options).value)


def test_one_cluster_has_a_value_and_no_interval() -> None:
    found = krippendorff_alpha([[1, 1], [1, 0], [0, 0]], clusters=["a", "a", "a"])
    assert found.value == pytest.approx(1 - 5 * 2 / (2 * 3 * 3))
    assert math.isnan(found.se)
    assert math.isnan(found.low)
    assert found.reason == "one cluster: no interval"


def test_variation_in_one_cluster_alone_has_no_jackknife() -> None:
    found = krippendorff_alpha([[1, 1], [0, 0], [0, 0], [0, 0]], clusters=["a", "a", "b", "c"])
    assert found.value == 1
    assert math.isnan(found.low)
    assert found.reason == "one cluster holds all of the variation: no interval"


def test_clusters_without_pairs_do_not_count() -> None:
    found = krippendorff_alpha(
        [[1, 1], [1, 0], [0, 0], [0, 0], [1, None]], clusters=["a", "a", "b", "b", "c"]
    )
    assert found.clusters == 2
    assert found.units == 4


def test_the_interval_ends_under_one() -> None:
    ratings = [[1, 1]] * 10 + [[0, 0]] * 10 + [[1, 0]] * 2
    found = krippendorff_alpha(ratings, clusters=[number % 5 for number in range(22)])
    assert found.value + found.se * 2.7764 > 1, "t(4): the plain interval would pass it"
    assert found.low < found.value < found.high < 1


def test_a_wider_level_is_a_wider_interval() -> None:
    def width(level: float) -> float:
        found = krippendorff_alpha(FOUR["ratings"], clusters=FOUR["clusters"], level=level)
        return found.high - found.low

    assert width(0.5) < width(0.8) < width(0.99)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"interval": "jackknife"}, "needs clusters="),
        ({"interval": "bootstrap"}, "needs clusters="),
        ({"interval": "wald"}, "'wald' is not known"),
        ({"clusters": ["a"]}, "1 clusters were given for 3 units"),
        ({"clusters": ["a", None, "b"]}, "unit 1 has no cluster"),
        ({"level": 1.5}, "level=1.5"),
        ({"clusters": ["a", "b", "c"], "interval": "bootstrap", "replicates": 1}, "replicates=1"),
    ],
)
def test_options_that_make_no_interval(options: dict[str, Any], word: str) -> None:
    with pytest.raises(RatingsError, match=word) as raised:
        krippendorff_alpha([[1, 1], [1, 0], [0, 0]], **options)
    assert raised.value.hint


def test_no_interval_where_none_is_wanted() -> None:
    found = krippendorff_alpha([[1, 1], [1, 0], [0, 0]], interval=None)
    assert math.isnan(found.low)
    assert found.method is None
    assert found.reason is None
