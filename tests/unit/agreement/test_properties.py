"""What no coefficient of agreement may depend on, over generated ratings."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cothemes.agreement import (
    BinaryTable,
    Result,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    positive_agreement,
    scott_pi,
)

Statistic = Callable[..., Result]
SEVERAL: list[Statistic] = [
    percent_agreement,
    fleiss_kappa,
    conger_kappa,
    brennan_prediger,
    gwet_ac,
    krippendorff_alpha,
]
CORRECTED: list[Statistic] = SEVERAL[1:]
PAIR: list[Statistic] = [cohen_kappa, scott_pi]
LABELS = ["a", "b", "c"]

tables = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([*LABELS, None]), min_size=raters, max_size=raters), min_size=3, max_size=14
    )
)
pairs = st.lists(st.lists(st.sampled_from(LABELS), min_size=2, max_size=2), min_size=3, max_size=14)
quick = settings(max_examples=60, deadline=None)


def same(left: Result, right: Result) -> None:
    for what in ("value", "se", "low", "high"):
        one, other = getattr(left, what), getattr(right, what)
        assert one == pytest.approx(other, abs=1e-9, nan_ok=True), what
    assert left.reason == right.reason
    assert left.units == right.units


@pytest.mark.parametrize("statistic", SEVERAL)
@quick
@given(data=st.data())
def test_neither_the_order_of_raters_nor_of_units(statistic: Statistic, data: st.DataObject) -> None:
    table = data.draw(tables)
    raters = data.draw(st.permutations(range(len(table[0]))))
    units = data.draw(st.permutations(range(len(table))))
    same(statistic(table), statistic([[table[unit][rater] for rater in raters] for unit in units]))


@pytest.mark.parametrize("statistic", PAIR)
@quick
@given(table=pairs, seed=st.integers(0, 99))
def test_nor_of_two(statistic: Statistic, table: list[list[str]], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(table))
    same(statistic(table), statistic([table[place][::-1] for place in order]))


@pytest.mark.parametrize("statistic", [*SEVERAL, *PAIR])
@quick
@given(table=pairs, names=st.sampled_from([(7, 0, 3), ({"x"}, {"x", "y"}, set()), ("zz", "b", "")]))
def test_nor_what_labels_are_called(statistic: Statistic, table: list[list[str]], names: Any) -> None:
    named = dict(zip("abc", names, strict=True))
    same(statistic(table), statistic([[named[label] for label in row] for row in table]))


@pytest.mark.parametrize("statistic", [*SEVERAL, *PAIR])
@quick
@given(table=pairs)
def test_a_rater_agrees_with_a_copy(statistic: Statistic, table: list[list[str]]) -> None:
    found = statistic([[row[0], row[0]] for row in table])
    if len({row[0] for row in table}) > 1 or statistic is percent_agreement:
        assert found.value == pytest.approx(1)
    else:
        assert found.reason == "no variation"


@pytest.mark.parametrize("statistic", [fleiss_kappa, brennan_prediger, gwet_ac, percent_agreement])
@quick
@given(table=pairs)
def test_a_doubled_rater_counts_as_said(statistic: Statistic, table: list[list[str]]) -> None:
    # Each of two raters doubled: of six pairs two agree by force, so that pa becomes 1/3 + 2/3 pa,
    # while the shares of the categories, and so the chance, stay.
    once, twice = statistic(table, interval=None), statistic([row + row for row in table], interval=None)
    assume(once.computable)
    if statistic is percent_agreement:
        assert twice.value == pytest.approx(1 / 3 + 2 / 3 * once.value)
    else:
        expected = once.parts["expected_agreement"]
        observed = 1 / 3 + 2 / 3 * once.parts["observed_agreement"]
        assert twice.value == pytest.approx((observed - expected) / (1 - expected))


@pytest.mark.parametrize("statistic", [*SEVERAL, *PAIR])
@quick
@given(table=pairs)
def test_every_unit_twice_changes_no_share(statistic: Statistic, table: list[list[str]]) -> None:
    once, twice = statistic(table, interval=None), statistic(table + table, interval=None)
    if statistic is krippendorff_alpha:
        # Alpha draws pairs without replacement: 1 - alpha grows by (2N - 1)/(2N - 2).
        assume(once.computable)
        ratings = 2 * len(table)
        assert 1 - twice.value == pytest.approx((1 - once.value) * (2 * ratings - 1) / (2 * ratings - 2))
    else:
        assert twice.value == pytest.approx(once.value, nan_ok=True)


@pytest.mark.parametrize("statistic", [*CORRECTED, *PAIR])
def test_raters_who_guess_agree_by_chance(statistic: Statistic) -> None:
    chance = np.random.default_rng(20)
    table = chance.choice(3, (20_000, 2))
    assert statistic(table, interval=None).value == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("statistic", [fleiss_kappa, conger_kappa, krippendorff_alpha, cohen_kappa, scott_pi])
def test_guessing_with_a_rare_code_is_still_chance(statistic: Statistic) -> None:
    table = np.random.default_rng(21).random((20_000, 2)) < 0.1
    assert statistic(table.astype(int), interval=None).value == pytest.approx(0, abs=0.02)


@quick
@given(table=tables)
def test_no_coefficient_passes_one_or_is_silent_about_nothing(table: list[list[str | None]]) -> None:
    for statistic in SEVERAL:
        found = statistic(table)
        if found.computable:
            assert found.value <= 1 + 1e-12
            assert found.reason is None or math.isnan(found.low)
        else:
            assert found.reason
            assert math.isnan(found.se)
            assert math.isnan(found.low)
            assert math.isnan(found.high)


@quick
@given(table=pairs)
def test_two_complete_raters_join_the_families(table: list[list[str]]) -> None:
    assert cohen_kappa(table).value == pytest.approx(conger_kappa(table).value, nan_ok=True)
    assert scott_pi(table).value == pytest.approx(fleiss_kappa(table).value, nan_ok=True)
    # Alpha is pi on a small-sample correction: 1 - alpha = (1 - pi)(N - 1)/N.
    pi, alpha = scott_pi(table), krippendorff_alpha(table)
    ratings = 2 * len(table)
    assert 1 - alpha.value == pytest.approx((1 - pi.value) * (ratings - 1) / ratings, nan_ok=True)


@quick
@given(table=st.lists(st.lists(st.sampled_from([0, 1]), min_size=2, max_size=3), min_size=3, max_size=12))
def test_with_two_categories_all_distances_are_nominal(table: list[list[int]]) -> None:
    width = min(map(len, table))
    table = [row[:width] for row in table]
    nominal = krippendorff_alpha(table)
    for distance in ("ordinal", "interval", "ratio"):
        assert krippendorff_alpha(table, distance).value == pytest.approx(nominal.value, nan_ok=True)
    sets = [[["x"] if cell else [] for cell in row] for row in table]
    for distance in ("jaccard", "dice", "masi"):
        assert krippendorff_alpha(sets, distance).value == pytest.approx(nominal.value, nan_ok=True)


@quick
@given(
    table=st.lists(st.lists(st.sampled_from([1, 2, 3, 4]), min_size=3, max_size=3), min_size=3, max_size=12),
    shift=st.integers(-5, 5),
    scale=st.sampled_from([0.001, 3, 1e6]),
)
def test_interval_alpha_has_no_unit_and_ordinal_alpha_sees_ranks(
    table: list[list[int]], shift: int, scale: float
) -> None:
    moved = [[shift + scale * cell for cell in row] for row in table]
    bent = [[cell**3 for cell in row] for row in table]
    for distance, other in (("interval", moved), ("ordinal", moved), ("ordinal", bent)):
        one = krippendorff_alpha(table, distance)  # type: ignore[arg-type]
        two = krippendorff_alpha(other, distance)  # type: ignore[arg-type]
        assert one.value == pytest.approx(two.value, nan_ok=True, abs=1e-6)


@quick
@given(
    counts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12),
    seed=st.integers(0, 99),
)
def test_counts_and_ratings_tell_the_same(counts: list[tuple[int, int]], seed: int) -> None:
    clusters = np.random.default_rng(seed).integers(0, 3, len(counts))
    rows = [[1] * ones + [0] * zeros + [None] * (8 - ones - zeros) for ones, zeros in counts]
    table = BinaryTable.of_counts([[ones] for ones, _ in counts], [[zeros] for _, zeros in counts], clusters)
    same(table.alpha()[0], krippendorff_alpha(rows, clusters=clusters))
    same(table.ac1()[0], gwet_ac(rows, clusters=clusters))
    same(table.percent_agreement()[0], percent_agreement(rows, clusters=clusters))
    same(table.positive_agreement()[0], positive_agreement(rows, clusters=clusters))
