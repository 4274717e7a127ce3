"""Every statistic on ratings against published or independently checked values.

The tables stand in vectors/ratings.json, each with its source and its tolerance.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import cothemes.agreement as agreement

CASES = json.loads((Path(__file__).parent / "vectors" / "ratings.json").read_text(encoding="utf-8"))["cases"]
CHECKS = [
    pytest.param(case["ratings"], expected, id=f"{case['name']}-{number}-{expected['statistic']}")
    for case in CASES
    for number, expected in enumerate(case["expect"])
]


def unfolded(table: list[Any]) -> list[Any]:
    return [row for row, times in table for _ in range(times)]


@pytest.mark.parametrize(("table", "expected"), CHECKS)
def test_the_published_value(table: list[Any], expected: dict[str, Any]) -> None:
    options = dict(expected["options"])
    if "distances" in expected:
        place = {label: number for number, label in enumerate(expected["distances"]["labels"])}
        matrix = expected["distances"]["d"]
        options["distance"] = lambda left, right: matrix[place[left]][place[right]]
    found = getattr(agreement, expected["statistic"])(unfolded(table), **options)
    if "category" in expected:
        found = found[expected["category"]]
    if expected["value"] is None:
        assert math.isnan(found.value)
        assert found.reason
        return
    within = {"abs": expected["tolerance"], "rel": 0}
    assert found.value == pytest.approx(expected["value"], **within)
    assert found.reason is None
    if "se" in expected:
        assert found.se == pytest.approx(expected["se"], **within)
        assert [found.low, found.high] == pytest.approx(expected["interval"], **within)
    for name, part in expected.get("parts", {}).items():
        assert found.parts[name] == pytest.approx(part, **within)


def test_macro_alpha_of_the_six_codes_of_sets() -> None:
    codes = [case for case in CASES if case["name"].startswith("three-raters-code-")]
    values = [agreement.krippendorff_alpha(unfolded(case["ratings"])).value for case in codes]
    assert len(values) == 6
    assert sum(values) / 6 == pytest.approx(0.41165983, abs=1e-6)
