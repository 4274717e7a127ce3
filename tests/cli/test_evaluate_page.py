"""`evaluate --html`, `--latex` and `--csv`: everything that has to be defended stands on one page."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from tests.doubles.chromium import CHROMIUM, opened
from tests.doubles.gold_suite import SUITE, gold_suite
from tests.doubles.pdflatex import compiled, needs_tex

SEEDS = SUITE.replace("seeds: [0]", "seeds: [0, 1, 2]") + "coders: [{coder: offline, train: [0, 15]}]\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Two people, three splits, two sizes of training."""
    path = gold_suite(tmp_path / "gold", raters=("ann", "bob"))
    path.write_text(SEEDS, encoding="utf-8")
    return path


@pytest.fixture
def page(cothemes, suite: Path, tmp_path: Path) -> str:
    """The second evaluation's page."""
    cothemes.done("evaluate", suite)
    cothemes.done("evaluate", suite, "--html", tmp_path / "e.html")
    return (tmp_path / "e.html").read_text(encoding="utf-8")


def test_the_page_has_every_part(page: str) -> None:
    for anchor in ("figures", "row-1", "row-2", "since", "standing", "conventions"):
        assert f'id="{anchor}"' in page, anchor
        assert f'href="#{anchor}"' in page, anchor
    for figure in ("rows-map", "rows-alpha", "row-1-codes", "row-1-r", "row-1-w", "row-2-codes"):
        assert f'<svg class="plot" id="{figure}"' in page, figure
    assert "people with each other" in page
    assert re.search(r"mean alpha \.\d\d \[\.\d\d, (\.\d\d|1\.00)\]", page)
    assert "errors first (oracle)" in page
    assert "random order" in page
    assert "none moved beyond its interval" in page
    assert page.count('<tr><th scope="row">20') == 4, "two times of two rows"
    assert re.search(r"drinks, [0-9a-f]{64}", page)
    assert re.search(r"offline \d+ on", page)
    assert "numpy " in page


def test_the_page_runs_and_asks_for_nothing_and_says_every_figure_in_words(page: str) -> None:
    assert "<script" not in page
    assert not re.findall(r"https?://", page)
    assert "default-src 'none'" in page
    assert page.count("<svg") == page.count("<title ") == page.count("<desc ")
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_first_time_there_is_nothing_to_compare_with(cothemes, suite: Path, tmp_path: Path) -> None:
    cothemes.done("evaluate", suite, "--html", tmp_path / "e.html")
    assert "Nothing to compare with: an empty history." in (tmp_path / "e.html").read_text(encoding="utf-8")


