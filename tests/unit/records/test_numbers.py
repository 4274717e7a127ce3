"""Numbers look alike on every surface."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.numbers import (
    ABSENT,
    MINUS,
    chances,
    coefficient,
    coefficient_interval,
    number,
    p_value,
    percent,
    percent_interval,
)
from cothemes.records.text import counted


@dataclass
class Figure:
    value: float | None
    low: float | None = None
    high: float | None = None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.624, ".62"), (-0.05, "−.05"), (1.0, "1.00"), (-1.0, "−1.00"), (0.999, "1.00"), (-0.996, "−1.00"),
        (0.0, ".00"), (-0.001, ".00"), (-4.21, "−4.21"), (None, ABSENT), (float("nan"), ABSENT),
    ],
)  # fmt: skip
def test_coefficient(value: float | None, shown: str) -> None:
    assert coefficient(value) == shown


def test_a_signed_coefficient_has_a_plus_and_zero_has_none() -> None:
    assert [coefficient(v, signed=True) for v in (0.1, -0.1, 0.001)] == ["+.10", "−.10", ".00"]


def test_interval() -> None:
    assert coefficient_interval(Figure(0.62, 0.41, 0.83), mark="*") == ".62 [.41, .83]*"
    assert coefficient_interval(Figure(0.62, -0.1, 1.0), width=4) == " .62 [−.10, 1.00]"
    assert coefficient_interval(Figure(0.62), mark="*") == ".62"
    assert coefficient_interval(Figure(None, 0.1, 0.2)) == ABSENT


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.13, "13 %"), (0.125, "13 %"), (0.004, "<1 %"), (0.0, "0 %"), (1.0, "100 %"), (None, ABSENT)],
)
def test_percent(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_percent_of_a_difference() -> None:
    assert [percent(v, signed=True) for v in (0.12, -0.12, -0.001, 0.001)] == ["+12 %", "−12 %", "0 %", "0 %"]


def test_percent_interval_stays_within_its_range() -> None:
    assert percent_interval(Figure(0.12, 0.08, 0.17)) == "12 % [8, 17]"
    assert percent_interval(Figure(0.02, -0.1, 1.2)) == "2 % [0, 100]"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0004, "<.001"), (0.0123, ".012"), (1.0, "1.000"), (None, ABSENT)]
)
def test_p_value(value: float | None, shown: str) -> None:
    assert p_value(value) == shown


def test_counted() -> None:
    assert [counted(n, "passage") for n in (0, 1, 2, 1204)] == [
        "0 passages", "1 passage", "2 passages", "1,204 passages",
    ]  # fmt: skip
    assert counted(2, "entry", "entries") == "2 entries"


@given(st.floats(-9, 9))
def test_a_coefficient_reads_back_to_two_decimals(value: float) -> None:
    shown = coefficient(value)
    assert abs(float(shown.replace(MINUS, "-")) - value) <= 0.005 + 1e-9
    assert "-" not in shown


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (number(72.0), "72"), (number(72.5), "72.5"), (number(3, decimals=1), "3.0"),
        (number(-2.2, decimals=0), "−2"),
        (number(2.0, decimals=0, signed=True), "+2"), (number(-0.4, decimals=0, signed=True), "0"),
        (number(0.123456, significant=3), "0.123"), (number(None), ABSENT),
        (coefficient(-0.0123, decimals=3, signed=True), "−.012"), (coefficient(0.0004, decimals=3), ".000"),
        (percent(0.0415, decimals=1), "4.2 %"), (percent(0.0004, decimals=1), "0.0 %"),
        (percent(1.0, decimals=1), "100.0 %"),
    ],
)  # fmt: skip
def test_plain_numbers_and_decimals(shown: str, expected: str) -> None:
    assert shown == expected


def test_chances_are_one_number_where_all_are_alike() -> None:
    assert chances(0.25, 0.25) == "0.25"
    assert chances(0.25, 1.0) == "0.25 to 1"
