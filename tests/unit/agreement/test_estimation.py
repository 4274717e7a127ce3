"""Prevalence, thresholds, calibration and stability against reference values and simple sums."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import brier_score_loss

from cothemes.agreement import (
    binomial_p,
    brier_score,
    clopper_pearson_upper,
    dsl_mean,
    expected_calibration_error,
    ppi_mean,
    prompt_stability,
    reliability_bins,
    select_threshold,
)
from cothemes.errors import RatingsError

CASES = json.loads((Path(__file__).parent / "vectors" / "estimation.json").read_text(encoding="utf-8"))
PPI = CASES["ppi"]
DSL = CASES["dsl"]
MARKS = [label is not None for label in DSL["labels"]]


@pytest.mark.parametrize(
    ("power", "name", "within"),
    [(1.0, "ppi", 1e-6), (0.0, "classical", 1e-6), ("tuned", "ppi_plus_plus", 0.002)],
)
def test_prediction_powered_means(power: Any, name: str, within: float) -> None:
    found = ppi_mean(PPI["labels"], PPI["predictions"], PPI["unlabelled"], power=power)
    assert found.value == pytest.approx(PPI[name], abs=within)
    assert [found.low, found.high] == pytest.approx(PPI[f"{name}_ci95"], abs=within)


def test_prediction_powered_mean_by_hand() -> None:
    # Unreviewed share 1/2; the model misses one of four: 1/2 + 1/4.
    found = ppi_mean([1, 1, 0, 0] * 5, [1, 0, 0, 0] * 5, [1, 0, 1, 0])
    assert found.value == found.parts["corrected"] == pytest.approx(0.75)
    # var of the residuals 3/16 over 20, var of the predictions 1/4 over 4.
    assert found.se == pytest.approx(math.sqrt(3 / 320 + 1 / 16))
    # Two positives are few: the labels alone, and their exact interval.
    few = ppi_mean([1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 1, 0])
    assert (few.value, few.parts["corrected"]) == pytest.approx((0.5, 0.75))
    assert (few.low, few.high) == pytest.approx(stats.beta.ppf([0.025, 0.975], [2, 3], [3, 2]))


def test_few_positives_give_the_labels_own_share() -> None:
    """None of 40: 0 to 1 - .025^(1/40), whatever the model says; none of 200 likewise."""
    below = ppi_mean([0] * 40, [1] * 20 + [0] * 20, [0] * 100)
    assert (below.value, below.low, below.high) == pytest.approx((0, 0, 1 - 0.025 ** (1 / 40)))
    assert below.parts["corrected"] == pytest.approx(-0.5)
    assert math.isnan(below.se)
    above = ppi_mean([0] * 200, [0] * 150 + [1] * 50, [1] * 400 + [0] * 100)
    assert (above.value, above.low, above.high) == pytest.approx((0, 0, 1 - 0.025 ** (1 / 200)))
    assert above.parts["corrected"] == pytest.approx(0.55)


def test_few_positives_drawn_with_unequal_chances_are_weighted() -> None:
    """Two positives of chance .5 and two negatives of chance .25: (2·2) / (2·2 + 2·4) = 1/3."""
    chance = [0.5, 0.5, 0.25, 0.25, 0.5, 0.25]
    found = dsl_mean([1] * 6, [1, 1, 0, 0, None, None], [True] * 4 + [False] * 2, chance)
    assert found.value == pytest.approx(1 / 3)
    assert found.parts["corrected"] == pytest.approx((6 - 4 - 4) / 6)
    assert 0 <= found.low <= found.value <= found.high <= 1
    # A draw that chance would hardly make: the weighted share is .92, and the interval reaches to it.
    odd = dsl_mean([0] * 10, [1] + [0] * 9, [True] * 10, [0.01] + [1.0] * 9)
    assert odd.value == odd.high == pytest.approx(100 / 109)


def test_over_clusters_the_exact_interval_holds_the_jackknife_of_the_own_share() -> None:
    """Shares 1/2, 0 and 0 of three interviews of ten: leaving one out gives 0, 1/4 and 1/4."""
    labels = [1, 0] * 5 + [0] * 20
    found = ppi_mean(
        labels,
        [0] * 30,
        [1] * 30,
        clusters=["a"] * 10 + ["b"] * 10 + ["c"] * 10,
        unlabelled_clusters="abc" * 10,
    )
    error = math.sqrt(2 / 3 * ((0 - 1 / 6) ** 2 + 2 * (1 / 4 - 1 / 6) ** 2))
    half = float(stats.t.ppf(0.975, 2)) * error
    assert found.value == pytest.approx(1 / 6)
    assert (found.low, found.high) == pytest.approx((0, 1 / 6 + half))


def test_predictions_without_variation_have_no_power() -> None:
    found = ppi_mean([1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0], power="tuned")
    assert found.parts["power"] == 0
    assert found.value == 0.5


def test_prediction_powered_interval_covers() -> None:
    chance = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        truth = chance.random(600) < 0.2
        model = np.where(chance.random(600) < 0.15, ~truth, truth).astype(int)
        found = ppi_mean(truth[:100].astype(int), model[:100], model[100:])
        hits += found.low <= 0.2 <= found.high
    assert hits / 400 > 0.91


@pytest.mark.parametrize("read", [30, 50, 100, 200])
@pytest.mark.parametrize("share", [0.0, 0.005, 0.01, 0.02, 0.03, 0.05])
def test_an_interval_of_a_rare_share_covers(read: int, share: float) -> None:
    """Coverage summed over every number of positives, not simulated; of a model that says nothing."""
    blind, rest = [0] * read, [0] * 200
    covered = {"ppi": 0.0, "tuned": 0.0, "design": 0.0}
    for positives in range(read + 1):
        chance = float(stats.binom.pmf(positives, read, share))
        if chance < 1e-7:
            continue
        labels = [1] * positives + [0] * (read - positives)
        found = {
            "ppi": ppi_mean(labels, blind, rest),
            "tuned": ppi_mean(labels, blind, rest, power="tuned"),
            "design": dsl_mean(
                blind + rest, labels + rest, [1] * read + rest, [read / (read + 200)] * (read + 200)
            ),
        }
        for name, each in found.items():
            assert each.low < each.high
            covered[name] += chance * (each.low <= share <= each.high)
    assert min(covered.values()) >= 0.95


def test_no_positive_and_no_negative_have_a_bound() -> None:
    """None of 40: 1 - .025^(1/40) = 8.81 % (Clopper and Pearson 1934); all of 40: its complement."""
    none = ppi_mean([0] * 40, [0] * 40, [0] * 100)
    assert (none.low, none.high) == pytest.approx((0, 0.0881), abs=1e-4)
    every = dsl_mean([1] * 80, [1] * 80, [True] * 40 + [False] * 40, [0.5] * 80)
    assert (every.low, every.high) == pytest.approx((0.9119, 1), abs=1e-4)
    assert none.reason is every.reason is None
    assert "Clopper" in (none.method or "")


def test_design_based_mean() -> None:
    found = dsl_mean(DSL["predictions"], DSL["labels"], MARKS, DSL["probability"])
    assert found.value == pytest.approx(DSL["mean"], abs=1e-6)
    assert found.se == pytest.approx(DSL["se"], abs=1e-6)


def test_everything_reviewed_is_the_plain_mean() -> None:
    found = dsl_mean([0, 0, 1, 1] * 5, [1, 0, 1, 0] * 5, [True] * 20, [1.0] * 20)
    assert found.value == 0.5
    assert found.se == pytest.approx(0.5 / math.sqrt(20))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (([1, 0], [1, None], [True, False], [0.5, 0.0]), "unit 1 was drawn with the probability 0"),
        (([1, 0], [1, None], [True, False], [0.5, 1.5]), "probability 1.5"),
        (([1, 0], [1], [True, False], [0.5, 0.5]), "1 labels"),
        (([1, 0], [None, 1], [True, False], [0.5, 0.5]), "labels of reviewed units has nothing at 0"),
        (([1, None], [1, 1], [True, False], [0.5, 0.5]), "predictions has nothing at 1"),
    ],
)
def test_draws_that_cannot_be_used(options: Any, word: str) -> None:
    with pytest.raises(RatingsError, match=word) as raised:
        dsl_mean(*options)
    assert raised.value.hint


def test_too_few_reviewed_units_have_a_reason() -> None:
    assert ppi_mean([1], [1], [1, 0]).reason == "fewer than two reviewed or unreviewed units"
    assert dsl_mean([1, 0], [None, None], [False, False], [0.5, 0.5]).reason == "no reviewed units"
    assert math.isnan(dsl_mean([], [], [], []).value)
    with pytest.raises(RatingsError, match="2 labels and 1 predictions"):
        ppi_mean([1, 0], [1], [1, 0])


def test_exact_binomial_tests() -> None:
    case = CASES["binomial"]
    for (count, errors, rate), p, upper in zip(case["cases"], case["p"], case["upper"], strict=True):
        assert binomial_p(count, errors, rate) == pytest.approx(p, abs=1e-9)
        assert clopper_pearson_upper(count, errors, case["delta"]) == pytest.approx(upper, abs=1e-9)
        assert (p <= case["delta"]) == (upper <= rate)
    assert clopper_pearson_upper(5, 5, 0.1) == 1


def test_the_threshold_and_every_test_on_the_way() -> None:
    case = CASES["threshold"]
    found = select_threshold(case["confidence"], case["correct"], case["precision"], case["delta"], starts=1)
    assert found.value == case["threshold"]
    assert len(found.tests) == case["tests"]
    for test, (threshold, accepted, errors, p) in zip(found.tests, case["trace"], strict=True):
        assert (test.threshold, test.accepted, test.errors) == (threshold, accepted, errors)
        assert test.p == pytest.approx(p, abs=1e-8)
    assert "interview" in found.conventions["independence"]


def test_no_threshold_where_none_keeps_the_promise() -> None:
    assert select_threshold([0.99] * 21, [1] * 21, starts=1).reason == "no threshold accepts 22 suggestions"
    assert select_threshold([0.99] * 22, [1] * 22, starts=1).value == 0.5
    # ln(.1/5) / ln(.9) = 37.1
    assert select_threshold([0.99] * 37, [1] * 37).reason == "no threshold accepts 38 suggestions"
    assert select_threshold([0.99] * 38, [1] * 38).value == 0.5
    wrong = select_threshold([0.99] * 40, [0] * 40)
    assert math.isnan(wrong.value)
    assert wrong.reason == "no threshold keeps the promise"
    assert [test.start for test in wrong.tests] == [test.threshold for test in wrong.tests]
    assert len(wrong.tests) == 5


def test_a_later_start_passes_where_the_strictest_threshold_fails() -> None:
    # Of the 40 surest, 5 are wrong: P(Bin(40, .1) ≤ 5) = .79. Of all 240, 5 are: P = 1e-5.
    sure, right = [0.99] * 40 + [0.6] * 200, [1] * 35 + [0] * 5 + [1] * 200
    assert math.isnan(select_threshold(sure, right, starts=1).value)
    assert select_threshold(sure, right).value == 0.5


def test_interviews_that_differ_do_not_pass_together() -> None:
    # 20 interviews of 30: in 19 all are right, in one none. Error rate 5 %; t = (30 - 60)/√(20/19 Σ(d - d̄)²).
    right = [1] * (19 * 30) + [0] * 30
    clusters = np.repeat(np.arange(20), 30)
    differences = np.array([-3.0] * 19 + [27.0])
    spread = math.sqrt(20 / 19 * ((differences - differences.mean()) ** 2).sum())
    p = float(stats.t.cdf(differences.sum() / spread, 19))
    assert p == pytest.approx(0.165, abs=0.001)
    assert select_threshold([0.9] * 600, right).value == 0.5
    found = select_threshold([0.9] * 600, right, clusters=clusters)
    assert math.isnan(found.value)
    assert found.tests[0].p == pytest.approx(p)
    even = [1] * 28 + [0] * 2
    assert select_threshold([0.9] * 600, even * 20, clusters=clusters).value == 0.5
    few = select_threshold([0.9] * 600, even * 20, clusters=np.repeat(np.arange(9), 67)[:600])
    assert few.reason == "no threshold accepts 38 suggestions in 10 interviews"


@pytest.mark.parametrize("effect", [0.0, 1.0])
def test_by_interview_the_promise_is_kept_with_effects_of_interviews(effect: float) -> None:
    chance = np.random.default_rng(5)
    clusters = np.repeat(np.arange(15), 40)
    grid = np.linspace(0.5, 1, 101)[:, None]
    effects = chance.normal(0, effect, 4_000)[None]

    def logit(sure: Any) -> Any:
        return np.log((0.8 + 0.38 * (sure - 0.5)) / (0.2 - 0.38 * (sure - 0.5)))

    precisions = (1 / (1 + np.exp(-(logit(grid) + effects)))).mean(axis=1)
    broken = 0
    for _ in range(300):
        sure = chance.uniform(0.5, 1, 600)
        chances = 1 / (1 + np.exp(-(logit(sure) + chance.normal(0, effect, 15)[clusters])))
        found = select_threshold(sure, chance.random(600) < chances, 0.9, 0.1, clusters=clusters)
        broken += found.computable and precisions[grid[:, 0] >= found.value].mean() < 0.9
    assert broken / 300 <= 0.1


def test_the_promise_is_broken_at_most_as_often_as_said() -> None:
    chance = np.random.default_rng(4)
    broken = 0
    for _ in range(500):
        sure = chance.random(300)
        right = chance.random(300) < sure
        found = select_threshold(sure, right, 0.9, 0.1)
        # Above t the true precision of suggestions uniform on [t, 1] is (1 + t)/2.
        broken += found.computable and (1 + found.value) / 2 < 0.9
    assert broken / 500 <= 0.13


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: select_threshold([0.5], [1, 0]), "1 confidences and 2 outcomes"),
        (lambda: select_threshold([math.nan], [1]), "confidence has nothing at 0"),
        (lambda: select_threshold([0.5], [1], 1.0), "precision=1.0"),
        (lambda: select_threshold([0.5], [1], grid=[0.5, 0.6]), "does not fall"),
        (lambda: brier_score([1], [0.2, 0.3]), "1 outcomes and 2 probabilities"),
        (lambda: brier_score([2], [0.2]), "truth has 2 at 0"),
        (lambda: brier_score([1], [1.2]), "probability has 1.2 at 0"),
        (lambda: expected_calibration_error([1], [math.nan]), "probability has nothing at 0"),
        (lambda: expected_calibration_error([1], [0.5], 0), "bins=0"),
        (lambda: prompt_stability([[1, 2], [1]]), "run 1 has 1 units where run 0 has 2"),
    ],
)
def test_input_that_cannot_be_scored(call: Any, word: str) -> None:
    with pytest.raises(RatingsError, match=word) as raised:
        call()
    assert raised.value.hint


def test_calibration() -> None:
    case = CASES["calibration"]
    assert brier_score(case["truth"], case["probability"]).value == pytest.approx(case["brier"], abs=1e-6)
    found = expected_calibration_error(case["truth"], case["probability"], 10)
    assert found.value == pytest.approx(case["ece"], abs=1e-6)
    ours = brier_score(case["truth"], case["probability"]).value
    assert ours == pytest.approx(brier_score_loss(case["truth"], case["probability"]))


def test_bins_are_closed_below_and_the_last_one_on_both_sides() -> None:
    bins = reliability_bins([0, 1, 1, 1], [0.1, 0.3, 0.7, 1.0], 10)
    assert [number for number, one in enumerate(bins) if one.units] == [1, 3, 7, 9]
    assert math.isnan(bins[0].share_true)
    assert bins[9].share_true == 1
    # Gaps .1, .7, .3 and 0 of one unit in four each.
    assert expected_calibration_error([0, 1, 1, 1], [0.1, 0.3, 0.7, 1.0]).value == pytest.approx(1.1 / 4)


def test_calibration_over_interviews() -> None:
    # Errors .04, .36 | .25, .25: leaving one interview out gives .25 and .2.
    found = brier_score([1, 1, 0, 0], [0.8, 0.4, 0.5, 0.5], clusters=["a", "a", "b", "b"])
    assert found.value == pytest.approx(0.225)
    assert found.se == pytest.approx(math.sqrt(0.5 * 2 * 0.025**2))
    assert brier_score([], []).reason == "no units"


def test_stability_builds_up_run_by_run() -> None:
    case = CASES["stability"]
    found = prompt_stability(case["runs"])
    assert [step.value for step in found.cumulative] == pytest.approx(case["alpha"], abs=1e-6)
    assert found.value == found.cumulative[-1].value
    flips = [len(set(column)) > 1 for column in zip(*case["runs"], strict=True)]
    assert found.flip_rate == sum(flips) / len(flips)


def test_stability_over_interviews_and_of_sets() -> None:
    runs = [[["A"], ["B"], [], ["A", "B"]], [["A"], ["B"], ["A"], ["A"]]]
    found = prompt_stability(runs, "jaccard", clusters=["x", "x", "y", "y"])
    assert found.flip_rate == 0.5
    assert found.clusters == 2
    # .42, and from two interviews ± 12.7 · .56: withheld.
    assert not math.isnan(found.se)
    assert (math.isnan(found.low), found.reason is None) == (True, False)


def test_stability_needs_two_runs() -> None:
    alone = prompt_stability([[1, 2, 1]])
    assert alone.reason == "fewer than two runs"
    assert math.isnan(alone.flip_rate)
    assert prompt_stability([]).reason == "fewer than two runs"
    constant = prompt_stability([[1, 1], [1, 1]])
    assert constant.reason == "no variation"
    assert constant.flip_rate == 0


def test_the_binomial_p_value_is_scipys() -> None:
    for count, errors in ((30, 0), (30, 3), (200, 25)):
        expected = stats.binomtest(errors, count, 0.1, alternative="less").pvalue
        assert binomial_p(count, errors, 0.1) == pytest.approx(expected)
