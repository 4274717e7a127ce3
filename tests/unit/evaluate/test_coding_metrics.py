"""Figures of coders against gold: sums by hand, and scikit-learn's where it has the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cothemes.stages.evaluate.coding.metrics import (
    all_metrics,
    average_precision,
    f1_by_code,
    mean_average_precision,
    micro_f1,
    recall_at,
    spread_over_documents,
    workload_auc,
)


def test_average_precision_by_hand() -> None:
    # Ranked 1, 0, 1, 0: precision 1/1 at the first hit and 2/3 at the second; (1 + 2/3)/2 = 5/6.
    truth = np.array([True, False, True, False])
    assert average_precision(truth, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx(5 / 6)
    # All equal: one step, precision 2/4.
    assert average_precision(truth, np.zeros(4)) == pytest.approx(0.5)
    assert math.isnan(average_precision(np.zeros(3, bool), np.zeros(3)))


matrices = st.integers(2, 12).flatmap(
    lambda rows: st.tuples(
        arrays.arrays(bool, (rows, 3)),
        arrays.arrays(np.float64, (rows, 3), elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])),
    )
)


@settings(deadline=None)
@given(matrices)
def test_the_same_as_scikit_learn(given_: tuple[np.ndarray, np.ndarray]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, score = given_
    applied = score >= 0.5
    for at in range(3):
        if truth[:, at].any():
            expected = metrics.average_precision_score(truth[:, at], score[:, at])
            assert average_precision(truth[:, at], score[:, at]) == pytest.approx(expected)
            expected = metrics.f1_score(truth[:, at], applied[:, at], zero_division=0)
            assert f1_by_code(truth, applied)[at] == pytest.approx(expected)
        else:
            assert math.isnan(f1_by_code(truth, applied)[at])
    if truth.any() or applied.any():
        expected = metrics.f1_score(truth, applied, average="micro", zero_division=0)
        assert micro_f1(truth, applied) == pytest.approx(expected)


def test_recall_at_counts_passages_with_a_code_only() -> None:
    truth = np.array([[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)
    score = np.array([[0.9, 0.1, 0.8, 0.2], [0.4, 0.3, 0.2, 0.1], [1, 1, 1, 1]])
    # At 2: one of two codes among {0, 2}; none of one among {0, 1}: (1/2 + 0)/2.
    assert recall_at(truth, score, 2) == pytest.approx(0.25)
    # At 3: {0, 2, 3} holds one of two; {0, 1, 2} none.
    assert recall_at(truth, score, 3) == pytest.approx(0.25)
    assert recall_at(truth, score, 4) == 1.0
    assert math.isnan(recall_at(np.zeros((2, 4), bool), score[:2], 3))


def test_workload_by_hand() -> None:
    truth = np.array([[1], [0], [0], [0]], bool)
    applied = np.zeros((4, 1), bool)
    # One error in four passages. Reviewed first: mended shares 0, 1, 1, 1, 1 at quarters; area
    # (0.5 + 1 + 1 + 1)/4 = .875. Reviewed last: 0, 0, 0, 0, 1; area .5/4 = .125.
    assert workload_auc(truth, np.array([[0.4], [0.1], [0.1], [0.1]]), applied) == pytest.approx(0.875)
    assert workload_auc(truth, np.array([[0.0], [0.1], [0.1], [0.1]]), applied) == pytest.approx(0.125)
    assert math.isnan(workload_auc(applied, np.zeros((4, 1)), applied))


def test_workload_of_a_random_order_is_about_one_half() -> None:
    random = np.random.default_rng(0)
    truth = random.random((4000, 1)) < 0.2
    score = random.random((4000, 1)) * 0.4
    assert workload_auc(truth, score, np.zeros_like(truth)) == pytest.approx(0.5, abs=0.03)


def test_a_perfect_coder() -> None:
    truth = np.random.default_rng(1).random((50, 4)) < 0.3
    figures = all_metrics(truth, truth.astype(float), truth)
    for name in ("map", "macro_f1", "micro_f1", "alpha", "positive_agreement"):
        assert figures[name] == pytest.approx(1.0), name
    assert figures["ece"] == 0.0
    assert math.isnan(figures["workload_auc"])


def test_alpha_of_a_row_by_hand() -> None:
    # One code, ten passages: both apply it to 2, only gold to 1, only the coder to 1, neither to 6.
    truth = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], bool)[:, np.newaxis]
    applied = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], bool)[:, np.newaxis]
    figures = all_metrics(truth, applied.astype(float), applied)
    # Of 20 ratings 6 are 1 and 14 are 0. alpha = 1 − (20−1)·2/(6·14) = 1 − 38/84.
    assert figures["alpha"] == pytest.approx(1 - 38 / 84)
    # Positive agreement 2·2/(2·2 + 1 + 1).
    assert figures["positive_agreement"] == pytest.approx(4 / 6)
    assert figures["macro_f1"] == pytest.approx(4 / 6)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(2).normal(size=10)

    def mean(rows: np.ndarray) -> dict[str, float]:
        return {"mean": float(values[rows].mean())}

    documents = [f"d{at}" for at in range(10)]
    # Leaving each of n values out in turn gives s/√n exactly.
    expected = values.std(ddof=1) / math.sqrt(10)
    assert spread_over_documents(documents, mean)["mean"] == pytest.approx(expected)


def test_one_document_has_no_spread() -> None:
    spread = spread_over_documents(["d"] * 4, lambda rows: {"n": float(len(rows))})
    assert math.isnan(spread["n"])


def test_many_documents_go_to_twenty_groups() -> None:
    calls: list[int] = []

    def count(rows: np.ndarray) -> dict[str, float]:
        calls.append(len(rows))
        return {"n": 1.0}

    spread_over_documents([f"d{at:03d}" for at in range(100)], count)
    assert calls == [95] * 20


def test_codes_without_a_positive_do_not_count_in_the_mean() -> None:
    truth = np.array([[1, 0], [0, 0]], bool)
    assert mean_average_precision(truth, np.array([[0.9, 0.9], [0.1, 0.1]])) == 1.0
