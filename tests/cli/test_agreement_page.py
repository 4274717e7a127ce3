"""`agreement --html` and the figures of `report`: one page that runs nothing, asks for nothing, and opens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.doubles.chromium import CHROMIUM, opened
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Arm


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Twelve interviews and three people, the first passages blind and the second with suggestions."""
    made = study_in(tmp_path / "study", documents=12, reviewers=("ann", "bob", "cat"))
    propose(made)
    for number in range(1, 13):
        read(made, "ann", f"talk-{number}.0002", ("A1",) if number % 3 else ())
        read(made, "bob", f"talk-{number}.0002", ("A1",) if number % 2 else ("A2",))
        read(made, "cat", f"talk-{number}.0002", ("A1", "B1") if number % 4 else ())
        read(made, "ann", f"talk-{number}.0004", ("A2",), arm=Arm.ASSISTED)
        read(made, "bob", f"talk-{number}.0005", ("B1",) if number % 2 else ())
        read(made, "cat", f"talk-{number}.0005")
    return made


def test_the_page_has_every_figure_and_its_values(cothemes, study: Study, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    printed = cothemes("agreement", "--html", page, "--disagreements", "3", study=study.root)
    assert printed.exit_code == 0, printed.stderr
    html = page.read_text(encoding="utf-8")
    for name in ("t1-alphas", "t1-shares", "t1-beside-0", "t1-confusion-0", "t1-shift-0"):
        assert f'id="{name}"' in html, name
    assert html.count("<svg") == html.count("<title ") == html.count("<desc ")
    assert "Values of the figure: shares by rater" in html
    assert "Passages in dispute" in html
    assert len(re.findall(r'id="([^"]+)"', html)) == len(set(re.findall(r'id="([^"]+)"', html)))


def test_the_page_runs_and_asks_for_nothing(cothemes, study: Study, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    cothemes.done("agreement", "--html", page, study=study.root)
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.findall(r"https?://", html)
    assert "default-src 'none'" in html


def test_any_ratings_file_has_a_page(cothemes, tmp_path: Path) -> None:
    rows = "\n".join(
        f"u{n},d{n % 4},{r},human,{'A' if (n + k) % 3 else ''}" for n in range(20) for k, r in enumerate("ab")
    )
    ratings, page = tmp_path / "r.csv", tmp_path / "a.html"
    ratings.write_text(f"unit,doc,rater,kind,code\n{rows}\n", encoding="utf-8")
    cothemes.json("agreement", ratings, "--html", page)
    assert "<h1>r.csv</h1>" in page.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_said(cothemes, study: Study, tmp_path: Path) -> None:
    result = cothemes("agreement", "--html", tmp_path / "no" / "a.html", study=study.root)
    assert result.exit_code == 3


def test_the_report_has_the_figures_too(cothemes, study: Study, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    cothemes.done("report", page, study=study.root)
    assert 'id="t1-alphas"' in page.read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path")
@pytest.mark.parametrize("command", ["agreement", "report", "prevalence", "disagreements"])
def test_the_page_opens_without_a_complaint(cothemes, study: Study, tmp_path: Path, command: str) -> None:
    page = tmp_path / "page.html"
    words = (page,) if command == "report" else ("--html", page)
    cothemes.done(command, *words, study=study.root)
    assert opened(page, tmp_path).stat().st_size > 20_000


def test_tables_for_a_paper(cothemes, study: Study, tmp_path: Path) -> None:
    latex, csv = tmp_path / "t.tex", tmp_path / "t.csv"
    result = cothemes("agreement", "--latex", latex, "--csv", csv, study=study.root)
    assert result.exit_code == 0, result.stderr
    text = latex.read_text(encoding="utf-8")
    assert text.count(r"\begin{longtable}") == text.count(r"\end{longtable}") == 4
    assert "offline@0\\#r0001" in text
    assert "delete-one-cluster jackknife" in text
    for line in text.splitlines():
        if line.endswith(r"\\") and "&" in line:
            assert line.count("&") - line.count(r"\&") in (1, 5, 6, 7, 10)
    rows = csv.read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith(
        "code,label,units,clusters,positives,prevalence.ann,prevalence.bob,prevalence.cat,"
    )
    assert len(rows) == 4


def test_no_word_is_a_command() -> None:
    from cothemes.presentation.latex import escaped, latex_table

    assert escaped("a_b & 5% \\input{x} #1 ~ ^ –") == (
        r"a\_b \& 5\% \textbackslash{}input\{x\} \#1 \textasciitilde{} \textasciicircum{} --"
    )
    assert r"{[x]} & 1 \\" in latex_table("c", "l", [["A", "B"], ["[x]", "1"]])


def test_the_checklists_are_filled_from_the_records_and_blanks_marked(
    cothemes, study: Study, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    cothemes.done("report", page, study=study.root)
    text = page.read_text(encoding="utf-8")
    assert "24. Number of data coders</dt><dd>3 people coded in this program (ann, bob, cat)." in text
    assert "26. Derivation of themes" in text
    assert "theory or data: [not recorded]" in text
    assert "GUIDE-LLM" not in text, "no language model spoke"
