"""What a coefficient can be at least, by enumeration; and that no interval reaches beyond it."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

import cothemes.agreement as ag
from cothemes.agreement.possible import least_agreeing, least_alpha, why_withheld
from cothemes.agreement.result import NO_WIDTH, NONE_AGREED, ONE_DISAGREES, OUTSIDE

DISJOINT = [[1, 0]] * 6 + [[0, 1]] * 6 + [[0, 0]] * 108
"""Two raters, 120 passages; each gives the code to six, and never to the same one."""
INTERVIEWS = [number % 9 for number in range(120)]


def given(table: np.ndarray, labels: int) -> list[float]:
    return [float((table == label).sum()) for label in range(labels)]


@pytest.mark.parametrize(("units", "raters", "labels"), [(5, 2, 2), (3, 3, 2), (4, 2, 3)])
def test_the_least_alpha_is_that_of_the_worst_table_with_as_many_ratings(
    units: int, raters: int, labels: int
) -> None:
    """Every table there is. With two labels the bound is met; with three it is never passed."""
    worst: dict[tuple[float, ...], float] = {}
    for cells in product(range(labels), repeat=units * raters):
        table = np.array(cells).reshape(units, raters)
        value = ag.krippendorff_alpha(table, interval=None).value
        if not math.isnan(value):
            key = tuple(given(table, labels))
            worst[key] = min(value, worst.get(key, 1.0))
    assert len(worst) > 5
    for key, value in worst.items():
        bound = least_alpha([raters] * units, key)
        assert bound <= value + 1e-12, key
        if labels == 2:
            assert bound == pytest.approx(value), key


def test_units_with_fewer_ratings_have_less_to_disagree_on() -> None:
    """A unit of three ratings and two of two. Three of one label can be spread so that none meet; of four,
    two meet once, cheapest in the unit of three: 2·1/(3−1) = 1 instead of 2·1/(2−1) = 2."""
    sizes = np.array([3, 2, 2])
    assert least_agreeing(sizes, [3.0], per_pair=False) == 0
    assert least_agreeing(sizes, [4.0], per_pair=False) == pytest.approx(1.0)
    assert least_agreeing(sizes, [4.0], per_pair=True) == pytest.approx(2 / (3 * 2))


def test_the_least_kappa_is_that_of_the_worst_table_with_these_marginals() -> None:
    worst: dict[tuple[int, ...], float] = {}
    for first in product(range(3), repeat=4):
        for second in product(range(3), repeat=4):
            value = ag.cohen_kappa(list(zip(first, second, strict=True)), interval=None).value
            if not math.isnan(value):
                key = tuple(side.count(label) for side in (first, second) for label in range(3))
                worst[key] = min(value, worst.get(key, 1.0))
    for key, value in worst.items():
        shares = [count / 4 for count in key]
        expected = sum(shares[label] * shares[3 + label] for label in range(3))
        meeting = max(0.0, max(key[label] + key[3 + label] for label in range(3)) - 4) / 4
        assert (meeting - expected) / (1 - expected) == pytest.approx(value), key


def test_raters_who_never_agree_have_a_value_and_no_interval() -> None:
    """alpha = 1 − 239·12/(12·228) = −11/228, the least with 12 ratings of 240; positive agreement 0."""
    alpha = ag.krippendorff_alpha(DISJOINT, clusters=INTERVIEWS)
    assert alpha.value == pytest.approx(-11 / 228)
    assert alpha.value == pytest.approx(least_alpha([2] * 120, [228.0, 12.0]))
    assert (math.isnan(alpha.low), math.isnan(alpha.high), alpha.reason) == (True, True, OUTSIDE)
    positive = ag.positive_agreement(DISJOINT, clusters=INTERVIEWS)
    assert (positive.value, math.isnan(positive.low), positive.reason) == (0.0, True, NONE_AGREED)
    kappa = ag.cohen_kappa(DISJOINT, clusters=INTERVIEWS)
    assert kappa.value == pytest.approx(-1 / 19)
    assert math.isnan(kappa.low)
    table = ag.BinaryTable.of_ratings(np.array(DISJOINT)[:, :, None], INTERVIEWS)
    assert table.agreed() == (0,)
    for found in (table.alpha(), table.positive_agreement(), table.ac1()):
        assert (math.isnan(found[0].low), found[0].reason) == (True, NONE_AGREED)
        assert math.isnan(found[0].se), "a standard error would make the interval again"
    # The share of agreeing pairs does not ask for the code: 108 of 120.
    percent = table.percent_agreement()[0]
    assert percent.value == pytest.approx(0.9)
    assert percent.low < 0.9 < percent.high
    # The mirror: each leaves the code out six times and never both. The value is the least there is, too.
    mirror = ag.krippendorff_alpha([[1 - a, 1 - b] for a, b in DISJOINT], clusters=INTERVIEWS)
    assert (mirror.value, math.isnan(mirror.low)) == (pytest.approx(-11 / 228), True)


def test_an_interval_that_leaves_what_is_possible_is_withheld_and_not_cut() -> None:
    """Two of three units agree. With three ratings of either kind two raters cannot be under 1 − 5/3 = −2/3,
    where t(2) would put the lower end."""
    found = ag.krippendorff_alpha([[1, 1], [1, 0], [0, 0]], interval="analytic")
    assert found.value == pytest.approx(1 - 5 * 2 / (2 * 3 * 3))
    assert not math.isnan(found.se)
    assert found.value - 4.3027 * found.se < -2 / 3, "t(2) is 4.3027"
    assert (math.isnan(found.low), math.isnan(found.high), found.method) == (True, True, None)
    assert found.reason == OUTSIDE


def test_high_agreement_is_taken_on_the_logarithm_of_what_is_missing() -> None:
    """Of ten units each, 9, 8, 10 and 9 agree: .9. Left out in turn, 3, 2, 4 and 3 of 30 disagree: logarithms
    −2.302585, −2.708050, −2.014903, −2.302585, mean −2.332031; squares .000867, .141390, .100570, .000867,
    sum .243694; se² = ¾ · .243694, se = .427517; t(3) = 3.182446, reach 1.360550.
    1 − .1·exp(±1.360550) = .6102 and .9744."""
    cells = [[1, 1] if place < agreeing else [1, 0] for agreeing in (9, 8, 10, 9) for place in range(10)]
    clusters = [place // 10 for place in range(40)]
    found = ag.percent_agreement(cells, clusters=clusters)
    assert found.value == pytest.approx(0.9)
    assert [found.low, found.high] == pytest.approx([0.6102, 0.9744], abs=1e-4)
    assert found.method == "delete-one-cluster jackknife of log(1 - x), t(3)"
    # Under .5 the interval is the plain one.
    turned = ag.percent_agreement([[1, 0] if a == b else [1, 1] for a, b in cells], clusters=clusters)
    assert turned.value == pytest.approx(0.1)
    assert turned.method is None or "log" not in turned.method


def test_all_disagreement_in_one_interview_has_no_interval() -> None:
    cells = [[1, 1], [0, 0]] * 20 + [[1, 0]]
    found = ag.krippendorff_alpha(cells, clusters=[place % 10 for place in range(41)])
    assert (math.isnan(found.low), found.reason) == (True, ONE_DISAGREES)
    perfect = ag.krippendorff_alpha(cells[:40], clusters=[place % 10 for place in range(40)])
    assert (perfect.value, math.isnan(perfect.low), perfect.reason) == (1.0, True, NO_WIDTH)


def test_an_analytic_end_over_one_is_cut_and_said_to_be() -> None:
    """The programs that print it cut it there, and the reference values are theirs."""
    cells = [[1, 1]] * 9 + [[0, 0]] * 9 + [[1, 0]]
    found = ag.krippendorff_alpha(cells, interval="analytic")
    assert found.high == 1.0
    assert found.method is not None
    assert found.method.endswith("the upper end cut to 1")


@pytest.mark.parametrize(
    ("ends", "bounds", "reason"),
    [
        ((0.1, 0.9), (0.0, 1.0), None),
        ((0.0, 1.0), (0.0, 1.0), None),
        ((-0.1, 0.9), (0.0, 1.0), OUTSIDE),
        ((0.1, 1.1), (0.0, 1.0), OUTSIDE),
        ((0.5, 0.5), (0.0, 1.0), NO_WIDTH),
        ((math.nan, math.nan), (0.0, 1.0), None),
    ],
)
def test_which_intervals_are_given(
    ends: tuple[float, float], bounds: tuple[float, float], reason: str | None
) -> None:
    assert why_withheld(*ends, *bounds) == reason


SETS = [frozenset(), frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("abc")]
ON_NUMBERS: list[tuple[Any, dict[str, Any], float]] = [
    (ag.krippendorff_alpha, {}, -1.0),
    (ag.krippendorff_alpha, {"distance": "ordinal"}, -2.0),
    (ag.krippendorff_alpha, {"distance": "interval"}, -2.0),
    (ag.krippendorff_alpha, {"distance": "ratio"}, -2.0),
    (ag.krippendorff_alpha, {"weights": "linear"}, -9.0),
    (ag.fleiss_kappa, {}, -2.0),
    (ag.conger_kappa, {}, -2.0),
    (ag.gwet_ac, {}, -2.0),
    (ag.brennan_prediger, {}, -2.0),
    (ag.percent_agreement, {}, 0.0),
]


def random_table(chance: np.random.Generator, raters: int) -> tuple[np.ndarray, list[int]]:
    """Units × raters with gaps, of any prevalence and skill, in two to twelve interviews."""
    units, interviews = int(chance.integers(2, 60)), int(chance.integers(2, 13))
    truth = chance.random(units) < chance.beta(0.7, 0.7)
    wrong = chance.random((units, raters)) < chance.beta(0.5, 2)
    table = (truth[:, None] ^ wrong).astype(float)
    table[chance.random(table.shape) < 0.1] = np.nan
    return table, chance.integers(0, interviews, units).tolist()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("seed", range(40))
def test_no_interval_is_without_width_or_reaches_beyond_what_is_possible(seed: int) -> None:
    chance = np.random.default_rng([seed, 5])
    raters = 2 + seed % 3
    table, clusters = random_table(chance, raters)
    sets = [
        [None if math.isnan(x) else SETS[(int(x) + place) % 5] for x in row]
        for place, row in enumerate(table)
    ]
    calls = [
        (lambda kind, f=f, o=o: f(table, clusters=clusters, interval=kind, replicates=60, **o), least)
        for f, o, least in ON_NUMBERS
    ]
    calls += [
        (
            lambda kind, d=d: ag.krippendorff_alpha(sets, d, clusters=clusters, interval=kind, replicates=60),
            -9.0,
        )
        for d in ("jaccard", "dice", "masi", "masi_product")
    ]
    if raters == 2:
        calls.append(
            (lambda kind: ag.cohen_kappa(table, clusters=clusters, interval=kind, replicates=60), -1.0)
        )
    for call, least in calls:
        for kind in ("jackknife", "bootstrap", "analytic"):
            found = call(kind)
            if math.isnan(found.low):
                assert math.isnan(found.high)
                assert found.reason, (found, kind)
                continue
            assert least - 1e-9 <= found.low < found.high <= 1 + 1e-9
    size = (~np.isnan(table)).sum(axis=1)
    both = size >= 2
    ones, zeros = (table[both] == 1).sum(), (table[both] == 0).sum()
    alpha = ag.krippendorff_alpha(table, clusters=clusters)
    if not math.isnan(alpha.low):
        assert alpha.low >= least_alpha(size[both], [float(ones), float(zeros)]) - 1e-9
    codes = ag.BinaryTable.of_ratings(table[:, :, None], clusters)
    (of_code,) = codes.alpha()
    if codes.agreed() == (0,):
        assert math.isnan(of_code.low)
    else:
        assert [of_code.low, of_code.high] == pytest.approx([alpha.low, alpha.high], nan_ok=True)


def test_the_bounds_hold_for_random_tables_of_every_kind() -> None:
    """Whatever the table, no value lies under the least that is given for it."""
    for seed in range(60):
        chance = np.random.default_rng([seed, 6])
        table, _ = random_table(chance, 3)
        size = (~np.isnan(table)).sum(axis=1)
        ones, zeros = (float((table[size >= 2] == label).sum()) for label in (1, 0))
        value = ag.krippendorff_alpha(table, interval=None).value
        if not math.isnan(value):
            assert least_alpha(size[size >= 2], [ones, zeros]) <= value + 1e-12
