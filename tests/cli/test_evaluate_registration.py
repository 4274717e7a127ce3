"""A figure that is registered once stands in JSON, terminal, CSV, LaTeX, page and history."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.doubles.gold_suite import gold_suite

from cothemes.stages.evaluate.coding.metric import CodeMetric, RowMetric
from cothemes.stages.evaluate.coding.metrics import CODE_METRICS, METRICS

# Within .5 and .6, so that its interval over few interviews lies within what a share can be.
ACCURACY = RowMetric(
    key="exact_matches",
    short="exact",
    name="Exact matches",
    of=lambda scored: 0.5 + 0.1 * float((scored.truth == scored.applied).all(axis=1).mean()),
    meaning="a half and a tenth of the share of passages with gold's very codes",
)
SPECIFICITY = CodeMetric(
    key="specificity",
    short="Spec.",
    name="specificity",
    of=lambda scored: np.array((~scored.truth & ~scored.applied).sum(axis=0) / (~scored.truth).sum(axis=0)),
    share_of=lambda part: ~part.truth,
    interval_printed=True,
)


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Path]:
    """One coder without training; both figures are registered for one test."""
    path = gold_suite(tmp_path / "gold")
    with path.open("a", encoding="utf-8") as handle:
        handle.write("coders: [{coder: offline, train: [0]}]\n")
    with METRICS.also(ACCURACY), CODE_METRICS.also(SPECIFICITY):
        yield path


def test_every_output_has_a_registered_figure(cothemes, suite: Path, tmp_path: Path) -> None:
    page, tex, table = tmp_path / "p.html", tmp_path / "t.tex", tmp_path / "t.csv"
    (row,) = cothemes.json("evaluate", suite, "--html", page, "--latex", tex, "--csv", table)["rows"]
    assert 0 < row["exact_matches"] < 1
    assert row["intervals"]["exact_matches"]["by_seed"] == [row["exact_matches"]]
    tea = row["by_code"][0]
    assert 0 <= tea["intervals"]["specificity"]["low"] <= tea["specificity"] <= 1
    with table.open(encoding="utf-8") as handle:
        values = {(line["level"], line["figure"]): line["value"] for line in csv.DictReader(handle)}
    assert float(values["row", "exact_matches"]) == row["exact_matches"]
    assert ("code", "specificity") in values
    shown = f"{row['exact_matches']:.2f}".removeprefix("0")
    for text, names in (
        (page.read_text(encoding="utf-8"), ("Exact matches", "Specificity", ACCURACY.meaning)),
        (tex.read_text(encoding="utf-8"), (r"exact [95 \%]", r"Spec. [95 \%]", "exact: exact matches")),
    ):
        text = text.replace("&#39;", "'").replace("~", " ").replace(r"\allowbreak{}", "")
        assert f"{shown} [" in text
        for name in names:
            assert name in text, name
    printed = " ".join(cothemes.done("evaluate", suite).split())
    assert f"exact {shown} [" in printed
    assert f"exact (Exact matches): {ACCURACY.meaning}." in printed


def test_a_history_from_before_the_registration_is_compared_without_it(cothemes, tmp_path: Path) -> None:
    path = gold_suite(tmp_path / "gold")
    with path.open("a", encoding="utf-8") as handle:
        handle.write("coders: [{coder: offline, train: [0]}]\n")
    cothemes.done("evaluate", path)
    with METRICS.also(ACCURACY):
        first = cothemes.json("evaluate", path, "--compare")["changes"]
        second = cothemes.json("evaluate", path, "--compare")["changes"]
    assert "exact_matches" not in {change["metric"] for change in first}
    assert "exact_matches" in {change["metric"] for change in second}
    lines = (path.parent / "history" / "drinks.jsonl").read_text(encoding="utf-8").splitlines()
    assert "exact_matches" in json.loads(lines[-1])["row"]
    third = cothemes.json("evaluate", path, "--compare")["changes"]
    assert "exact_matches" not in {change["metric"] for change in third}
