"""Where a statistic turns: one cluster, half of the draws, the very threshold, categories nobody used."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

import cothemes.agreement as ag
from cothemes.agreement import resampling
from cothemes.agreement.binary_statistics import ALPHA
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import bootstrap, jackknife
from cothemes.agreement.spans import read_spans
from cothemes.agreement.threshold import binomial_p
from cothemes.errors import RatingsError

CHANCE = np.random.default_rng(11)
TWO = [[int(a), int(a) if CHANCE.random() < 0.6 else int(b)] for a, b in CHANCE.choice([1, 2, 4], (30, 2))]
WORKING = [f"d{n // 5}" for n in range(30)]


# What a call does when it is told nothing more.


@pytest.mark.parametrize("name", [name for name in ag.__all__ if inspect.isfunction(getattr(ag, name))])
def test_every_statistic_draws_two_thousand_times_from_the_same_seed(name: str) -> None:
    defaults = {key: each.default for key, each in inspect.signature(getattr(ag, name)).parameters.items()}
    wanted = {"replicates": 2000, "seed": 0, "level": 0.95, "interval": "auto", "clusters": None}
    assert {key: defaults[key] for key in wanted if key in defaults} == {
        key: value for key, value in wanted.items() if key in defaults
    }


# Draws of whole clusters.


def thetas(values: list[float]) -> Callable[[Floats], Floats]:
    """A statistic that gives these values one after the other, whatever the weights."""
    left = list(values)
    return lambda weights: np.array([[left.pop(0)] for _ in weights])


def test_a_bootstrap_of_one_cluster_has_no_interval_and_says_why() -> None:
    found = ag.percent_agreement(TWO, clusters=["d"] * 30, interval="bootstrap", replicates=7, seed=2)
    assert found.value == pytest.approx(sum(a == b for a, b in TWO) / 30)
    assert math.isnan(found.se)
    assert math.isnan(found.low)
    assert found.reason == "one cluster: no interval"
    assert found.method == "cluster bootstrap, 7 draws, seed 2, percentile"


def test_a_bootstrap_of_two_clusters_is_one() -> None:
    found = ag.percent_agreement([[1, 1], [1, 2]], clusters="ab", interval="bootstrap", replicates=50)
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.reason is None


@pytest.mark.parametrize(("lost", "fine"), [(0, True), (5, True), (6, False)])
def test_draws_may_be_undefined_in_half_of_the_cases_and_no_more(lost: int, fine: bool) -> None:
    values = [math.nan] * lost + [float(n) for n in range(10 - lost)]
    found = bootstrap(thetas(values), 4, np.array([0.5]), 0.9, 10, 0)
    assert math.isnan(found.low[0]) is not fine
    assert math.isnan(found.se[0]) is not fine
    assert found.reasons == [None if fine else "undefined in 6 of 10 draws: no interval"]
    if fine:
        known = np.arange(10.0 - lost)
        assert [found.low[0], found.high[0]] == pytest.approx(np.quantile(known, [0.05, 0.95]).tolist())
        assert found.se[0] == pytest.approx(known.std(ddof=1))


def test_a_statistic_that_is_undefined_itself_has_no_second_reason() -> None:
    found = bootstrap(thetas([1.0, 2.0, 3.0]), 4, np.array([math.nan]), 0.9, 3, 0)
    assert found.reasons == [None]
    assert math.isnan(found.low[0])


def test_weights_come_in_portions_and_the_result_does_not_depend_on_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = CHANCE.random(6)
    rows: list[int] = []

    def mean(weights: Floats) -> Floats:
        rows.append(len(weights))
        return np.asarray(weights @ values / weights.sum(axis=1))[:, None]

    value = np.array([values.mean()])
    at_once = [jackknife(mean, 6, value, 0.95), bootstrap(mean, 6, value, 0.95, 10, 3)]
    assert rows == [6, 10]
    rows.clear()
    # Room for four rows of six clusters.
    monkeypatch.setattr(resampling, "_WEIGHTS_AT_ONCE", 24)
    in_portions = [jackknife(mean, 6, value, 0.95), bootstrap(mean, 6, value, 0.95, 10, 3)]
    assert rows == [4, 2, 4, 4, 2]
    for one, other in zip(at_once, in_portions, strict=True):
        assert one.se == pytest.approx(other.se)
        assert [one.low[0], one.high[0]] == pytest.approx([other.low[0], other.high[0]])
    monkeypatch.setattr(resampling, "_WEIGHTS_AT_ONCE", 1)
    rows.clear()
    jackknife(mean, 6, value, 0.95)
    assert rows == [1] * 6


# Categories that nobody used, and weights.


@pytest.mark.parametrize(
    "name", ["cohen_kappa", "scott_pi", "fleiss_kappa", "conger_kappa", "percent_agreement"]
)
def test_an_unused_category_stands_between_the_others(name: str) -> None:
    """Linear weights over 1 2 3 4: of 1 and 2 w = 1 − 1/3, of 2 and 4 w = 1 − 2/3, of 1 and 4 w = 0. Over
    1 2 4, the labels used, they would be 1/2, 1/2 and 0."""
    function = getattr(ag, name)
    all_four = function(TWO, weights="linear", categories=[1, 2, 3, 4], interval=None).value
    as_matrix = [[1, 2 / 3, 0], [2 / 3, 1, 1 / 3], [0, 1 / 3, 1]]
    assert all_four == pytest.approx(
        function(TWO, weights=as_matrix, categories=[1, 2, 4], interval=None).value
    )
    used = function(TWO, weights="linear", interval=None).value
    assert used == pytest.approx(
        function(
            TWO, weights=[[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]], categories=[1, 2, 4], interval=None
        ).value
    )
    assert all_four != pytest.approx(used)


def test_cohens_errors_name_their_source_and_their_distribution() -> None:
    value, z = ag.cohen_kappa(TWO).value, stats.norm.ppf(0.975)
    own = ag.cohen_kappa(TWO, variance="cohen-1960")
    assert own.method == "analytic, units taken as independent: Cohen (1960), normal"
    assert [own.low, own.high] == pytest.approx([value - z * own.se, min(1, value + z * own.se)])
    gwet = ag.cohen_kappa(TWO, variance="gwet")
    assert gwet.method == "analytic, units taken as independent: Gwet (2014), t(29)"
    t = stats.t.ppf(0.975, 29)
    assert [gwet.low, gwet.high] == pytest.approx([value - t * gwet.se, min(1, value + t * gwet.se)])


def test_a_category_has_its_interval_over_clusters() -> None:
    found = ag.fleiss_kappa_by_category(TWO, clusters=WORKING, interval="bootstrap", replicates=40, seed=5)
    assert set(found) == {1, 2, 4}
    for label, one in found.items():
        alone = [[int(a == label), int(b == label)] for a, b in TWO]
        same = ag.fleiss_kappa(alone, clusters=WORKING, interval="bootstrap", replicates=40, seed=5)
        assert one.clusters == 6
        assert [one.value, one.se, one.low] == pytest.approx([same.value, same.se, same.low])


def test_a_distance_of_nought_between_two_labels_is_one() -> None:
    """As where b and B are one: of a a, b B, a b only the last unit disagrees, so D_o = 2/6; of 6 ratings 3
    are a and 3 are b, so D_e = 18/30."""
    found = ag.krippendorff_alpha(
        [["a", "a"], ["b", "B"], ["a", "b"]], lambda x, y: float(x.lower() != y.lower()), interval=None
    )
    assert found.value == pytest.approx(1 - (2 / 6) / (18 / 30))


# What is handed on.


def test_prompt_stability_hands_on_all_that_alpha_is_told() -> None:
    runs = [[row[0] for row in TWO], [row[1] for row in TWO], [row[0] for row in TWO[::-1]]]
    table = [list(row) for row in zip(*runs, strict=True)]
    options: dict[str, Any] = {
        "clusters": WORKING, "interval": "bootstrap", "level": 0.8, "replicates": 30, "seed": 9,
    }  # fmt: skip
    found = ag.prompt_stability(runs, "interval", **options)
    same = ag.krippendorff_alpha(table, "interval", **options)
    assert (found.method, found.low, found.high) == (same.method, same.low, same.high)
    assert "30 draws, seed 9" in str(found.method)
    first_two = ag.krippendorff_alpha([row[:2] for row in table], "interval", interval=None)
    assert found.cumulative[0].value == first_two.value
    nominal = ag.krippendorff_alpha([row[:2] for row in table], interval=None)
    assert found.cumulative[0].value != pytest.approx(nominal.value)


def test_specific_agreement_hands_on_all_that_positive_agreement_is_told() -> None:
    yes = [[int(a > 1), int(b > 1)] for a, b in TWO]
    options: dict[str, Any] = {
        "clusters": WORKING, "interval": "bootstrap", "level": 0.8, "replicates": 30, "seed": 9,
    }  # fmt: skip
    of_one, positive = ag.specific_agreement(yes, **options)[1], ag.positive_agreement(yes, **options)
    assert (of_one.method, of_one.low, of_one.high) == (positive.method, positive.low, positive.high)


def test_flips_are_of_units_with_two_runs() -> None:
    # The first flips, the second does not though a run is missing, the third has one run.
    assert ag.prompt_stability([["a", "b", None], ["b", None, "c"], ["b", "b", None]]).flip_rate == 0.5


@pytest.mark.parametrize("interval", ["jackknife", "auto"])
def test_a_table_of_codes_takes_the_jackknife_unless_told(interval: Any) -> None:
    table = ag.BinaryTable.of_ratings(np.array(TWO)[:, :, None] > 1, WORKING)
    assert table.measure(ALPHA, interval) == table.alpha()
    assert table.measure(ALPHA)[0].method == "delete-one-cluster jackknife of log(1 - x), t(5)"


# Thresholds that are met exactly.


def test_a_p_value_of_delta_itself_passes() -> None:
    # One right suggestion against a precision of .5: p = .5.
    assert binomial_p(1, 0, 0.5) == 0.5
    assert ag.select_threshold([0.9], [True], 0.5, 0.5, grid=[0.8], starts=1).value == 0.8
    assert math.isnan(ag.select_threshold([0.9], [True], 0.5, 0.49, grid=[0.8], starts=1).value)


@pytest.mark.parametrize(
    ("precision", "delta"), [(0, 0.1), (1, 0.1), (0.9, 0), (0.9, 1), (-0.1, 0.1), (0.9, 1.5)]
)
def test_shares_that_promise_nothing_are_refused(precision: float, delta: float) -> None:
    with pytest.raises(RatingsError, match=r"^(precision|delta)="):
        ag.select_threshold([0.9], [True], precision, delta)


def test_a_grid_falls_at_every_step() -> None:
    with pytest.raises(RatingsError, match="does not fall"):
        ag.select_threshold([0.9], [True], grid=[0.9, 0.8, 0.8])
    assert ag.select_threshold([0.9], [True], grid=[]).conventions["grid"] == "empty"
    with pytest.raises(RatingsError, match=r"^confidence has nothing at 0"):
        ag.select_threshold([math.nan], [True])


def test_winning_over_half_of_the_people_is_enough() -> None:
    """The model says what the first two people say; the others go ways of their own."""
    truth = [n % 2 for n in range(60)]
    others = [[(n // 2) % 2 for n in range(60)], [(n // 3) % 2 for n in range(60)]]
    humans = [list(row) for row in zip(truth, truth, *others, strict=True)]
    noisy = [1 - label if n % 8 == 0 else label for n, label in enumerate(truth)]
    for model, epsilon in ((truth, 0.0), (noisy, 0.1), (truth, 0.3)):
        found = ag.alt_test(model, humans, epsilon)
        assert found.reason is None
        assert found.passed is (found.value >= 0.5)
        assert found.value == sum(found.rejected.values()) / 4
    half = ag.alt_test(noisy, humans, 0.1)
    assert (half.value, half.passed) == (0.5, True)


def test_scoring_without_a_name_is_called_a_function() -> None:
    class Same:
        """Has no __name__."""

        def __call__(self, left: Any, right: Any) -> float:
            return float(left == right)

    rows = [[n % 2, n % 2, (n // 2) % 2] for n in range(40)]
    found = ag.alt_test([n % 2 for n in range(40)], rows, 0.1, Same())
    assert found.conventions["scoring"] == "a function"


# Means of shares end at 0 and 1; means of other numbers do not.


def test_a_design_based_share_ends_at_nought_and_one() -> None:
    # Two of ten reviewed with chance .2: f + R/π (Y − f) is 5 once and 0 otherwise, mean .5.
    labels = [1, 0, *[None] * 8]
    marks = [True, True, *[False] * 8]
    share = ag.dsl_mean([0] * 10, labels, marks, [0.2] * 10)
    assert share.value == pytest.approx(0.5)
    # One of two: (1 - .025)^(1/2) and its complement, the exact interval of the two that were reviewed.
    exact = pytest.approx((1 - math.sqrt(0.975), math.sqrt(0.975)))
    assert (share.low, share.high) == exact
    clustered = ag.dsl_mean([0] * 10, labels, marks, [0.2] * 10, clusters="aabbccddee")
    assert (clustered.low, clustered.high) == exact, "both were read in one interview: no jackknife"
    apart = ag.dsl_mean([0] * 10, labels, marks, [0.2] * 10, clusters="abccddeeff")
    assert (apart.low, apart.high) == (0.0, 1.0), "the jackknife over clusters is wider"
    for predictions, first in (([0] * 10, 2), ([2] + [0] * 9, 1), ([0] * 10, -1), ([-1] + [0] * 9, 1)):
        number = ag.dsl_mean(predictions, [first, *labels[1:]], marks, [0.2] * 10)
        width = number.high - number.low
        assert width == pytest.approx(2 * stats.norm.ppf(0.975) * number.se), "no share: nothing is cut"


def test_a_prediction_powered_share_ends_at_nought_and_one() -> None:
    share = ag.ppi_mean([1, 0], [0, 1], [0, 1])
    assert (share.low, share.high) == pytest.approx((1 - math.sqrt(0.975), math.sqrt(0.975)))
    many = ag.ppi_mean([1, 0] * 12, [0, 1] * 12, [0, 1])
    assert (many.low, many.high) == (0.0, 1.0)
    assert many.method == "prediction-powered, normal"
    for labels, near, far in (([2, 0], [0, 1], [0, 1]), ([1, 0], [0, 2], [0, 1]), ([1, 0], [0, 1], [0, 2])):
        number = ag.ppi_mean(labels, near, far)
        assert number.high - number.low == pytest.approx(2 * stats.norm.ppf(0.975) * number.se)
    assert math.isnan(ag.ppi_mean([1, 0], [0, 1], [0]).value)


def test_the_tuned_power_is_that_of_covariance_over_variance_and_one_at_most() -> None:
    """cov(Y, f) / ((1 + n/N) var f): here cov 1/4 with n, var of all eight f with n − 1 2/7."""
    labels, near, far = [0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 0, 1]
    assert ag.ppi_mean(labels, near, far, power="tuned").parts["power"] == pytest.approx(0.25 / (2 * 2 / 7))
    wide = ag.ppi_mean([0, 0, 10, 10], near, far, power="tuned")
    assert wide.parts["power"] == 1.0
    # Two labels that move with f, one mean apart: (10−5)·(1−.5) on each of four.
    assert ag.ppi_mean([10, 10, 12, 12], near, [0.0, 1.0] * 20, power="tuned").parts["power"] == 1.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: ag.ppi_mean([1, 0], [None, 1], [1, 0]), "predictions has nothing at 0"),
        (lambda: ag.ppi_mean([1, 0], [1, 1], [1, None]), "unlabelled_predictions has nothing at 1"),
        (lambda: ag.dsl_mean([1, 0], [1, 0], [1, 1], [None, 1]), "probability has nothing at 0"),
    ],
)
def test_what_is_missing_is_named(call: Callable[[], Any], name: str) -> None:
    with pytest.raises(RatingsError, match=f"^{name}"):
        call()


def test_a_brier_score_has_no_interval_under_nought() -> None:
    # 1/3, left out in turn 0, 1/2 and 1/2: se = 1/3, and 1/3 − 4.3 · 1/3 is no mean of squares.
    found = ag.brier_score([1, 1, 0], [0.0, 1.0, 0.0], clusters="abc")
    assert (found.value, found.se) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert (math.isnan(found.low), math.isnan(found.high)) == (True, True)
    assert found.reason
    error = ag.expected_calibration_error([1, 1, 0], [0.0, 1.0, 0.0], clusters="abc")
    assert math.isnan(error.low)
    assert error.reason


# Spans.


def test_a_text_of_one_letter_can_be_marked() -> None:
    assert read_spans({"a": [(0, 1, "x")]}, 1).length == 1
    with pytest.raises(RatingsError, match="the text has the length 0"):
        read_spans({}, 0)


def test_rows_and_mappings_of_spans_are_the_same() -> None:
    rows = [("a", 5, 9, "x"), ("b", 0, 4, "y"), ("a", 0, 3, "y")]
    mapping = {"a": [(5, 9, "x"), (0, 3, "y")], "b": [(0, 4, "y")]}
    assert read_spans(rows, 10) == read_spans(mapping, 10)
    assert ag.unitizing_alpha(rows, 10).value == ag.unitizing_alpha(mapping, 10).value


@pytest.mark.parametrize("family", ["1995", "2016"])
def test_one_rater_has_no_unitizing_alpha(family: Any) -> None:
    found = ag.unitizing_alpha({"a": [(0, 3, "x")]}, 10, family)
    assert math.isnan(found.value)
    assert found.reason == "fewer than two raters"


def test_one_letter_marked_by_both_has_no_variation() -> None:
    found = ag.unitizing_alpha({"a": [(0, 1, "x")], "b": [(0, 1, "x")]}, 1, "1995")
    assert math.isnan(found.value)
    assert found.reason == "no variation"
    assert found.by_value["x"].reason == "no variation"