def test_what_moved_stands_on_the_page(cothemes, suite: Path, tmp_path: Path) -> None:
    cothemes.done("evaluate", suite)
    history = suite.parent / "history" / "drinks.jsonl"
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["row"]["map"] = 1.0
        line["row"]["intervals"]["map"] |= {"by_seed": [1.0, 1.0, 1.0], "low": 1.0, "high": 1.0, "half": 0.0}
        line["row"]["recall_at_3"] = 0.2
        line["row"]["intervals"]["recall_at_3"] |= {"by_seed": [0.2, 0.2, 0.2]}
    history.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    cothemes.done("evaluate", suite, "--html", tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "figures moved beyond their interval" in page
    assert re.search(r"offline, train 0</th><td>Recall at 3</td><td class=\"n\">\.20</td>.*better", page)


def test_an_invented_suite_says_so_everywhere(cothemes, suite: Path, tmp_path: Path) -> None:
    suite.write_text(SEEDS + "synthetic: true\n", encoding="utf-8")
    page, latex, table = tmp_path / "e.html", tmp_path / "e.tex", tmp_path / "e.csv"
    cothemes.done("evaluate", suite, "--html", page, "--latex", latex, "--csv", table)
    assert '<p class="band" role="note">SYNTHETIC.' in page.read_text(encoding="utf-8")
    text = latex.read_text(encoding="utf-8")
    assert text.count("SYNTHETIC DATA") == text.count(r"\begin{longtable}") >= 5
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert {row["synthetic"] for row in rows} == {"yes"}


def test_synthetic_is_true_or_false(cothemes, suite: Path) -> None:
    suite.write_text(SEEDS + "synthetic: perhaps\n", encoding="utf-8")
    result = cothemes("evaluate", suite)
    assert result.exit_code == 3
    assert "`synthetic` is neither true nor false" in result.stderr


def test_the_csv_has_every_figure_of_rows_splits_and_codes(cothemes, suite: Path, tmp_path: Path) -> None:
    table = tmp_path / "e.csv"
    document = cothemes.json("evaluate", suite, "--csv", table)
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert all(float(row[name]) <= 1 for row in rows for name in ("value", "low", "high") if row[name])
    # Ten figures of two rows, each with three splits; five of two codes of two rows; people: two and two.
    assert len(rows) == 2 * 10 * 4 + 2 * 2 * 5 + 4
    first = document["rows"][0]
    for name in ("map", "recall_at_3", "alpha", "ece"):
        shown = next(r for r in rows if (r["level"], r["train"], r["figure"]) == ("row", "0", name))
        assert float(shown["value"]) == first[name]
        low = first["intervals"][name]["low"]
        assert shown["low"] == ("" if low is None else repr(low)), "a withheld interval is an empty cell"
    assert any(r["low"] for r in rows if r["level"] == "row")
    code = next(r for r in rows if (r["level"], r["code"], r["figure"]) == ("code", "tea", "recall"))
    assert float(code["value"]) == document["rows"][0]["by_code"][0]["recall"]
    people = [r for r in rows if r["coder"] == "people"]
    assert float(people[0]["value"]) == document["human_yardstick"]["macro_alpha"]


def test_a_place_that_cannot_be_written_is_said_before_anything_is_done(
    cothemes, suite: Path, tmp_path: Path
) -> None:
    for option in ("--html", "--latex", "--csv"):
        result = cothemes("evaluate", suite, option, tmp_path / "no" / "e")
        assert result.exit_code == 3
        assert "nothing was evaluated" in result.stderr
    assert not (suite.parent / "history").exists()


def test_names_are_no_markup(cothemes, suite: Path, tmp_path: Path) -> None:
    book = suite.parent / "codebook.yaml"
    words = book.read_text(encoding="utf-8").replace("label: Tea", "label: '<b>Tea</b> & \u202e'")
    book.write_text(words, encoding="utf-8")
    cothemes.done("evaluate", suite, "--html", tmp_path / "e.html")
    page = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Tea&lt;/b&gt; &amp;" in page
    assert "\u202e" not in page


@needs_tex
def test_the_tables_stay_on_the_page_whatever_codes_are_called(cothemes, suite: Path, tmp_path: Path) -> None:
    name = "WHAT_PEOPLE_DRINK_IN_THE_MORNING_AND_HOW_THEY_SPEAK_OF_IT"
    for file in ("codebook.yaml", "passages.jsonl"):
        place = suite.parent / file
        words = place.read_text(encoding="utf-8")
        place.write_text(
            words.replace("id: tea", f"id: {name}").replace('"tea"', f'"{name}"'), encoding="utf-8"
        )
    seeds = SEEDS.replace("[0, 1, 2]", str(list(range(9))))
    suite.write_text(seeds, encoding="utf-8")
    cothemes.done("evaluate", suite, "--latex", tmp_path / "tables.tex")
    log = compiled(tmp_path)
    assert "Overfull" not in log, [line for line in log.splitlines() if "Overfull" in line]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path")
@pytest.mark.parametrize("width", [390, 800])
def test_the_page_opens_without_a_complaint(page: str, tmp_path: Path, width: int) -> None:
    assert opened(tmp_path / "e.html", tmp_path, width).stat().st_size > 20_000
