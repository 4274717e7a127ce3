"""Kappas and their kin by sums on paper, their conventions, and where they are not computable."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cothemes.agreement import (
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    fleiss_kappa_by_category,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
    scott_pi,
    specific_agreement,
)
from cothemes.errors import RatingsError

# a = 4 both, b = 2 only the first, c = 1 only the second, d = 3 neither.
TABLE = [[1, 1]] * 4 + [[1, 0]] * 2 + [[0, 1]] + [[0, 0]] * 3


def test_the_square_of_two_raters_by_hand() -> None:
    observed = 7 / 10
    assert percent_agreement(TABLE).value == pytest.approx(observed)
    own = 0.6 * 0.5 + 0.4 * 0.5
    assert cohen_kappa(TABLE).value == pytest.approx((observed - own) / (1 - own))
    pooled = 0.55**2 + 0.45**2
    assert scott_pi(TABLE).value == pytest.approx((observed - pooled) / (1 - pooled))
    undecided = 2 * 0.55 * 0.45
    assert gwet_ac(TABLE).value == pytest.approx((observed - undecided) / (1 - undecided))
    assert brennan_prediger(TABLE).value == pytest.approx(2 * observed - 1)
    assert positive_agreement(TABLE).value == pytest.approx(8 / 11)
    assert positive_agreement(TABLE, positive=0).value == pytest.approx(6 / 9)
    # alpha = 1 - (N - 1) O / (N1 N0) with O = 3, N1 = 11, N0 = 9.
    assert krippendorff_alpha(TABLE).value == pytest.approx(1 - 19 * 3 / 99)


def test_three_raters_pool_their_pairs() -> None:
    # 110, 111, 000, 100: pairs of ones 1 + 3 of the ones' 3·2·2 = 6 + 6 + ... ordered: 2 + 6 over 4 + 6 + 2.
    table = [[1, 1, 0], [1, 1, 1], [0, 0, 0], [1, 0, 0]]
    assert positive_agreement(table).value == pytest.approx((2 + 6) / (4 + 6 + 2))
    found = specific_agreement(table)
    assert set(found) == {0, 1}
    assert found[0].value == pytest.approx((6 + 2) / (2 + 6 + 4))


def test_raters_disagree_on_prevalence_and_conger_sees_it() -> None:
    # One rater says 1 to all, one to none of four: kappa 0, Fleiss' kappa below it.
    table = [[1, 0]] * 4
    assert cohen_kappa(table).value == 0
    assert conger_kappa(table).value == 0
    assert fleiss_kappa(table).value == -1


def test_identical_raters_at_three_prevalences() -> None:
    # Sensitivity .85 and specificity .98 of both, counts in expectation out of a million.
    def square(prevalence: float) -> list[list[int]]:
        both = prevalence * 0.85**2 + (1 - prevalence) * 0.02**2
        one = prevalence * 0.85 * 0.15 + (1 - prevalence) * 0.02 * 0.98
        counts = [round(20_000 * share) for share in (both, one, one)]
        rows = [[1, 1]] * counts[0] + [[1, 0]] * counts[1] + [[0, 1]] * counts[2]
        return rows + [[0, 0]] * (20_000 - len(rows))

    for prevalence, kappa, ac1, positive in (
        (0.5, 0.70, 0.71, 0.83),
        (0.1, 0.67, 0.93, 0.71),
        (0.02, 0.38, 0.95, 0.41),
    ):
        table = square(prevalence)
        assert cohen_kappa(table).value == pytest.approx(kappa, abs=0.01)
        assert gwet_ac(table).value == pytest.approx(ac1, abs=0.01)
        assert positive_agreement(table).value == pytest.approx(positive, abs=0.015)


@pytest.mark.parametrize("statistic", [cohen_kappa, scott_pi])
def test_two_raters_or_a_reason(statistic: Any) -> None:
    for table in ([[1, 1, 0], [0, 1, 0]], [[1], [0]]):
        found = statistic(table)
        assert math.isnan(found.value)
        assert found.reason == "needs exactly two raters"


@pytest.mark.parametrize(
    "statistic",
    [cohen_kappa, scott_pi, fleiss_kappa, conger_kappa, gwet_ac, brennan_prediger, krippendorff_alpha],
)
def test_no_variation_is_never_one(statistic: Any) -> None:
    for options in ({}, {"categories": [0, 1]}):
        found = statistic([[0, 0]] * 5, **options)
        assert math.isnan(found.value)
        assert found.reason == "no variation"
        assert found.as_dict()["value"] is None
    assert statistic([[0, None], [None, 1]]).reason == "no unit has two ratings"
    assert math.isnan(statistic([[0, None], [None, 1]]).value)
    assert percent_agreement([[0, 0]] * 5).value == 1


def test_raters_who_vary_and_a_rater_who_does_not() -> None:
    assert cohen_kappa([[1, 1], [1, 0], [1, 1]]).value == 0


def test_positive_agreement_without_positives() -> None:
    found = positive_agreement([[0, 0], [0, 0]])
    assert math.isnan(found.value)
    assert found.reason == "no positives"
    assert positive_agreement([[1, None]]).reason == "no unit has two ratings"
    with pytest.raises(RatingsError, match="'no'"):
        positive_agreement([["yes", "no"]])
    assert positive_agreement([["yes", "no"], ["yes", "yes"]], positive="yes").value == pytest.approx(2 / 3)


def test_units_that_one_of_two_left_out() -> None:
    with_holes = [*TABLE, [1, None], [None, 0], [None, None]]
    for statistic in (cohen_kappa, scott_pi, krippendorff_alpha, percent_agreement, positive_agreement):
        assert statistic(with_holes).value == pytest.approx(statistic(TABLE).value)
        assert statistic(with_holes).units == 10
    # Gwet's shares are over all rated units: 11 and 1 of 12 units' shares more.
    shares = (0.55 * 10 + 1) / 12
    undecided = 2 * shares * (1 - shares)
    assert gwet_ac(with_holes).value == pytest.approx((0.7 - undecided) / (1 - undecided))
    assert "single" not in gwet_ac(with_holes).conventions["observed"]
    assert "one rating too" in gwet_ac(with_holes).conventions["shares"]


def test_a_rater_who_rated_nothing_changes_nothing() -> None:
    silent = [[*row, None] for row in TABLE]
    for statistic in (fleiss_kappa, conger_kappa, gwet_ac, krippendorff_alpha, percent_agreement):
        assert statistic(silent).value == pytest.approx(statistic(TABLE).value)


def test_categories_that_nobody_used_count_where_chance_knows_them() -> None:
    three = [0, 1, 2]
    assert brennan_prediger(TABLE, categories=three).value == pytest.approx((0.7 - 1 / 3) / (2 / 3))
    assert gwet_ac(TABLE, categories=three).value == pytest.approx((0.7 - 0.55 * 0.45) / (1 - 0.55 * 0.45))
    assert gwet_ac(TABLE, categories=three).conventions["categories"] == "as given"
    for statistic in (cohen_kappa, fleiss_kappa, conger_kappa, krippendorff_alpha):
        assert statistic(TABLE, categories=three).value == pytest.approx(statistic(TABLE).value)


def test_by_category_with_two_is_the_whole() -> None:
    by_category = fleiss_kappa_by_category(TABLE)
    assert by_category[0].value == pytest.approx(fleiss_kappa(TABLE).value)
    assert by_category[1].value == pytest.approx(fleiss_kappa(TABLE).value)


def test_errors_of_one_unit_are_not_computable() -> None:
    for statistic in (fleiss_kappa, gwet_ac, conger_kappa, krippendorff_alpha):
        found = statistic([[1, 0]])
        assert found.value <= 0 or statistic is gwet_ac
        assert math.isnan(found.se)
        assert math.isnan(found.low)


def test_unknown_choices() -> None:
    with pytest.raises(RatingsError, match="'mean'"):
        percent_agreement(TABLE, average="mean")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="'bootstrap'"):
        cohen_kappa(TABLE, variance="bootstrap")  # type: ignore[arg-type]


def test_what_has_no_analytic_error_says_so() -> None:
    for found in (
        positive_agreement(TABLE, interval="analytic"),
        krippendorff_alpha(TABLE, "ordinal", interval="analytic"),
        percent_agreement(TABLE, interval="analytic", average="pairs"),
    ):
        assert found.computable
        assert math.isnan(found.low)
        assert found.reason == "the literature has no analytic interval for it"


def test_a_result_is_ready_for_json() -> None:
    shown = cohen_kappa(TABLE, clusters=list("aabbccddee")).as_dict()
    assert set(shown) >= {"value", "se", "low", "high", "units", "reason", "method", "conventions"}
    assert shown["clusters"] == 5
    assert shown["conventions"]["weights"] == "none: only equal labels agree"
