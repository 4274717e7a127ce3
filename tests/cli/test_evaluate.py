"""`cothemes evaluate` with a coder that costs nothing: what stands beside the figures, what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.doubles.gold_suite import SUITE, gold_suite

from cothemes.stages.evaluate.coding.metrics import METRICS


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Forty passages of eight interviews, one rater."""
    return gold_suite(tmp_path / "gold")


def test_one_split_is_judged_by_its_documents(cothemes, suite: Path) -> None:
    cothemes.done("evaluate", suite)
    document = cothemes.json("evaluate", suite, "--compare")
    guarded = [each for each in document["changes"] if METRICS[each["metric"]].guarded]
    assert {each["method"] for each in document["changes"]} == {"jackknife over documents"}
    assert {(each["p"], each["reason"], each["regression"]) for each in guarded} == {(1.0, "", False)}
    assert document["passed_over"] == []


def older(history: Path, *, ground: bool, by_seed: bool = True, fall: float = 0.2) -> None:
    """Lines as an older version wrote them, of a time when every figure was better by `fall`."""
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        row = line["row"]
        row["ground"] = row["ground"] if ground else None
        for name, spread in row["intervals"].items():
            del spread["left_out"]
            row[name] += fall
            spread["by_seed"] = [seed + fall for seed in spread["by_seed"]]
    history.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def test_a_row_of_an_older_version_is_judged_by_its_splits_or_named_with_the_reason(
    cothemes, suite: Path
) -> None:
    history = suite.parent / "history" / "drinks.jsonl"
    # One split and no figures by group of documents: shown, and not judged.
    cothemes.done("evaluate", suite)
    older(history, ground=True)
    printed = " ".join(cothemes.done("evaluate", suite, "--compare").split())
    assert "Not judged: mAP of offline train 0, " in printed
    assert "fewer than two splits" in printed
    assert "regression" not in printed
    # The next one is held against a row that has them.
    assert "Not judged" not in cothemes.done("evaluate", suite, "--compare")
    history.unlink()
    # Two splits: the corrected resampled t needs no more.
    suite.write_text(SUITE.replace("[0]", "[0, 1]"), encoding="utf-8")
    cothemes.done("evaluate", suite)
    older(history, ground=True)
    result = cothemes("evaluate", suite, "--compare")
    assert result.exit_code == 7
    history.unlink()
    # Without a record of what the splits test, their overlap is not known.
    cothemes.done("evaluate", suite)
    older(history, ground=False)
    document = cothemes.json("evaluate", suite, "--compare")
    assert not any(each["regression"] for each in document["changes"])
    assert all(
        "no record of what its splits test" in each["reason"]
        for each in document["changes"]
        if METRICS[each["metric"]].guarded
    )


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("test: 0.4", "test: 0.6", "splits, test share 0.4 then, 0.6 now"),
        ("min_positives: 3", "min_positives: 21", "scored codes 2 then, 1 now"),
        ("gold: ann", "gold: bob", "gold ann then, bob now"),
    ],
)
def test_another_measure_is_not_compared_with_and_judges_nothing(
    cothemes, tmp_path: Path, was: str, now: str, told: str
) -> None:
    suite = gold_suite(tmp_path / "two", raters=("ann", "bob"))
    cothemes.done("evaluate", suite)
    suite.write_text(SUITE.replace(was, now), encoding="utf-8")
    printed = " ".join(cothemes.done("evaluate", suite, "--compare").split())
    assert told in printed
    assert "no earlier row measured the same passages, splits, codes and gold" in printed
    assert "regression" not in printed
    assert "95 % of the difference" not in printed
    # Back at the first measure, its own row is the newest that can be compared.
    suite.write_text(SUITE, encoding="utf-8")
    page = suite.parent / "page.html"
    printed = " ".join(cothemes.done("evaluate", suite, "--compare", "--html", page).split())
    assert "held against" in printed
    assert "2 figures" not in printed
    assert "1 row, 10 figures: none moved" in printed
    assert "Not comparable with" in page.read_text(encoding="utf-8")


