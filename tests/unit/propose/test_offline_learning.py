"""What reviewed decisions teach: regression, folds, thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, special

from cothemes.stages.propose.offline import regression
from cothemes.stages.propose.offline.learner import SHIPPED, Lessons, Taught, learn
from cothemes.stages.propose.offline.prior import Texts, Units
from cothemes.stages.propose.offline.regression import INTERCEPT_PENALTY, PENALTY, Features, fit
from cothemes.stages.propose.offline.resemblance import INTERCEPT
from cothemes.stages.propose.offline.thresholds import (
    at_most,
    choose,
    cut,
    cut_between,
    cut_expected,
    folds_of,
)


def toy(seed: int = 3, rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    features = random.normal(size=(rows, 6))
    return features, (features[:, :2] + random.normal(scale=0.5, size=(rows, 2)) > 0.3).astype(float)


def no_pieces(rows: int) -> sparse.csr_array:
    return sparse.csr_array((rows, 1), dtype=np.float64)


@pytest.fixture(params=["turned", "as they are"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "as they are":
        monkeypatch.setattr(regression, "SMALL", 0)


@pytest.mark.usefixtures("_both_ways")
def test_the_fit_is_scikit_learns() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    x, labels = toy()
    model = fit(Features(x, no_pieces(len(x))), labels, np.ones_like(labels), np.zeros_like(labels))
    # The intercept as a column of this height: b = height·w, so PENALTY·w² is INTERCEPT_PENALTY·b².
    height = np.full((len(x), 1), np.sqrt(PENALTY / INTERCEPT_PENALTY))
    columns = np.hstack([x - x.mean(axis=0), height])
    for code in range(2):
        theirs = linear.LogisticRegression(C=1 / PENALTY, tol=1e-8, max_iter=1000, fit_intercept=False)
        theirs.fit(columns, labels[:, code])
        ours = model(Features(x, no_pieces(len(x))))[:, code]
        assert ours == pytest.approx(theirs.decision_function(columns), abs=0.02)


@pytest.mark.usefixtures("_both_ways")
def test_dense_and_sparse_columns_are_the_same_to_it() -> None:
    x, labels = toy()
    split = Features(x[:, :3], sparse.csr_array(x[:, 3:]))
    whole = Features(x, no_pieces(len(x)))
    prior, all_said = np.zeros_like(labels), np.ones_like(labels)
    assert fit(split, labels, all_said, prior)(split) == pytest.approx(
        fit(whole, labels, all_said, prior)(whole), abs=0.02
    )


@pytest.mark.usefixtures("_both_ways")
def test_what_all_texts_have_in_common_changes_nothing() -> None:
    x, labels = toy()
    plain, moved = Features(x, no_pieces(len(x))), Features(x + 5.0, no_pieces(len(x)))
    prior, all_said = np.zeros_like(labels), np.ones_like(labels)
    assert fit(moved, labels, all_said, prior)(moved) == pytest.approx(
        fit(plain, labels, all_said, prior)(plain), abs=0.02
    )


@pytest.mark.usefixtures("_both_ways")
def test_what_was_not_reviewed_has_no_weight() -> None:
    x, labels = toy()
    said = np.ones_like(labels)
    said[60:, 0] = 0
    turned = labels.copy()
    turned[60:, 0] = 1 - turned[60:, 0]
    turned[60:80, 0] = np.nan
    features = Features(x, no_pieces(len(x)))
    prior = np.zeros_like(labels)
    assert fit(features, turned, said, prior)(features) == pytest.approx(
        fit(features, labels, said, prior)(features), abs=1e-9
    )


def test_two_halves_weigh_as_much_as_one_whole() -> None:
    x, labels = toy()
    twice = Features(np.vstack([x, x]), no_pieces(2 * len(x)))
    once = Features(x, no_pieces(len(x)))
    halves = fit(twice, np.vstack([labels] * 2), np.full((2 * len(x), 2), 0.5), np.zeros((2 * len(x), 2)))
    whole = fit(once, labels, np.ones_like(labels), np.zeros_like(labels))
    assert halves(once) == pytest.approx(whole(once), abs=0.02)


def test_a_prior_that_explains_everything_leaves_nothing_to_learn() -> None:
    x, labels = toy()
    features = Features(x, no_pieces(len(x)))
    certain = np.where(labels == 1, 40.0, -40.0)
    found = fit(features, labels, np.ones_like(labels), certain)(features)
    assert found == pytest.approx(np.zeros_like(labels), abs=1e-6)


@given(st.lists(st.sampled_from([f"doc{i}" for i in range(12)]), max_size=60))
def test_folds_never_share_a_document_and_hold_every_row_once(documents: list[str]) -> None:
    folds = folds_of(documents)
    if len(set(documents)) < 2 and len(documents) < 10:
        assert folds == []
        return
    assert sorted(np.concatenate(folds).tolist()) == list(range(len(documents)))
    assert all(len(fold) for fold in folds)
    if len(set(documents)) > 1:
        seen = [{documents[row] for row in fold} for fold in folds]
        assert sum(len(each) for each in seen) == len(set(documents))


def test_a_single_document_is_held_out_in_runs_of_its_passages() -> None:
    assert [fold.tolist() for fold in folds_of(["d"] * 11)] == [[0, 1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]


@pytest.mark.parametrize(("count", "upper"), [(0, 1.84), (1, 3.30), (2, 4.64), (10, 14.27)])
def test_one_standard_error_above_a_count(count: int, upper: float) -> None:
    # Gehrels 1986, Astrophysical Journal 303, table 1: upper limits of a Poisson mean at one sigma.
    assert at_most(count) == pytest.approx(upper, abs=0.01)


def test_a_cut_by_hand() -> None:
    scores = np.array([0.0, 4, 1, 3, 2])
    # Two and a bit are wanted: three reach it, half-way between 2 and 1.
    assert cut(scores, 2.2) == 1.5
    assert cut(scores, 0.1) == 3.5
    assert cut(scores, 9) == 0.0


def test_equal_scores_stay_together_under_a_cut_that_they_would_overfill() -> None:
    assert cut(np.array([5.0, 1, 1, 1, 0]), 2) == 3.0
    assert cut(np.ones(6), 3) > 1.0


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=40), st.floats(0, 50))
def test_a_cut_never_lets_more_through_than_wanted(scores: list[int], wanted: float) -> None:
    values = np.array(scores, float)
    reached = int((values >= cut(values, wanted)).sum())
    assert reached <= max(1, np.ceil(wanted))


def test_the_best_f1_between_what_was_given_and_an_error_more_by_hand() -> None:
    # Ranked + - + - - - -, given twice: at least two, at most 4.64, so five, are suggested. F1 after two
    # 2·1/(2 + 2) = .5, after three 2·2/(3 + 2) = .8, after four .67, after five .57.
    scores = np.array([7.0, 6, 5, 4, 3, 2, 1])
    assert cut_between(scores, np.array([1, 0, 1, 0, 0, 0, 0], bool)) == 4.5
    # True ones at the sixth and seventh place: out of reach. Two are suggested, though seven had F1 .44.
    assert cut_between(scores, np.array([0, 0, 0, 0, 0, 1, 1], bool)) == 5.5


def test_a_code_that_scores_tell_apart_is_cut_in_the_gap() -> None:
    scores = np.concatenate([np.linspace(5, 4, 20), np.linspace(0, -3, 60)])
    assert cut_between(scores, np.arange(80) < 20) == 2.0


def scored(given: list[int], rows: int = 400, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """(log-odds, labels) of codes given so often, with scores that tell something of them."""
    labels = np.zeros((rows, len(given)))
    for code, count in enumerate(given):
        labels[:count, code] = 1
    random = np.random.default_rng(seed)
    return random.normal(size=labels.shape) + 2 * labels, labels


def test_a_code_that_nobody_gave_keeps_the_shipped_threshold() -> None:
    scores, labels = scored([40, 2, 0])
    assert choose(scores, labels, scores > 9, -7.0)[2] == -7.0
    assert choose(scores, np.zeros_like(labels), scores > 9, -7.0).tolist() == [-7.0] * 3


def test_thresholds_by_hand() -> None:
    scores, labels = scored([40, 2])
    offered = scores > 2.5
    thresholds = choose(scores, labels, offered, -7.0)
    # 42 given in all: 42/62 of what people gave, and an error, 20/62 of what the shipped coder offers.
    together = (42 * at_most(42) + 20 * offered.sum()) / 62
    common = cut(scores.ravel(), together)
    often, seldom = (cut_between(scores[:, code], labels[:, code] == 1) for code in (0, 1))
    assert thresholds.tolist() == pytest.approx([often, 0.1 * seldom + 0.9 * common])


def test_the_best_f1_to_be_expected_by_hand() -> None:
    # Probabilities .9, .8, .2, .1: Σ = 2. Of one 2·.9/3 = .6, of two 2·1.7/4 = .85, of three 2·1.9/5 = .76.
    log_odds = special.logit(np.array([0.2, 0.9, 0.1, 0.8]))
    assert cut_expected(log_odds, 2) == pytest.approx(special.logit([0.8, 0.2]).mean())


def test_scores_that_are_all_alike_are_not_all_suggested_for_the_f1_to_be_expected() -> None:
    log_odds = np.random.default_rng(3).normal(-3, 0.01, 400)
    for count in (1, 5, 40):
        reached = (log_odds >= cut_expected(log_odds, count)).sum()
        assert reached <= max(2 * count, np.ceil(at_most(count)))


def test_calibrated_thresholds_are_half_way_between_counts_and_expectation() -> None:
    scores, labels = scored([40, 2])
    offered = scores > 2.5
    counted = choose(scores, labels, offered, -7.0)
    both = choose(scores, labels, offered, -7.0, calibrated=True)
    expected = [cut_expected(scores[:, code], given) for code, given in enumerate((40, 2))]
    assert both.tolist() == pytest.approx(((counted + expected) / 2).tolist())


def test_scores_that_tell_nothing_do_not_drown_anyone() -> None:
    # The F1 of such scores is best where nearly everything is let through: Lipton and others 2014.
    random = np.random.default_rng(1)
    labels = (random.random((400, 20)) < 0.02).astype(float)
    scores = random.normal(size=labels.shape)
    applied = scores >= choose(scores, labels, np.zeros(labels.shape, bool), 9.0)
    assert applied.sum() <= 2 * labels.sum()


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
def test_suggestions_stay_near_what_people_gave(first: int, second: int, seed: int) -> None:
    scores, labels = scored([first, second], seed=seed)
    offered = np.zeros(labels.shape, bool)
    applied = (scores >= choose(scores, labels, offered, 0.0)).sum()
    assert applied <= at_most(first) + at_most(second) + at_most(first + second) + 4


def test_missing_answers_take_no_part_in_a_threshold() -> None:
    scores, labels = scored([30, 5])
    offered = scores > 2
    without = choose(scores, labels, offered, 0.0)
    unsaid = np.full((50, 2), np.nan)
    more = choose(
        np.vstack([scores, np.full((50, 2), 9.0)]),
        np.vstack([labels, unsaid]),
        np.vstack([offered, np.ones((50, 2), bool)]),
        0.0,
    )
    assert more.tolist() == without.tolist()


WORDS = ["the bus was late again", "staff were kind to me", "nobody answered the phone", "it was fine"]


def units(texts: list[str], vectors: np.ndarray, prior: np.ndarray) -> Units:
    """Passages of one sentence each, with nothing around them."""
    around = np.zeros((len(texts), 0), np.float32)
    each = Texts(texts, vectors, around, prior)
    return Units(each, each, np.arange(len(texts)))


def lessons(
    texts: list[str],
    labels: np.ndarray,
    documents: list[str],
    *,
    vectors: np.ndarray | None = None,
    prior: float | np.ndarray = INTERCEPT,
    weights: np.ndarray | None = None,
) -> Lessons:
    rows = np.zeros((len(texts), 4), np.float32) if vectors is None else vectors
    none = np.zeros((0, labels.shape[1]))
    return Lessons(
        units(texts, rows, np.broadcast_to(np.asarray(prior, float), labels.shape).copy()),
        documents,
        labels,
        np.isfinite(labels).astype(float) if weights is None else weights,
        Texts([], rows[:0], np.zeros((0, 0), np.float32), none),
        np.empty(0, np.int64),
    )


def log_odds(taught: Taught, text: str, vector: np.ndarray, prior: np.ndarray) -> np.ndarray:
    return taught.log_odds(units([text], vector, prior))


def score(taught: Taught, text: str, vector: np.ndarray | None = None, codes: int = 1) -> np.ndarray:
    row = np.zeros((1, 4), np.float32) if vector is None else vector[np.newaxis]
    return log_odds(taught, text, row, np.full((1, codes), INTERCEPT))[0]


def test_learning_finds_the_code_that_words_tell() -> None:
    texts = [WORDS[row % 4] + f" {row}" for row in range(80)]
    labels = np.array([[row % 4 == 0, row % 4 == 1, np.nan] for row in range(80)], float)
    taught = learn(lessons(texts, labels, [f"d{row % 7}" for row in range(80)]))
    assert taught.codes.tolist() == [0, 1]
    late, kind = (score(taught, text, codes=3) for text in ("the bus is late", "kind staff"))
    assert late[0] > taught.thresholds[0] > kind[0]
    assert kind[1] > taught.thresholds[1] > late[1]
    # Nobody said anything of it: left to the resemblance and to the shipped threshold.
    assert late[2] == kind[2] == INTERCEPT
    assert taught.thresholds[2] == SHIPPED


def test_a_few_passages_of_one_document_teach_but_set_no_threshold() -> None:
    labels = np.array([[1.0], [0], [1], [0]])
    taught = learn(lessons(WORDS, labels, ["d"] * 4, vectors=np.eye(4, dtype=np.float32)))
    assert taught.codes.tolist() == [0]
    assert taught.thresholds.tolist() == [SHIPPED]


def test_rejections_push_down_what_resembles_them() -> None:
    texts = ["a plan for the board"] * 5 + ["a walk by the sea"] * 5
    vectors = np.repeat(np.eye(4, dtype=np.float32)[:2], 5, axis=0)
    labels = np.array([[0.0]] * 4 + [[1.0]] + [[1.0]] * 5)
    taught = learn(lessons(texts, labels, ["a", "b"] * 5, vectors=vectors, prior=1.0))
    assert score(taught, texts[0], vectors[0]) < score(taught, texts[-1], vectors[-1])


def test_a_code_that_was_only_rejected_is_suggested_less() -> None:
    texts = [f"a plan for the board {row}" for row in range(12)]
    taught = learn(lessons(texts, np.zeros((12, 1)), ["a", "b"] * 6, prior=1.0))
    before = np.full((1, 1), 1.0)
    assert log_odds(taught, "a plan", np.zeros((1, 4), np.float32), before)[0, 0] < 1.0
    # The shipped one, on the scale of what was learnt.
    assert taught.thresholds.tolist() == [taught.scale(np.array(SHIPPED))]


def test_a_code_given_once_in_ten_does_not_outrank_what_nobody_met_yet() -> None:
    # Ten passages, of which one has the first code: at a free intercept its log-odds would be ln(1/9) = -2.2
    # everywhere, against -3.6 of a code that has not come up.
    labels = np.array([[float(row == 0), 0.0] for row in range(10)])
    texts = [f"{WORDS[row % 4]} {row}" for row in range(10)]
    given, waiting = score(learn(lessons(texts, labels, list("abcde") * 2)), "quite another matter", codes=2)
    assert given - waiting < 0.3


def test_what_was_passed_over_weighs_less_than_what_was_turned_down() -> None:
    texts = [f"a plan for the board {row}" for row in range(12)]
    labels = np.zeros((12, 1))
    weak = learn(lessons(texts, labels, ["a", "b"] * 6, prior=1.0, weights=np.full((12, 1), 0.5)))
    firm = learn(lessons(texts, labels, ["a", "b"] * 6, prior=1.0))
    unsaid = learn(lessons(texts, np.full((12, 1), np.nan), ["a", "b"] * 6, prior=1.0))
    row, prior = np.zeros((1, 4), np.float32), np.full((1, 1), 1.0)
    found = [log_odds(each, "a plan", row, prior)[0, 0] for each in (firm, weak, unsaid)]
    assert found[0] < found[1] < found[2] == 1.0


def test_nothing_reviewed_leaves_all_to_the_resemblance() -> None:
    taught = learn(lessons(WORDS, np.full((4, 2), np.nan), list("abcd"), vectors=np.eye(4, dtype=np.float32)))
    prior = np.array([[0.3, -0.7]])
    assert log_odds(taught, "x", np.ones((1, 4), np.float32), prior).tolist() == prior.tolist()
    assert taught.thresholds.tolist() == [SHIPPED, SHIPPED]
