"""The alt-test against its authors' code, its guards, and the trap it is known for."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from cothemes.agreement import alt_test, positive_agreement
from cothemes.agreement.alternative_annotator import benjamini_yekutieli
from cothemes.errors import RatingsError

CASE = json.loads((Path(__file__).parent / "vectors" / "estimation.json").read_text(encoding="utf-8"))[
    "alt_test"
]


@pytest.mark.parametrize("row", CASE["by_epsilon"], ids=lambda row: str(row["epsilon"]))
def test_the_authors_values(row: dict[str, Any]) -> None:
    found = alt_test(CASE["model"], CASE["humans"], row["epsilon"])
    assert found.value == row["winning_rate"]
    assert found.passed == (row["winning_rate"] >= 0.5)
    assert found.advantage == pytest.approx(CASE["advantage"], abs=1e-6)
    assert list(found.p_values.values()) == pytest.approx(row["p"], abs=1e-6)


def test_names_and_columns_read_alike() -> None:
    model = {f"u{unit}": label for unit, label in enumerate(CASE["model"])}
    humans = {
        name: {f"u{unit}": row[column] for unit, row in enumerate(CASE["humans"]) if row[column] is not None}
        for column, name in enumerate(["ann", "bo", "cy"])
    }
    named = alt_test(model, humans, 0.1)
    assert list(named.p_values) == ["ann", "bo", "cy"]
    assert list(named.p_values.values()) == list(
        alt_test(CASE["model"], CASE["humans"], 0.1).p_values.values()
    )


def test_the_p_value_is_that_of_a_t_test() -> None:
    chance = np.random.default_rng(5)
    truth = chance.integers(0, 2, 80)
    humans = np.where(chance.random((80, 3)) < 0.2, 1 - truth[:, None], truth[:, None])
    model = np.where(chance.random(80) < 0.1, 1 - truth, truth)
    found = alt_test(model, humans, 0.15)
    for person in range(3):
        others = [other for other in range(3) if other != person]
        mine = (humans[:, [person]] == humans[:, others]).mean(axis=1)
        its = (model[:, None] == humans[:, others]).mean(axis=1)
        difference = (mine >= its).astype(float) - (its >= mine)
        expected = stats.ttest_1samp(difference, 0.15, alternative="less").pvalue
        assert found.p_values[person] == pytest.approx(expected, abs=1e-12)


def test_sets_of_codes_are_scored_by_their_overlap() -> None:
    # The model shares one of two codes with people who agree: 1/2 < 1, so that it never wins.
    humans = [[["A", "B"]] * 3] * 30
    found = alt_test([["A"]] * 30, humans, 0.2, "jaccard")
    assert found.value == 0
    assert found.advantage == 0
    same = alt_test([["B", "A"]] * 30, humans, 0.2, "jaccard")
    assert same.value == 1
    assert alt_test([[]] * 30, [[[]] * 3] * 30, 0.2, "jaccard").advantage == 1


def test_numbers_are_scored_by_their_distance() -> None:
    humans = [[1, 2, 3]] * 30
    # Against 2 and 3, person 0 is off by sqrt((1 + 4)/2), the model's 2 by sqrt(1/2).
    found = alt_test([2] * 30, humans, 0.2, "neg_rmse")
    assert found.parts["advantage:0"] == 1


def test_a_function_scores_like_its_name() -> None:
    def share(own: Any, others: list[Any]) -> float:
        return sum(own == other for other in others) / len(others)

    by_name = alt_test(CASE["model"], CASE["humans"], 0.1)
    by_function = alt_test(CASE["model"], CASE["humans"], 0.1, share)
    assert by_name.p_values == by_function.p_values
    assert by_function.conventions["scoring"] == "share"


def test_a_model_that_never_applies_a_rare_code_passes_and_that_is_why_it_never_stands_alone() -> None:
    chance = np.random.default_rng(3)
    truth = chance.random(100) < 0.05
    flips = chance.random((100, 3)) < np.where(truth[:, None], 0.3, 0.02)
    humans = np.where(flips, ~truth[:, None], truth[:, None]).astype(int)
    model = np.zeros(100, dtype=int)
    found = alt_test(model, humans, 0.15)
    assert found.passed
    assert positive_agreement(np.column_stack([model, humans[:, 0]]), positive=1).value == 0
    assert "positive agreement" in found.conventions["read_with"]


@pytest.mark.parametrize(
    ("units", "people", "reason"),
    [
        (60, 2, "fewer than 3 people"),
        (29, 3, "fewer than 30 units with the model and two people"),
        (0, 3, "fewer than 3 people"),
    ],
)
def test_too_little_is_null_with_a_reason(units: int, people: int, reason: str) -> None:
    found = alt_test([1] * units, [[1] * people] * units, 0.2)
    assert math.isnan(found.value)
    assert found.passed is None
    assert found.reason == reason
    assert found.as_dict()["value"] is None


def test_a_person_with_few_units_is_left_out_and_named() -> None:
    humans: list[list[int | None]] = [[1, 0, 1, 1 if unit < 10 else None] for unit in range(40)]
    found = alt_test([1] * 40, humans, 0.2)
    assert found.left_out == (3,)
    assert set(found.p_values) == {0, 1, 2}
    sparse: list[list[int | None]] = [[1, 0, 1 if unit < 10 else None] for unit in range(40)]
    assert alt_test([1] * 40, sparse, 0.2).reason == "fewer than 3 people with 30 units"


def test_the_correction_is_that_of_statsmodels() -> None:
    chance = np.random.default_rng(1)
    for _ in range(50):
        p_values = chance.random(6) ** 4
        expected = multipletests(p_values, 0.05, method="fdr_by")[0].tolist()
        assert benjamini_yekutieli(p_values.tolist(), 0.05) == expected


def test_what_cannot_be_tested_says_so() -> None:
    with pytest.raises(RatingsError, match="2 units and the people 3"):
        alt_test([1, 1], [[1, 1, 1]] * 3, 0.2)
    with pytest.raises(RatingsError, match="epsilon=2"):
        alt_test([1], [[1, 1, 1]], 2)
    with pytest.raises(RatingsError, match="'f1'"):
        alt_test([1] * 30, [[1, 1, 1]] * 30, 0.2, "f1")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="the model is not"):
        alt_test([1] * 30, {"a": {}, "b": {}, "c": {}}, 0.2)
