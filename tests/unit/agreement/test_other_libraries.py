"""The same ratings through nltk, statsmodels and scikit-learn."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from nltk.metrics import AnnotationTask, binary_distance, interval_distance, jaccard_distance, masi_distance
from sklearn.metrics import cohen_kappa_score, f1_score
from statsmodels.stats import inter_rater

from cothemes.agreement import (
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
    scott_pi,
)

SEEDS = range(12)


def ratings(seed: int, raters: int, *, missing: float = 0.0) -> np.ndarray[Any, np.dtype[np.float64]]:
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 4, 50)
    table = np.where(chance.random((50, raters)) < 0.35, chance.integers(0, 4, (50, raters)), truth[:, None])
    given = table.astype(float)
    given[chance.random(given.shape) < missing] = np.nan
    return given


def task(table: Any, distance: Any = binary_distance) -> AnnotationTask:
    rows = [
        (f"r{rater}", f"u{unit}", cell)
        for unit, row in enumerate(table)
        for rater, cell in enumerate(row)
        if cell is not None and cell == cell
    ]
    return AnnotationTask(rows, distance=distance)


@pytest.mark.parametrize("seed", SEEDS)
def test_cohen_as_in_scikit_learn(seed: int) -> None:
    table = ratings(seed, 2)
    for weights in (None, "linear", "quadratic"):
        expected = cohen_kappa_score(table[:, 0], table[:, 1], weights=weights)
        assert cohen_kappa(table, weights=weights).value == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_cohen_and_its_error_as_in_statsmodels(seed: int, weights: str | None) -> None:
    table = ratings(seed, 2)
    square = np.zeros((4, 4))
    np.add.at(square, (table[:, 0].astype(int), table[:, 1].astype(int)), 1)
    expected = inter_rater.cohens_kappa(square, wt=weights)
    found = cohen_kappa(table, weights=weights)
    assert found.value == pytest.approx(expected.kappa)
    assert found.se == pytest.approx(expected.std_kappa)
    assert found.low == pytest.approx(expected.kappa_low)
    assert found.high == pytest.approx(expected.kappa_upp)


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_and_free_marginals_as_in_statsmodels(seed: int) -> None:
    table = ratings(seed, 4)
    counts, _ = inter_rater.aggregate_raters(table.astype(int))
    assert fleiss_kappa(table).value == pytest.approx(inter_rater.fleiss_kappa(counts))
    randolph = inter_rater.fleiss_kappa(counts, method="randolph")
    assert brennan_prediger(table).value == pytest.approx(randolph)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_family_as_in_nltk(seed: int) -> None:
    table = ratings(seed, 2)
    theirs = task(table)
    assert percent_agreement(table).value == pytest.approx(theirs.avg_Ao())
    assert scott_pi(table).value == pytest.approx(theirs.pi())
    assert cohen_kappa(table).value == pytest.approx(theirs.kappa())
    assert brennan_prediger(table).value == pytest.approx(theirs.S())


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_with_missing_ratings_as_in_nltk(seed: int) -> None:
    table = ratings(seed, 4, missing=0.3)
    assert krippendorff_alpha(table).value == pytest.approx(task(table).alpha())
    expected = task(table, interval_distance).alpha()
    assert krippendorff_alpha(table, "interval").value == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "theirs"), [("jaccard", jaccard_distance), ("masi", masi_distance)])
def test_alpha_of_sets_as_in_nltk(seed: int, name: Any, theirs: Any) -> None:
    def empty_safe(left: frozenset[str], right: frozenset[str]) -> float:
        # nltk's distances divide by zero on two empty sets.
        return 0.0 if left == right else float(theirs(left, right))

    chance = np.random.default_rng(seed)
    table = [
        [
            None if chance.random() < 0.1 else frozenset(c for c in "ABCD" if chance.random() < 0.3)
            for _ in range(3)
        ]
        for _ in range(25)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = task(table, empty_safe).alpha()
    assert krippendorff_alpha(table, name).value == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_positive_agreement_is_f1(seed: int) -> None:
    table = ratings(seed, 2)
    for label in range(4):
        expected = f1_score(table[:, 0] == label, table[:, 1] == label)
        assert positive_agreement(table, positive=label).value == pytest.approx(expected)
