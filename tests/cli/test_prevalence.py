"""`cothemes prevalence`: shares in a real study, and plain words where there is nothing to correct by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Arm


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Twelve interviews, a run, half of their answers read blind by ann and the rest with suggestions."""
    made = study_in(tmp_path / "study", documents=12)
    propose(made)
    for number in range(1, 13):
        codes = ("A1",) if number % 2 else ()
        read(made, "ann", f"talk-{number}.0002", codes)
        read(made, "ann", f"talk-{number}.0004", ("A2",), arm=Arm.ASSISTED)
    return made


def test_the_four_shares_stand_side_by_side(cothemes, study: Study) -> None:
    """The run gives A1 to each first answer; ann to six of twelve. Frame 24 passages, chance .5:
    the run says 12/24, people 6/12 of what they read."""
    found = cothemes.json("prevalence", study=study.root)
    code = next(each for each in found["codes"] if each["code"] == "A1")
    assert (found["run"], found["passages"], found["reviewed"], found["clusters"]) == ("r0001", 24, 12, 12)
    assert found["lowest_chance"] == found["highest_chance"] == 0.5
    assert code["model_share"] == pytest.approx(12 / 24)
    assert code["people_share"]["value"] == pytest.approx(6 / 12)
    # Few positives: people's own share, not the corrected one.
    assert code["design_based"]["value"] == pytest.approx(6 / 12)
    assert code["flag"] == "few positives"
    assert (code["positives"], code["flag"]) == (6, "few positives")
    rare = next(each for each in found["codes"] if each["code"] == "B1")
    assert rare["design_based"] == {
        "value": None,
        "low": None,
        "high": None,
        "method": None,
        "reason": "fewer than 5 labelled positives",
        "estimand": None,
    }
    assert "no inference to a population" in found["estimand"]


def test_the_table_fits_eighty_columns(cothemes, study: Study) -> None:
    printed = cothemes.done("prevalence", study=study.root)
    assert max(len(line) for line in printed.splitlines()) < 80
    assert "chosen, not drawn" in printed
    assert "No estimate, fewer than 5 labelled positives" in printed
    # Six of twelve by people, with an interval; few positives, so the others are the same.
    (row,) = [line for line in printed.splitlines() if line.startswith("A1 ")]
    assert re.fullmatch(r"A1 +6 +50 +50 \[\d+, \d+\] +50 \[.*\] +50 \[.*\] +few positives", row)
    assert "too rare" not in printed
    assert "twice as many would bring 0 of " in " ".join(printed.split())


def test_what_is_missing_is_said(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=2)
    result = cothemes("prevalence", study=study.root)
    assert (result.exit_code, "no run of a coder" in result.stderr) == (3, True)
    propose(study)
    result = cothemes("prevalence", study=study.root)
    assert (result.exit_code, "cothemes route" in result.stderr) == (3, True)
    result = cothemes("prevalence", "--run", "r9", study=study.root)
    assert (result.exit_code, "r0001" in result.stderr) == (2, True)
    read(study, "ann", "talk-1.0002", done=False)
    result = cothemes("prevalence", study=study.root)
    assert (result.exit_code, "cothemes review" in result.stderr) == (3, True)


def test_with_ratings_alone_it_names_the_command_that_has_shares(cothemes, tmp_path: Path) -> None:
    result = cothemes("prevalence", "ratings.csv")
    assert (result.exit_code, "cothemes agreement RATINGS --csv" in result.stderr) == (2, True)
    result = cothemes("prevalence", study=tmp_path)
    assert (result.exit_code, "cothemes agreement RATINGS --csv" in result.stderr) == (3, True)


def test_a_reflexive_study_has_none(cothemes, study: Study) -> None:
    settings = study.root / "cothemes.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"codebook"', '"reflexive"', 1), encoding="utf-8")
    assert cothemes("prevalence", study=study.root).exit_code == 3


def test_the_page_has_peoples_share_with_its_interval_and_says_what_is_counted(
    cothemes, study: Study, tmp_path: Path
) -> None:
    page = tmp_path / "s.html"
    found = cothemes.json("prevalence", "--html", page, study=study.root)
    text = page.read_text(encoding="utf-8")
    assert "n+" not in text
    assert '<th scope="col" class="n">Passages read with it</th>' in text
    known = [code["people_share"] for code in found["codes"] if code["people_share"]["low"] is not None]
    assert known
    for share in known:
        low, high = (f"{100 * share[end]:.0f}" for end in ("low", "high"))
        assert f"% [{low}, {high}]</td>" in text
