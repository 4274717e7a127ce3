"""Tables that spreadsheets open without running a cell, and statistics programs read as numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cothemes.adapters.formula_guard import unguarded
from cothemes.adapters.writers.csv_table import write_csv


def written(tmp_path: Path, cell: str) -> str:
    write_csv(tmp_path / "t.csv", [["figure"], [cell]])
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    return row["figure"]


@pytest.mark.parametrize("number", ["-0.051", "-1", "+3", "-1e-05", "-2.5E+3", "-.5", "-5."])
def test_a_plain_number_is_read_as_a_number(tmp_path: Path, number: str) -> None:
    assert float(written(tmp_path, number)) == float(number)


@pytest.mark.parametrize(
    "cell", ["-1+1", "=1", "+44 20", "-2e", "--1", "-1;2", "-inf", "@a", "-", "-1\n=2", "-\u0661"]
)
def test_what_is_no_number_is_guarded_and_comes_back(tmp_path: Path, cell: str) -> None:
    found = written(tmp_path, cell)
    assert found == f"'{cell}"
    assert unguarded(found) == cell
