"""`cothemes route` and `cothemes reviewers` on a small study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import propose, study_in

from cothemes.app.study import Study

CODABLE = 8  # three turns of Mo in each of two interviews, two paragraphs


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_in(tmp_path / "study")


def test_a_dry_run_stores_nothing_and_works_before_any_proposal(cothemes: Any, study: Study) -> None:
    found = cothemes.json("route", "--reviewers", "ann,bob", "--dry-run", study=study.root)
    assert (found["stored"], found["drawn"]) == (False, CODABLE)
    assert {e["positives"] for e in found["expected"]} == {None}
    assert found["expected_from"].startswith("nothing yet")
    assert study.store.reviews.assignments() == []
    text = cothemes.done("route", "--reviewers", "ann,bob", "--dry-run", study=study.root)
    assert "Nothing was stored" in " ".join(text.split())
    assert "–" in text


def test_expected_positives_come_from_the_latest_suggestions(cothemes: Any, study: Study) -> None:
    """A1 stands on 2 turns and 1 paragraph of 8 passages, and 8 × .5 are double-coded."""
    propose(study)
    found = cothemes.json("route", "--reviewers", "ann,bob", "--overlap", 1, "--dry-run", study=study.root)
    expected = {e["code"]: e["positives"] for e in found["expected"]}
    assert expected == {"A1": 8 * 3 / 8, "A2": 8 * 3 / 8, "B1": 0}
    assert "offline@0#r0001 on 8 passages" in found["expected_from"]


def test_a_second_time_assigns_only_what_is_new(cothemes: Any, study: Study) -> None:
    first = cothemes.json("route", "--reviewers", "ann,bob", study=study.root)
    again = cothemes.json("route", "--reviewers", "ann,bob", "--seed", 9, study=study.root)
    assert len(first["assignments"]) >= CODABLE
    assert (again["assignments"], again["drawn"], again["kept"]) == ([], 0, CODABLE)


def test_documents_and_rounds(cothemes: Any, study: Study) -> None:
    pilot = cothemes.json(
        "route", "--reviewers", "ann", "--documents", "policy", "--round", "pilot", study=study.root
    )
    assert {a["passage"] for a in pilot["assignments"]} == {"policy.0001", "policy.0002"}
    assert pilot["notes"] == ["One reviewer alone cannot double-code: the overlap counts as 0 in this draw."]
    main = cothemes.json("route", "--reviewers", "ann", study=study.root)
    assert main["in_another_round"] == 2
    assert {a["passage"].split(".")[0] for a in main["assignments"]} == {"talk-1", "talk-2"}


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("--reviewers", "ann,eve"), 2, "Registered: ann, bob"),
        (("--reviewers", "anne"), 2, "Did you mean ann?"),
        (("--reviewers", " , "), 2, "Name them"),
        (("--reviewers", "ann", "--documents", "talk"), 2, "talk-1"),
        (("--reviewers", "ann", "--overlap", 1.5), 2, "--overlap"),
    ],
)
def test_what_cannot_be_drawn(cothemes: Any, study: Study, words: Any, code: int, hint: str) -> None:
    result = cothemes("route", *words, study=study.root)
    assert result.exit_code == code
    assert hint in result.stderr
    assert study.store.reviews.assignments() == []


def test_a_study_without_passages(cothemes: Any, tmp_path: Path) -> None:
    empty = study_in(tmp_path / "study", documents=0)
    empty.store.passages.replace("policy", [])
    result = cothemes("route", "--reviewers", "ann", study=empty.root)
    assert result.exit_code == 3
    assert "cothemes ingest" in result.stderr


def test_people_are_registered_once(cothemes: Any, study: Study) -> None:
    new = cothemes.json("reviewers", "add", "  Zoë  Mac Neil ", "--role", "lead", study=study.root)
    assert (new["name"], new["role"], new["new"]) == ("Zoë Mac Neil", "lead", True)
    again = cothemes.json("reviewers", "add", "Zoë Mac Neil", study=study.root)
    assert (again["name"], again["role"], again["new"]) == ("Zoë Mac Neil", "lead", False)
    listed = cothemes.json("reviewers", study=study.root)
    assert [person["name"] for person in listed] == ["ann", "bob", "Zoë Mac Neil"]
    assert "Zoë Mac Neil" in cothemes.done("reviewers", study=study.root)


@pytest.mark.parametrize("name", ["", "a,b", "m@p#r", "consensus", "x" * 61, "tab\tname\x1b[2J", "-x"])
def test_names_that_cannot_stand_in_tables(cothemes: Any, study: Study, name: str) -> None:
    result = cothemes("reviewers", "add", "--", name, study=study.root)
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert len(study.store.reviews.reviewers()) == 2


def test_nobody_is_registered(cothemes: Any, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", reviewers=())
    assert "reviewers add" in cothemes.done("reviewers", study=study.root)
    result = cothemes("review", study=study.root)
    assert (result.exit_code, "reviewers add" in result.stderr) == (2, True)
