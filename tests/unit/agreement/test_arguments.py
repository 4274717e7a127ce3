"""Every public statistic refuses what it would score as something else, and says where it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cothemes.agreement as ag
from cothemes.agreement.exact_share import clopper_pearson
from cothemes.errors import RatingsError

INF, NAN = math.inf, math.nan
TABLE = [[1, 1], [1, 0], [0, 0], [0, 1]]
PEOPLE = [[0, 0, 1], [1, 1, 1]] * 20
MODEL = [0, 1] * 20
SPANS = {"a": [(0, 4, "x")], "b": [(1, 5, "x")]}
AGREEMENT: dict[str, Callable[..., Any]] = {
    "percent_agreement": ag.percent_agreement,
    "positive_agreement": ag.positive_agreement,
    "cohen_kappa": ag.cohen_kappa,
    "scott_pi": ag.scott_pi,
    "fleiss_kappa": ag.fleiss_kappa,
    "fleiss_kappa_by_category": ag.fleiss_kappa_by_category,
    "conger_kappa": ag.conger_kappa,
    "brennan_prediger": ag.brennan_prediger,
    "gwet_ac": ag.gwet_ac,
    "krippendorff_alpha": ag.krippendorff_alpha,
    "specific_agreement": ag.specific_agreement,
}
WEIGHTED = [
    "percent_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "brennan_prediger",
    "gwet_ac",
    "krippendorff_alpha",
]


def refused(call: Callable[[], Any], *words: str) -> None:
    with pytest.raises(RatingsError) as raised:
        call()
    assert raised.value.hint
    for word in words:
        assert word in raised.value.message


TABLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "number and word": ([[1, 1], [1, "1"]], ("unit 1, rater 1", "'1'")),
    "word and number": ([["0", "1"], ["1", 0]], ("unit 1, rater 1",)),
    "set and word": ([[["a"], "a"]], ("unit 0, rater 1", "'a'")),
    "set and number": ([[{1}, 1]], ("unit 0, rater 1",)),
    "infinite": ([[1, 0], [INF, 0]], ("unit 1, rater 0", "inf")),
    "infinite array": (np.array([[1, 0], [0, -INF]]), ("unit 1, rater 1", "-inf")),
    "rows of two lengths": ([[1, 0], [1]], ("row 1",)),
    "a row that is a word": (["10", "01"], ("row 0",)),
    "flat": ([1, 0, 1], ("row 0",)),
    "three dimensions": (np.zeros((2, 2, 2)), ("3 dimension",)),
}


@pytest.mark.parametrize("name", AGREEMENT)
@pytest.mark.parametrize("table", TABLES)
def test_tables_that_cannot_be_scored(name: str, table: str) -> None:
    refused(lambda: AGREEMENT[name](TABLES[table][0]), *TABLES[table][1])


OPTIONS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "clusters short": ({"clusters": ["a"]}, ("1 clusters", "4 units")),
    "clusters long": ({"clusters": list("abcde")}, ("5 clusters",)),
    "cluster missing": ({"clusters": ["a", None, "b", "b"]}, ("unit 1",)),
    "cluster NaN": ({"clusters": [1.0, 2.0, NAN, 1.0]}, ("unit 2",)),
    "cluster empty": ({"clusters": ["a", "b", "", "b"]}, ("unit 2",)),
    "cluster negative": ({"clusters": [0, 1, 1, -1]}, ("unit 3", "-1")),
    "cluster infinite": ({"clusters": [0, 1, 1, INF]}, ("unit 3",)),
    "clusters mixed": ({"clusters": [1, "1", 2, "2"]}, ("unit 1", "'1'")),
    "clusters a set": ({"clusters": {1, 2, 3, 4}}, ("clusters is set",)),
    "clusters a mapping": ({"clusters": {1: 1, 2: 2, 3: 3, 4: 4}}, ("clusters is dict",)),
    "clusters a number": ({"clusters": 4}, ("clusters is int",)),
    "cluster a list": ({"clusters": [["a"], "b", "c", "d"]}, ("unit 0",)),
    "interval": ({"interval": "wald"}, ("'wald'",)),
    "jackknife of nothing": ({"interval": "jackknife"}, ("clusters=",)),
    "level 0": ({"level": 0}, ("level=0",)),
    "level 1": ({"level": 1}, ("level=1",)),
    "level 95": ({"level": 95}, ("level=95",)),
    "level NaN": ({"level": NAN}, ("level=nan",)),
    "level a word": ({"level": "0.95"}, ("level='0.95'",)),
    "replicates 1": ({"replicates": 1}, ("replicates=1",)),
    "replicates 2.5": ({"replicates": 2.5}, ("replicates=2.5",)),
    "seed negative": ({"seed": -1}, ("seed=-1",)),
    "seed a word": ({"seed": "1"}, ("seed='1'",)),
}


@pytest.mark.parametrize("name", AGREEMENT)
@pytest.mark.parametrize("option", OPTIONS)
def test_options_that_mean_nothing(name: str, option: str) -> None:
    refused(lambda: AGREEMENT[name](TABLE, **OPTIONS[option][0]), *OPTIONS[option][1])


WEIGHTS: dict[str, Any] = {
    "above 1": [[1, 1.5], [1.5, 1]],
    "below 0": [[1, -0.5], [-0.5, 1]],
    "NaN": [[1, NAN], [NAN, 1]],
    "infinite": [[1, INF], [INF, 1]],
    "words": [["1", "0"], ["0", "1"]],
    "another size": [[1]],
    "not symmetric": [[1, 0.2], [0.4, 1]],
    "diagonal": [[0.5, 0], [0, 0.5]],
    "unknown": "heavy",
}


@pytest.mark.parametrize("name", WEIGHTED)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_weights_lie_between_none_and_full_agreement(name: str, weights: str) -> None:
    refused(lambda: AGREEMENT[name](TABLE, weights=WEIGHTS[weights]))


def call(name: str, *given: Any, **options: Any) -> Callable[[], Any]:
    return lambda: getattr(ag, name)(*given, **options)


FAULTS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    # categories, distances, names of options
    "category twice": (call("gwet_ac", TABLE, categories=[0, 1, 1]), ("twice",)),
    "rating outside": (call("gwet_ac", TABLE, categories=[0, 2]), ("1",)),
    "positive a word": (call("positive_agreement", TABLE, positive="1"), ("'1'",)),
    "positive open": (call("positive_agreement", [["a", "b"]]), ("'a'",)),
    "positive 0.5": (call("positive_agreement", [[0.5, 1]]), ("0.5",)),
    "average": (call("percent_agreement", TABLE, average="means"), ("'means'",)),
    "variance": (call("cohen_kappa", TABLE, variance="1960"), ("'1960'",)),
    "distance": (call("krippendorff_alpha", TABLE, "euclid"), ("'euclid'",)),
    "distance and weights": (call("krippendorff_alpha", TABLE, "interval", weights="linear"), ()),
    "distance of words": (call("krippendorff_alpha", [["a", "b"]], "interval"), ("'a'",)),
    "ratio below 0": (call("krippendorff_alpha", [[-1, 2], [1, 2]], "ratio"), ("-1",)),
    "sets of words": (call("krippendorff_alpha", [["a", "b"]], "jaccard"), ("'a'",)),
    "function below 0": (call("krippendorff_alpha", TABLE, lambda _a, _b: -1.0), ("-1",)),
    "function infinite": (call("krippendorff_alpha", TABLE, lambda _a, _b: INF), ("inf",)),
    "set distance": (call("set_distance", "euclid", ["a"], ["b"]), ("'euclid'",)),
    "set of letters": (call("set_distance", "jaccard", "care", ["care"]), ("'care'",)),
    "no set": (call("set_distance", "jaccard", None, ["a"]), ("None",)),
    # select_threshold
    "confidence 1.2": (call("select_threshold", [0.5, 1.2], [1, 1]), ("confidence", "1.2 at 1")),
    "confidence -0.1": (call("select_threshold", [-0.1], [1]), ("-0.1 at 0",)),
    "confidence infinite": (call("select_threshold", [0.5, INF], [1, 1]), ("inf at 1",)),
    "confidence NaN": (call("select_threshold", [0.5, NAN], [1, 1]), ("at 1",)),
    "confidence None": (call("select_threshold", [None], [1]), ("at 0",)),
    "confidence a word": (call("select_threshold", ["0.9"], [1]), ("'0.9' at 0",)),
    "confidence a set": (call("select_threshold", {0.9}, [1]), ("confidence is set",)),
    "correct 'False'": (call("select_threshold", [0.9, 0.9], [True, "False"]), ("correct", "'False' at 1")),
    "correct 'true'": (call("select_threshold", [0.9], ["true"]), ("'true' at 0",)),
    "correct '0'": (call("select_threshold", [0.9], ["0"]), ("'0' at 0",)),
    "correct 0.5": (call("select_threshold", [0.9], [0.5]), ("0.5 at 0",)),
    "correct 2": (call("select_threshold", [0.9], [2]), ("2 at 0",)),
    "correct None": (call("select_threshold", [0.9], [None]), ("None at 0",)),
    "correct NaN": (call("select_threshold", [0.9], [NAN]), ("nan at 0",)),
    "correct a list": (call("select_threshold", [0.9], [[1]]), ("[1] at 0",)),
    "correct an array of words": (call("select_threshold", [0.9], np.array(["False"])), ("at 0",)),
    "correct short": (call("select_threshold", [0.9, 0.8], [1]), ("2 confidences and 1",)),
    "precision 0": (call("select_threshold", [0.9], [1], 0), ("precision=0",)),
    "precision 90": (call("select_threshold", [0.9], [1], 90), ("precision=90",)),
    "precision NaN": (call("select_threshold", [0.9], [1], NAN), ("precision=nan",)),
    "precision True": (call("select_threshold", [0.9], [1], True), ("precision=True",)),
    "delta 1": (call("select_threshold", [0.9], [1], 0.9, 1), ("delta=1",)),
    "delta a word": (call("select_threshold", [0.9], [1], 0.9, "0.1"), ("delta='0.1'",)),
    "grid above 1": (call("select_threshold", [0.9], [1], grid=[99, 50]), ("grid", "99 at 0")),
    "grid rises": (call("select_threshold", [0.9], [1], grid=[0.5, 0.6]), ("fall",)),
    # binomial_p, clopper_pearson_upper
    "errors above count": (call("binomial_p", 5, 6, 0.1), ("errors=6 of count=5",)),
    "errors negative": (call("binomial_p", 5, -1, 0.1), ("errors=-1",)),
    "errors 1.5": (call("binomial_p", 5, 1.5, 0.1), ("errors=1.5",)),
    "rate 10": (call("binomial_p", 5, 1, 10), ("rate=10",)),
    "upper of too many": (call("clopper_pearson_upper", 5, 6, 0.1), ("errors=6",)),
    "upper delta": (call("clopper_pearson_upper", 5, 1, 0), ("delta=0",)),
    # ppi_mean
    "power 7": (call("ppi_mean", [1, 0], [1, 0], [1, 0], power=7), ("power=7",)),
    "power -1": (call("ppi_mean", [1, 0], [1, 0], [1, 0], power=-1), ("power=-1",)),
    "power NaN": (call("ppi_mean", [1, 0], [1, 0], [1, 0], power=NAN), ("power=nan",)),
    "power 'best'": (call("ppi_mean", [1, 0], [1, 0], [1, 0], power="best"), ("power='best'",)),
    "ppi level": (call("ppi_mean", [1, 0], [1, 0], [1, 0], level=95), ("level=95",)),
    "ppi infinite": (call("ppi_mean", [1, INF], [1, 0], [1, 0]), ("labels", "inf at 1")),
    "ppi word": (call("ppi_mean", ["1", 0], [1, 0], [1, 0]), ("labels", "'1' at 0")),
    "ppi predictions": (call("ppi_mean", [1, 0], [1, "True"], [1, 0]), ("predictions", "'True' at 1")),
    "ppi others": (call("ppi_mean", [1, 0], [1, 0], [INF, 0]), ("unlabelled_predictions", "inf at 0")),
    "ppi lengths": (call("ppi_mean", [1, 0], [1], [1, 0]), ("2 labels and 1 predictions",)),
    "ppi clusters": (
        call("ppi_mean", [1, 0], [1, 0], [1, 0], clusters=["a", "b"]),
        ("2 clusters", "4 units"),
    ),
    "ppi mapping": (call("ppi_mean", {0: 1, 1: 0}, [1, 0], [1, 0]), ("labels is dict",)),
    "ppi two dimensions": (call("ppi_mean", np.eye(2), [1, 0], [1, 0]), ("labels",)),
    # dsl_mean
    "mark 'False'": (call("dsl_mean", [1, 0], [1, 0], [True, "False"], [0.5, 0.5]), ("labelled", "at 1")),
    "mark None": (call("dsl_mean", [1, 0], [1, 0], [True, None], [0.5, 0.5]), ("labelled", "at 1")),
    "mark 0.5": (call("dsl_mean", [1, 0], [1, 0], [1, 0.5], [0.5, 0.5]), ("labelled", "0.5 at 1")),
    "probability 0": (call("dsl_mean", [1, 0], [1, 0], [1, 1], [0.5, 0]), ("unit 1",)),
    "probability 2": (call("dsl_mean", [1, 0], [1, 0], [1, 1], [0.5, 2]), ("unit 1", "2")),
    "probability infinite": (call("dsl_mean", [1, 0], [1, 0], [1, 1], [0.5, INF]), ("inf at 1",)),
    "probability a word": (call("dsl_mean", [1, 0], [1, 0], [1, 1], [0.5, "1"]), ("'1' at 1",)),
    "dsl label": (call("dsl_mean", [1, 0], ["yes", 0], [1, 1], [0.5, 0.5]), ("'yes' at 0",)),
    "dsl lengths": (call("dsl_mean", [1, 0], [1, 0], [1], [0.5, 0.5]), ("1 marks",)),
    # calibration
    "truth 'False'": (call("brier_score", [1, "False"], [0.5, 0.5]), ("truth", "'False' at 1")),
    "truth 0.5": (call("brier_score", [0.5], [0.5]), ("0.5 at 0",)),
    "truth NaN": (call("brier_score", [NAN], [0.5]), ("nan at 0",)),
    "stated 1.1": (call("brier_score", [1], [1.1]), ("probability", "1.1 at 0")),
    "stated a word": (call("brier_score", [1], ["0.5"]), ("'0.5' at 0",)),
    "stated percent": (call("reliability_bins", [1], [55]), ("55 at 0",)),
    "bins 0": (call("expected_calibration_error", [1], [0.5], 0), ("bins=0",)),
    "bins -1": (call("reliability_bins", [1], [0.5], -1), ("bins=-1",)),
    "bins 2.5": (call("reliability_bins", [1], [0.5], 2.5), ("bins=2.5",)),
    "bins NaN": (call("expected_calibration_error", [1], [0.5], NAN), ("bins=nan",)),
    # alt_test
    "epsilon 1": (call("alt_test", MODEL, PEOPLE, 1), ("epsilon=1",)),
    "epsilon negative": (call("alt_test", MODEL, PEOPLE, -0.1), ("epsilon=-0.1",)),
    "epsilon a word": (call("alt_test", MODEL, PEOPLE, "0.1"), ("epsilon='0.1'",)),
    "q 5": (call("alt_test", MODEL, PEOPLE, 0.1, q=5), ("q=5",)),
    "scoring, few units": (call("alt_test", [1], [[1, 0]], 0.1, "best"), ("'best'",)),
    "scoring NaN": (call("alt_test", MODEL, PEOPLE, 0.1, lambda _own, _others: NAN), ("scoring=",)),
    "model short": (call("alt_test", MODEL[1:], PEOPLE, 0.1), ("39 units", "40")),
    "people flat": (call("alt_test", MODEL, MODEL, 0.1), ("row 0 of humans",)),
    "people a word": (call("alt_test", [1], ["10"], 0.1), ("row 0 of humans",)),
    "people by name, listed": (call("alt_test", {1: 1}, {"ann": [1]}, 0.1), ("'ann'",)),
    "model mixed": (call("alt_test", ["0", *MODEL[1:]], PEOPLE, 0.1), ("unit 0",)),
    # prompt_stability
    "runs by name": (call("prompt_stability", {"a": [1, 0], "b": [1, 0]}), ("runs is dict",)),
    "run a set": (call("prompt_stability", [{1, 0}, [1, 0]]), ("run 0 is set",)),
    "run a number": (call("prompt_stability", [1, 0]), ("run 0 is int",)),
    "runs mixed": (call("prompt_stability", [[1, 0], ["1", "0"]]), ("unit 0, rater 1",)),
    "runs infinite": (call("prompt_stability", [[1, 0], [1, INF]]), ("unit 1, rater 1",)),
    # unitizing_alpha
    "span inverted": (call("unitizing_alpha", {"a": [(4, 2, "x")], "b": []}, 9), ("4 to 2",)),
    "span empty": (call("unitizing_alpha", {"a": [(4, 4, "x")], "b": []}, 9), ("4 to 4",)),
    "span beyond": (call("unitizing_alpha", {"a": [(4, 10, "x")], "b": []}, 9), ("4 to 10",)),
    "span before": (call("unitizing_alpha", {"a": [(-1, 3, "x")], "b": []}, 9), ("-1 to 3",)),
    "span 1.5": (call("unitizing_alpha", {"a": [(1.5, 3, "x")], "b": []}, 9), ("1.5",)),
    "span infinite": (call("unitizing_alpha", {"a": [(1, INF, "x")], "b": []}, 9), ("inf",)),
    "span of a word": (call("unitizing_alpha", {"a": [("1", 3, "x")], "b": []}, 9), ("1",)),
    "span true": (call("unitizing_alpha", {"a": [(True, 3, "x")], "b": []}, 9), ("True",)),
    "span without a code": (call("unitizing_alpha", {"a": [(1, 3, None)], "b": []}, 9), ("None",)),
    "span of two cells": (call("unitizing_alpha", {"a": [(1, 3)], "b": []}, 9), ("(1, 3)",)),
    "spans overlap": (call("unitizing_alpha", {"a": [(0, 5, "x"), (4, 6, "y")], "b": []}, 9), ("4 to 6",)),
    "span twice": (
        call("unitizing_alpha", {"a": [(0, 5, "x"), (0, 5, "x")], "b": []}, 9, "1995"),
        ("0 to 5",),
    ),
    "length 0": (call("unitizing_alpha", SPANS, 0), ("length 0",)),
    "length 9.5": (call("unitizing_alpha", SPANS, 9.5), ("9.5",)),
    "length infinite": (call("unitizing_alpha", SPANS, INF), ("inf",)),
    "begin a word": (call("unitizing_alpha", SPANS, 9, begin="0"), ("begins at 0",)),
    "family": (call("unitizing_alpha", SPANS, 9, "1066"), ("'1066'",)),
    "self pairing": (call("unitizing_alpha", SPANS, 9, self_pairing="all"), ("'all'",)),
    # BinaryTable
    "counts -1": (lambda: ag.BinaryTable.of_counts([[-1]], [[1]], ["a"]), ()),
    "counts 0.5": (lambda: ag.BinaryTable.of_counts([[0.5]], [[1]], ["a"]), ()),
    "counts NaN": (lambda: ag.BinaryTable.of_counts([[NAN]], [[1]], ["a"]), ()),
    "counts infinite": (lambda: ag.BinaryTable.of_counts([[INF]], [[1]], ["a"]), ()),
    "counts of words": (lambda: ag.BinaryTable.of_counts([["1"]], [["1"]], ["a"]), ()),
    "counts shapes": (lambda: ag.BinaryTable.of_counts([[1, 2]], [[1]], ["a"]), ("(1, 2)",)),
    "ratings 2": (lambda: ag.BinaryTable.of_ratings([[[2]]], ["a"]), ()),
    "ratings 0.5": (lambda: ag.BinaryTable.of_ratings([[[0.5]]], ["a"]), ()),
    "ratings infinite": (lambda: ag.BinaryTable.of_ratings([[[-INF]]], ["a"]), ()),
    "ratings of words": (lambda: ag.BinaryTable.of_ratings([[["1"]]], ["a"]), ()),
    "ratings None": (lambda: ag.BinaryTable.of_ratings([[[None]]], ["a"]), ()),
    "table level": (lambda: ag.BinaryTable.of_counts([[1]], [[1]], ["a"]).alpha(level=95), ("level=95",)),
    "table interval": (lambda: ag.BinaryTable.of_counts([[1]], [[1]], ["a"]).alpha("wald"), ("'wald'",)),  # type: ignore[arg-type]
    # exact shares
    "positives above units": (lambda: clopper_pearson(3, 2), ("positives=3",)),
    "no units": (lambda: clopper_pearson(0, 0), ("units=0",)),
    "exact level": (lambda: clopper_pearson(0, 5, 95), ("level=95",)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_arguments_that_mean_nothing(fault: str) -> None:
    refused(FAULTS[fault][0], *FAULTS[fault][1])


def test_every_public_function_is_tried() -> None:
    tried = {*AGREEMENT, *(name for name in ag.__all__ if name[0].isupper())}
    tried |= {
        cell.cell_contents
        for make, _ in FAULTS.values()
        for cell in make.__closure__ or ()
        if isinstance(cell.cell_contents, str)
    }
    assert set(ag.__all__) - tried == set()


EMPTY: dict[str, Callable[[], Any]] = {
    **{name: (lambda made=made: made([])) for name, made in AGREEMENT.items()},  # type: ignore[misc]
    "ppi_mean": lambda: ag.ppi_mean([], [], []),
    "dsl_mean": lambda: ag.dsl_mean([], [], [], []),
    "select_threshold": lambda: ag.select_threshold([], []),
    "brier_score": lambda: ag.brier_score([], []),
    "expected_calibration_error": lambda: ag.expected_calibration_error([], []),
    "alt_test": lambda: ag.alt_test([], [], 0.1),
    "prompt_stability": lambda: ag.prompt_stability([]),
    "unitizing_alpha": lambda: ag.unitizing_alpha({}, 9),
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_at_all_has_a_reason_and_no_value(name: str) -> None:
    found = EMPTY[name]()
    if isinstance(found, dict):
        assert found == {}
    else:
        assert math.isnan(found.value)
        assert found.reason


@pytest.mark.parametrize(
    "marks",
    [
        [True, False, True],
        [1, 0, 1],
        [1.0, 0.0, 1.0],
        np.array([True, False, True]),
        np.array([1, 0, 1]),
        list(np.array([True, False, True])),
        pd.Series([True, False, True]),
        (mark for mark in (1, 0, 1)),
    ],
)
def test_true_and_false_in_every_form_that_means_them(marks: Any) -> None:
    assert ag.brier_score(marks, [0.5, 0.5, 1.0]).value == pytest.approx(0.5 / 3)


def test_numpy_and_pandas_hold_the_same_as_lists() -> None:
    labels, near, far = [1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 1]
    lists = ag.ppi_mean(labels, near, far, clusters=list("aabb"), unlabelled_clusters=list("abb"))
    arrays = ag.ppi_mean(
        np.array(labels),
        np.array(near, dtype=np.float32),
        pd.Series(far),
        clusters=np.array(list("aabb")),
        unlabelled_clusters=np.array(list("abb")),
    )
    found, expected = ((each.value, each.low, each.parts["corrected"]) for each in (arrays, lists))
    assert found == pytest.approx(expected)
    people = pd.DataFrame(PEOPLE, columns=["ann", "bob", "cy"])
    assert ag.alt_test(MODEL, people, 0.1).value == ag.alt_test(MODEL, PEOPLE, 0.1).value


@pytest.mark.parametrize("name", AGREEMENT)
def test_an_iterator_is_read_as_its_list_and_twice_gives_the_same(name: str) -> None:
    table, clusters = [[1, 0], [1, 1], [0, 0], [1, 1]], list("aabb")
    first = AGREEMENT[name](table, clusters=clusters)
    assert repr(AGREEMENT[name](iter(table), clusters=iter(clusters))) == repr(first)
    assert repr(AGREEMENT[name](table, clusters=clusters)) == repr(first)


words = st.sampled_from(["0", "1", "true", "false", "True", "False", "yes", "no", "", "nan", "None"])
not_marks = (
    words
    | st.none()
    | st.floats().filter(lambda x: x not in (0, 1))
    | st.integers(2)
    | st.integers(max_value=-1)
)


@given(st.lists(st.booleans(), min_size=1, max_size=8), not_marks, st.data())
def test_no_entry_is_taken_for_true_or_false(marks: list[bool], wrong: Any, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(marks) - 1))
    mixed: list[Any] = [*marks]
    mixed[place] = wrong
    half = [0.5] * len(marks)
    for made in (
        lambda: ag.select_threshold(half, mixed),
        lambda: ag.dsl_mean(half, half, mixed, half),
        lambda: ag.brier_score(mixed, half),
        lambda: ag.expected_calibration_error(mixed, half),
        lambda: ag.reliability_bins(mixed, half),
    ):
        refused(made, f"at {place}")


not_shares = (
    st.floats(1, exclude_min=True)
    | st.floats(max_value=0, exclude_max=True).filter(lambda x: x < 0)
    | st.just(NAN)
    | words
    | st.none()
)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), not_shares, st.data())
def test_no_entry_is_taken_for_a_share(stated: list[float], wrong: Any, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(stated) - 1))
    mixed: list[Any] = [*stated]
    mixed[place] = wrong
    truth = [1] * len(stated)
    for made in (
        lambda: ag.select_threshold(mixed, truth),
        lambda: ag.brier_score(truth, mixed),
        lambda: ag.expected_calibration_error(truth, mixed),
    ):
        refused(made, f"at {place}")


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60),
    st.lists(st.booleans(), min_size=2, max_size=60),
    st.sampled_from([0.0, 0.5, 1.0, "tuned"]),
    st.booleans(),
)
def test_an_interval_of_a_share_holds_it_and_has_width(
    near: list[tuple[bool, bool]], far: list[bool], power: Any, clustered: bool
) -> None:
    labels, predictions = [list(side) for side in zip(*near, strict=True)]
    groups: dict[str, Any] = (
        {
            "clusters": [n % 3 for n in range(len(near))],
            "unlabelled_clusters": [n % 3 for n in range(len(far))],
        }
        if clustered
        else {}
    )
    count = len(near)
    marks = [True] * count + [False] * len(far)
    drawn = [count / (count + len(far))] * len(marks)
    unequal = [0.05 + 0.9 * ((7 * n) % 11) / 11 for n in range(len(marks))]
    given = [*labels, *[None] * len(far)]
    found = [ag.ppi_mean(labels, predictions, far, power=power, **groups)]
    found += [ag.dsl_mean([*predictions, *far], given, marks, chance) for chance in (drawn, unequal)]
    for each in found:
        assert 0 <= each.low < each.high <= 1
        if min(sum(labels), count - sum(labels)) < 10:
            assert each.low <= each.value <= each.high
            assert math.isnan(each.se)
        else:
            assert each.value == each.parts["corrected"]


@pytest.mark.parametrize(
    "name",
    [
        "cohen_kappa", "conger_kappa", "fleiss_kappa", "brennan_prediger", "gwet_ac", "percent_agreement",
        "positive_agreement",
    ],
)  # fmt: skip
def test_two_lists_of_ratings_are_answered_with_the_right_call(name: str) -> None:
    with pytest.raises(RatingsError, match="one table of ratings") as caught:
        getattr(ag, name)([1, 0, 1], [1, 0, 0])
    assert f"{name}(list(zip(first, second)))" in (caught.value.hint or "")


def test_hints_of_power_and_level_name_what_may_be_given() -> None:
    with pytest.raises(RatingsError) as power:
        ag.ppi_mean([1, 0], [1, 0], [1, 0], power=7)
    assert "'tuned'" in (power.value.hint or "")
    for made in (
        lambda: ag.ppi_mean([1, 0], [1, 0], [1, 0], level=95),
        lambda: ag.cohen_kappa([[1, 0], [0, 0]], level=95),
    ):
        with pytest.raises(RatingsError) as level:
            made()
        assert "such as 0.95" in (level.value.hint or "")


def test_an_ordinal_alpha_without_an_interval_says_why() -> None:
    rows = [[1, 2], [2, 2], [3, 4], [4, 4], [1, 1], [2, 3]]
    found = ag.krippendorff_alpha(rows, "ordinal")
    assert math.isnan(found.low)
    assert "clusters" in (found.reason or "")
    assert ag.krippendorff_alpha(rows, "ordinal", interval=None).reason is None
    assert ag.krippendorff_alpha(rows, "ordinal", clusters=list("aabbcc")).se > 0
