"""`codebook show` and `check` as a researcher meets them: on a screen of 80 columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import study_in

from cothemes.app.study import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    made.close()
    return made


def test_the_tree_has_a_line_for_each_code(study: Study, cothemes: Any) -> None:
    assert cothemes.done("codebook", "show", study=study.root).splitlines() == [
        "T  Working together (RQ1)",
        "   A1  Trust between people",
        "   A2  Time and money",
        "   B1  Turnover of staff",
        "3 codes. In full: --code A1; with briefs: --briefs.",
    ]


def test_the_shipped_codebook_fits_the_screen_in_every_form(root: Path, cothemes: Any) -> None:
    book = root / "codebook.yaml"
    for more in ((), ("--briefs",), ("--theme", "D"), ("--code", "A1,D4")):
        lines = cothemes.done("codebook", "show", book, *more).splitlines()
        assert max(map(len, lines)) <= 80
    assert len(cothemes.done("codebook", "show", book).splitlines()) <= 40
    full = cothemes.done("codebook", "show", book, "--code", "A1,D4")
    assert full.count("  when: ") == 6
    assert "\nD4  Time, money and staffing\n" in full
    assert [code["id"] for code in cothemes.json("codebook", "show", book, "--code", "A1,D4")] == ["A1", "D4"]
    assert cothemes.json("codebook", "show", book, "--code", "A1")["id"] == "A1"


def test_what_is_not_there_is_refused_with_the_list(study: Study, cothemes: Any) -> None:
    refused = cothemes("codebook", "show", "--theme", "Z", study=study.root)
    assert (refused.exit_code, "Themes: T." in refused.stderr) == (2, True)
    refused = cothemes("codebook", "show", "--code", "A1,Z9", study=study.root)
    assert (refused.exit_code, "Codes: A1, A2, B1." in refused.stderr) == (2, True)


def test_check_says_where_two_coders_would_guess(study: Study, cothemes: Any) -> None:
    text = cothemes.done("codebook", "check", study=study.root)
    assert "small 0.1.0: 3 codes in 1 theme, 0 warnings" in text
    assert "No example: A1, A2, B1" in text
    assert "No near miss: A2, B1" in text
