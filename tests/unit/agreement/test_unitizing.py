"""Unitizing alphas against published values, in closed form, and on spans that are none."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.agreement import UnitizingResult, krippendorff_alpha, unitizing_alpha
from cothemes.errors import RatingsError

CASES = json.loads((Path(__file__).parent / "vectors" / "unitizing.json").read_text(encoding="utf-8"))[
    "cases"
]
CASES_1995 = [case for case in CASES if case["family"] == "1995"]
CASES_2016 = [case for case in CASES if case["family"] == "2016"]
READINGS = [case for case in CASES_2016 if "readings" in case]


def found(case: dict[str, Any], **options: Any) -> UnitizingResult:
    scale = case["stretch"]
    spans = {
        rater: [(start * scale, end * scale, value) for start, end, value in marked]
        for rater, marked in case["spans"].items()
    }
    return unitizing_alpha(
        spans, case["length"] * scale, case["family"], begin=case["begin"] * scale, **options
    )


def tolerance(case: dict[str, Any], key: str) -> float:
    given = case["tolerance"]
    return float(given.get(key, given.get("*", 0))) if isinstance(given, dict) else float(given)


@pytest.mark.parametrize("case", CASES_1995, ids=lambda case: case["name"])
def test_the_alpha_of_1995(case: dict[str, Any]) -> None:
    result = found(case)
    for key, expected in case["expect"].items():
        what, value = key.rsplit("_", 1)
        got = {
            "Do": lambda value: result.by_value[value].parts["observed_disagreement"],
            "De": lambda value: result.by_value[value].parts["expected_disagreement"],
            "alpha_u": lambda value: result.by_value[value].value,
            "alpha_u_limit": lambda value: result.by_value[value].value,
            "alpha": lambda _: result.value,
        }[what](value)
        assert got == pytest.approx(expected, abs=tolerance(case, key)), key


@pytest.mark.parametrize("case", CASES_2016, ids=lambda case: case["name"])
def test_the_family_of_2016(case: dict[str, Any]) -> None:
    result = found(case)
    for key, expected in case["expect"].items():
        if key.startswith("ku_"):
            got = result.by_value[key[3:]].value
        elif key == "cu_coverage":
            got = result.members["cu"].parts["coverage"]
        else:
            got = result.members[{"bar_u": "|u"}.get(key, key)].value
        assert got == pytest.approx(expected, abs=tolerance(case, key)), key
    assert result.value == result.members["u"].value


@pytest.mark.parametrize("reading", ["pairwise", "union"])
@pytest.mark.parametrize("case", READINGS, ids=lambda case: case["name"])
def test_both_readings_of_cu_are_named(case: dict[str, Any], reading: Any) -> None:
    result = found(case, self_pairing=reading)
    for key, expected in case["readings"][reading].items():
        got = result.members["cu"] if key == "cu" else result.by_value[key[3:]]
        assert got.value == pytest.approx(expected, abs=1e-6)
        assert ("together" in got.conventions["reading"]) == (reading == "union")


def test_a_value_that_nobody_meets_is_not_computable() -> None:
    case = next(case for case in CASES_2016 if case["name"].startswith("k2019"))
    seven = found(case).by_value["7"]
    assert math.isnan(seven.value)
    assert seven.reason == "never where another rater marked something"


def test_spans_of_one_code_point_are_ratings_of_code_points() -> None:
    # With spans of length 1 the self-pairings are single code points, so that u is plain alpha.
    marks = {"a": [0, 1, 1, 0, 1, 0, 0, 1], "b": [0, 1, 0, 0, 1, 1, 0, 1]}
    spans = {
        rater: [(place, place + 1, "x") for place, mark in enumerate(row) if mark]
        for rater, row in marks.items()
    }
    plain = krippendorff_alpha(list(zip(*marks.values(), strict=True)), interval=None)
    assert unitizing_alpha(spans, 8).value == pytest.approx(plain.value)


def test_rows_read_like_spans_by_rater() -> None:
    by_rater = {"a": [(0, 4, "x")], "b": [(1, 5, "x")]}
    rows = [("a", 0, 4, "x"), ("b", 1, 5, "x")]
    for family in ("1995", "2016"):
        assert unitizing_alpha(rows, 9, family).value == unitizing_alpha(by_rater, 9, family).value


spans_of_a_rater = st.lists(st.integers(0, 60), max_size=8, unique=True).map(
    lambda edges: [
        (left, right, "xy"[number % 2])
        for number, (left, right) in enumerate(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(spans_of_a_rater, min_size=2, max_size=3), st.sampled_from(["1995", "2016"]))
def test_the_order_of_raters_does_not_matter_and_perfect_is_one(marked: list[Any], family: Any) -> None:
    forward = dict(enumerate(marked))
    backward = dict(reversed(list(enumerate(marked))))
    one, other = unitizing_alpha(forward, 60, family), unitizing_alpha(backward, 60, family)
    assert one.value == pytest.approx(other.value, nan_ok=True)
    assert one.value <= 1 or math.isnan(one.value)
    same = unitizing_alpha({"a": marked[0], "b": marked[0]}, 60, family)
    assert same.value == pytest.approx(1) or same.reason in ("no spans", "no variation")


@pytest.mark.parametrize(
    ("spans", "word"),
    [
        ({"a": [(0, 4, "x"), (3, 6, "x")], "b": []}, "overlapping spans, 0 to 4 and 3 to 6"),
        ({"a": [(0, 11, "x")], "b": []}, "in a text from 0 to 10"),
        ({"a": [(-1, 3, "x")], "b": []}, "from -1 to 3"),
        ({"a": [(4, 4, "x")], "b": []}, "from 4 to 4"),
        ({"a": [(0.5, 4, "x")], "b": []}, "from 0.5 to 4"),
        ({"a": [("0", 4, "x")], "b": []}, "from 0 to 4"),
        ({"a": [(0, 4)], "b": []}, r"the span \(0, 4\)"),
    ],
)
@pytest.mark.parametrize("family", ["1995", "2016"])
def test_spans_that_are_none(spans: Any, word: str, family: Any) -> None:
    with pytest.raises(RatingsError, match=word) as raised:
        unitizing_alpha(spans, 10, family)
    assert raised.value.hint


def test_overlaps_of_different_values_are_for_1995_alone() -> None:
    spans = {"a": [(0, 4, "x"), (3, 6, "y")], "b": [(0, 4, "x"), (3, 6, "y")]}
    assert unitizing_alpha(spans, 10, "1995").value == 1
    with pytest.raises(RatingsError, match="overlapping") as raised:
        unitizing_alpha(spans, 10, "2016")
    assert "each code by itself" in raised.value.hint


def test_what_cannot_be_computed_has_a_reason() -> None:
    for family in ("1995", "2016"):
        assert unitizing_alpha({"a": [(0, 4, "x")]}, 10, family).reason == "fewer than two raters"
        assert unitizing_alpha({"a": [], "b": []}, 10, family).reason == "no spans"
        assert unitizing_alpha({}, 10, family).reason == "fewer than two raters"
    everything = unitizing_alpha({"a": [(0, 10, "x")], "b": [(0, 10, "x")]}, 10, "2016")
    assert everything.members["|u"].reason == "no gaps: all raters marked everything"
    assert everything.members["cu"].reason == "no variation"
    apart = unitizing_alpha({"a": [(0, 2, "x")], "b": [(5, 8, "y")]}, 10, "2016")
    assert apart.members["cu"].reason == "no text that two raters marked"
    with pytest.raises(RatingsError, match="'1996'"):
        unitizing_alpha({"a": [], "b": []}, 10, "1996")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="length 0"):
        unitizing_alpha({"a": [], "b": []}, 0)
