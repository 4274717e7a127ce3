"""What reviewed decisions teach: regression, folds, thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from cothemes.stages.propose.offline.learner import SHIPPED, learn
from cothemes.stages.propose.offline.regression import PENALTY, Features, fit
from cothemes.stages.propose.offline.thresholds import best_f1, choose, folds_of


def toy(seed: int = 3, rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    features = random.normal(size=(rows, 6))
    return features, (features[:, :2] + random.normal(scale=0.5, size=(rows, 2)) > 0.3).astype(float)


def no_pieces(rows: int) -> sparse.csr_array:
    return sparse.csr_array((rows, 1), dtype=np.float64)


def test_the_fit_is_scikit_learns() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    x, labels = toy()
    model = fit(Features(x, no_pieces(len(x))), labels, np.zeros_like(labels))
    for code in range(2):
        theirs = linear.LogisticRegression(C=1 / PENALTY, tol=1e-8, max_iter=1000).fit(x, labels[:, code])
        ours = model(Features(x, no_pieces(len(x))))[:, code]
        assert ours == pytest.approx(theirs.decision_function(x), abs=0.02)


def test_dense_and_sparse_columns_are_the_same_to_it() -> None:
    x, labels = toy()
    split = Features(x[:, :3], sparse.csr_array(x[:, 3:]))
    whole = Features(x, no_pieces(len(x)))
    prior = np.zeros_like(labels)
    assert fit(split, labels, prior)(split) == pytest.approx(fit(whole, labels, prior)(whole), abs=0.02)


def test_what_was_not_reviewed_has_no_weight() -> None:
    x, labels = toy()
    known = labels.copy()
    known[60:, 0] = np.nan
    features = Features(x, no_pieces(len(x)))
    first_half = features.rows(np.arange(60))
    partly = fit(features, known, np.zeros_like(known))(features)[:, 0]
    alone = fit(first_half, labels[:60, :1], np.zeros((60, 1)))(features)[:, 0]
    assert partly == pytest.approx(alone, abs=0.02)


def test_a_prior_that_explains_everything_leaves_nothing_to_learn() -> None:
    x, labels = toy()
    features = Features(x, no_pieces(len(x)))
    certain = np.where(labels == 1, 40.0, -40.0)
    assert fit(features, labels, certain)(features) == pytest.approx(np.zeros_like(labels), abs=1e-6)


@given(st.lists(st.sampled_from([f"doc{i}" for i in range(12)]), max_size=60))
def test_folds_never_share_a_document_and_hold_every_row_once(documents: list[str]) -> None:
    folds = folds_of(documents)
    if len(set(documents)) < 2:
        assert folds == []
        return
    assert sorted(np.concatenate(folds).tolist()) == list(range(len(documents)))
    seen = [{documents[row] for row in fold} for fold in folds]
    assert sum(len(each) for each in seen) == len(set(documents))
    assert all(len(fold) for fold in folds)


def test_best_f1_by_hand() -> None:
    # Ranked 4+, 3-, 2+, 1-: F1 after one 2·1/(1+2) = .67, after two 2·1/(2+2) = .5, after three
    # 2·2/(3+2) = .8, after four 2·2/(4+2) = .67. Three are applied: half-way between 2 and 1.
    assert best_f1(np.array([1.0, 4, 3, 2]), np.array([False, True, False, True])) == 1.5


def test_best_f1_never_cuts_between_equals() -> None:
    threshold = best_f1(np.array([1.0, 1, 1, 0]), np.array([True, False, False, False]))
    assert threshold == 0.5


def test_few_positives_lean_on_the_common_threshold() -> None:
    random = np.random.default_rng(5)
    labels = np.zeros((400, 3))
    labels[:40, 0] = labels[:2, 1] = 1
    scores = random.normal(size=labels.shape) + 3 * labels + [0.0, 5.0, 0.0]
    thresholds = choose(scores, labels, fallback=-9.0)
    own = best_f1(scores[:, 0], labels[:, 0] == 1)
    assert thresholds[0] == pytest.approx(own)
    # Two positives of twenty: a tenth of the way from the common threshold to its own.
    lone = best_f1(scores[:, 1], labels[:, 1] == 1)
    common = (thresholds[1] - 0.1 * lone) / 0.9
    assert scores.min() < common < scores.max()
    assert thresholds[2] == -9.0


def test_missing_answers_take_no_part_in_a_threshold() -> None:
    labels = np.array([[1.0], [0], [np.nan], [1], [0]] * 10)
    scores = np.array([[2.0], [0], [9], [2], [0]] * 10)
    assert choose(scores, labels, 0.0)[0] == pytest.approx(1.0)


WORDS = ["the bus was late again", "staff were kind to me", "nobody answered the phone", "it was fine"]


def test_learning_finds_the_code_that_words_tell() -> None:
    texts = [WORDS[row % 4] + f" {row}" for row in range(80)]
    labels = np.array([[row % 4 == 0, row % 4 == 1, False] for row in range(80)], float)
    vectors = np.zeros((80, 4), np.float32)
    prior = np.full(labels.shape, -2.0)
    taught = learn(texts, vectors, [f"d{row % 7}" for row in range(80)], labels, prior)
    assert taught.codes.tolist() == [0, 1]
    new = taught.log_odds(["the bus is late", "kind staff"], vectors[:2], prior[:2])
    assert new[0, 0] > taught.thresholds[0] > new[1, 0]
    assert new[1, 1] > taught.thresholds[1] > new[0, 1]
    # Never applied: left to the prior and to the shipped threshold.
    assert new[:, 2].tolist() == [-2.0, -2.0]
    assert taught.thresholds[2] == SHIPPED


def test_one_document_alone_teaches_but_sets_no_threshold() -> None:
    labels = np.array([[1.0], [0], [1], [0]])
    taught = learn(WORDS, np.eye(4, dtype=np.float32), ["d"] * 4, labels, np.zeros((4, 1)))
    assert taught.codes.tolist() == [0]
    assert taught.thresholds.tolist() == [SHIPPED]


def test_rejections_push_down_what_resembles_them() -> None:
    texts = ["a plan for the board"] * 5 + ["a walk by the sea"] * 5
    vectors = np.repeat(np.eye(2, dtype=np.float32), 5, axis=0)
    labels = np.array([[0.0]] * 4 + [[1.0]] + [[1.0]] * 5)
    prior = np.full((10, 1), 1.0)
    taught = learn(texts, vectors, ["a", "b"] * 5, labels, prior)
    after = taught.log_odds(
        ["a plan for the board", "a walk by the sea"], np.eye(2, dtype=np.float32), prior[:2]
    )
    assert after[0, 0] < after[1, 0]


def test_nothing_reviewed_leaves_all_to_the_prior() -> None:
    taught = learn(
        WORDS, np.eye(4, dtype=np.float32), list("abcd"), np.full((4, 2), np.nan), np.zeros((4, 2))
    )
    prior = np.array([[0.3, -0.7]])
    assert taught.log_odds(["x"], np.ones((1, 4), np.float32), prior).tolist() == prior.tolist()
    assert taught.thresholds.tolist() == [SHIPPED, SHIPPED]