def test_the_history_lies_beside_the_suite_file_or_beside_a_folder_of_suites(cothemes, suite: Path) -> None:
    home = suite.parent
    cothemes.done("evaluate", suite)
    assert (home / "history" / "drinks.jsonl").is_file()
    assert not (home.parent / "history").exists()
    shared = home.rename(home.with_name("suites"))
    cothemes.done("evaluate", shared / "drinks.yaml")
    assert (shared.parent / "history" / "drinks.jsonl").is_file()
    cothemes.done("evaluate", shared / "drinks.yaml", "--history", shared / "other")
    assert (shared / "other" / "drinks.jsonl").is_file()


def test_who_speaks_and_how_few_documents_test_stand_above_the_figures(cothemes, suite: Path) -> None:
    printed = cothemes.done("evaluate", suite)
    assert all(len(line) < 80 or line.startswith("Appended") for line in printed.splitlines())
    flat = " ".join(printed.split())
    assert "speakers: participant 32, note 8; all of them count" in flat
    assert "4 documents in the smallest test part: under 10" in flat
    assert "One split, tested on 20 passages." in flat
    assert "majority" not in flat
    suite.write_text(SUITE.replace("gold: ann", "gold: majority\nroles: {note: other}"), encoding="utf-8")
    flat = " ".join(cothemes.done("evaluate", suite).split())
    assert "speakers:" not in flat
    assert "8 passages excluded" in flat
    assert "gold is the majority of one rater: what ann coded" in flat


def test_one_figure_stands_once_and_a_small_calibration_error_is_not_praised(
    cothemes, tmp_path: Path
) -> None:
    suite = gold_suite(tmp_path / "two", raters=("ann", "bob"))
    page = tmp_path / "page.html"
    printed = cothemes.done("evaluate", suite, "--html", page)
    head = next(line for line in printed.splitlines() if line.startswith("coder"))
    assert "F1mac" in head
    assert " pos " not in head
    flat = " ".join(printed.split())
    assert "F1 of a code is its positive agreement" in flat
    assert "small wherever codes are rare" in flat
    assert "small wherever codes are rare" in page.read_text(encoding="utf-8")
    # What people reach with each other stands in the same column.
    found = cothemes.json("evaluate", suite)["human_yardstick"]
    people = next(line for line in printed.splitlines() if line.startswith("people "))
    assert f"{found['positive_agreement']:.2f}".lstrip("0") in people


def test_workload_curves_of_every_order_and_what_they_save(cothemes, suite: Path, tmp_path: Path) -> None:
    """A curve begins with nothing read and ends with no error; equal bytes the second time; no history."""
    found = cothemes.json("evaluate", suite, "--workload", "--csv", tmp_path / "curves.csv")
    orders = [each["order"] for each in found["curves"]]
    assert orders == ["value", "random", "uncertainty", "document", "oracle"]
    starts = {round(each["points"][0]["micro"], 9) for each in found["curves"]}
    assert len(starts) == 1, "before anything is read, every order has the same coder"
    for each in found["curves"]:
        assert (each["points"][0]["read"], each["points"][-1]["read"]) == (0, 1)
        assert (each["points"][-1]["micro"], each["points"][-1]["macro"]) == (0, 0)
    keys = {(each["order"], each["error"], each["effort"], each["at"]) for each in found["savings"]}
    assert len(keys) == len(found["savings"]) == 4 * 2 * 2 * 5
    assert all(each["low"] <= each["saved"] + 1e-9 for each in found["savings"] if each["order"] == "oracle")
    table = (tmp_path / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert table[0].startswith("suite,order,read,effort,figure,value,low,high")
    assert len(table) == 1 + 5 * 21 * 3 + len(keys)
    assert cothemes.json("evaluate", suite, "--workload") == found
    assert not (suite.parent / "history").exists()
    result = cothemes("evaluate", suite, "--workload", "--compare")
    assert (result.exit_code, "--csv" in result.stderr) == (2, True)
