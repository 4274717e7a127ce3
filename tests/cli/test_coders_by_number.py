"""`--coders-by-number`: tables and pages that leave the team name no coder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import propose, study_in
from tests.doubles.decisions import read

NAMES = ("Quenby", "Zephyrine Ash")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people have read forty passages and differ on many of them."""
    made = study_in(tmp_path_factory.mktemp("numbered") / "study", documents=12, reviewers=NAMES)
    propose(made)
    ids = [head.id for head in made.store.passages.heads()][:40]
    for place, name in enumerate(NAMES):
        for number, passage in enumerate(ids):
            codes = ("A1",) if (number + place) % 3 == 0 else ("A2",) if number % 5 == 0 else ()
            read(made, name, passage, codes)
    made.close()
    return made.root


@pytest.mark.parametrize("command", ["agreement", "disagreements", "anchoring"])
def test_text_and_json_have_numbers_for_names(study: Path, cothemes: CommandLine, command: str) -> None:
    for more in ((), ("--json",)):
        named = cothemes.done(command, *more, study=study)
        assert all(name in named for name in NAMES)
        shown = cothemes.done(command, "--coders-by-number", *more, study=study)
        assert not any(word in shown for name in NAMES for word in name.split())
        assert "Coder 1" in shown
        assert "Coder 2" in shown


@pytest.mark.parametrize("command", ["agreement", "disagreements"])
def test_a_page_has_numbers_for_names(
    study: Path, cothemes: CommandLine, command: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    raters = ("--raters" if command == "agreement" else "--readers", ",".join(NAMES))
    cothemes.done(command, *raters, "--coders-by-number", "--html", page, study=study)
    text = page.read_text(encoding="utf-8")
    assert not any(word in text for name in NAMES for word in name.split())
    assert "Coder 2" in text


def test_the_people_of_a_ratings_file_have_numbers_too(
    study: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    table = tmp_path / "ratings.csv"
    cothemes.done("export", "ratings", table, study=study)
    named = cothemes.json("agreement", table)
    shown = cothemes.json("agreement", table, "--coders-by-number")
    assert sorted(named["raters"]) == sorted(NAMES)
    assert shown["raters"] == ["Coder 1", "Coder 2"]
    assert shown["overall"] == named["overall"]
