"""Names that differ only in case or spaces: nothing is lost, nobody is compared with herself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import assign, study_in
from tests.doubles.decisions import read

from cothemes.app.handover.pack import pack, study_id
from cothemes.app.handover.unpack import load_package
from cothemes.app.ratings import selected
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Reviewer
from cothemes.stages.review.selection import Purpose

MONEY, TRUST, TEA = "talk-1.0004", "talk-1.0002", "talk-1.0005"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ana and Bob have finished two passages; the study has an id that its copies share."""
    made = study_in(tmp_path / "study", reviewers=("Ana", "Bob"))
    for name in ("Ana", "Bob"):
        read(made, name, MONEY, ("A2",))
        read(made, name, TRUST, ("A1",))
    study_id(made)
    return made


@pytest.fixture
def package(study: Study, tmp_path: Path) -> Path:
    """A package of `ana`, who was registered in another copy of the study, with one passage of Ana's too."""
    study.close()
    other = tmp_path / "other" / "study"
    shutil.copytree(study.root, other)
    copy = Study(other)
    person = copy.store.reviews.reviewers()[0]
    copy.store.reviews.add_reviewer(Reviewer(name="ana", role="coder", added=person.added))
    assign(copy, "ana", {MONEY: Arm.BLIND, TEA: Arm.BLIND})
    laptop = tmp_path / "laptop.zip"
    pack(copy, "ana", laptop)
    from cothemes.app.handover.unpack import open_package

    open_package(load_package(laptop), tmp_path / "laptop", "laptop.zip")
    there = Study(tmp_path / "laptop")
    desk = Desk(there, "ana")
    for passage in (MONEY, TEA):
        desk.done(desk.decide(desk.card(passage), "B1", Action.ADD))
    pack(there, "ana", tmp_path / "back.zip")
    there.close()
    copy.close()
    return tmp_path / "back.zip"


def test_add_refuses_a_name_that_differs_only_so(study: Study, cothemes: Any) -> None:
    for name in ("ana", "ANA", " a na "):
        refused = cothemes("reviewers", "add", name, study=study.root)
        assert refused.exit_code == 2
    assert cothemes.json("reviewers", "add", " Ana ", study=study.root)["new"] is False
    assert len(cothemes.json("reviewers", study=study.root)) == 2


def test_a_package_of_another_spelling_asks_and_keeps_every_row(
    study: Study, package: Path, cothemes: Any
) -> None:
    refused = cothemes("import", package, study=study.root)
    assert refused.exit_code != 0
    assert "--same-person" in refused.stderr
    found = cothemes.json("import", package, "--same-person", study=study.root)
    assert (found["new"], found["passages"], found["left_out"]) == (4, 2, [])
    assert cothemes.json("import", package, study=study.root)["new"] == 0
    opened = Study(study.root)
    assert len(opened.store.reviews.decisions(reviewer="ana")) == 4, "stored under the name it was made under"
    readings = [e for e in selected(opened, Purpose.AGREEMENT, round_name="main").counted if e.rater != "Bob"]
    assert {(e.rater, e.passage, e.present) for e in readings} == {
        ("Ana", MONEY, frozenset({"A2"})), ("Ana", TRUST, frozenset({"A1"})), ("Ana", TEA, frozenset({"B1"})),
    }  # fmt: skip
    said = next(
        e for e in selected(opened, Purpose.FINDINGS).counted if (e.rater, e.passage) == ("Ana", MONEY)
    )
    assert said.present == {"B1"}, "for findings the later reading is her latest word"
    opened.close()
    assert cothemes.json("agreement", "--round", "main", study=study.root)["raters"] == ["Ana", "Bob"]
    people = cothemes.json("anchoring", "--round", "main", study=study.root)["people"]
    assert [person["reviewer"] for person in people] == ["Ana", "Bob"]


def test_two_people_of_one_spelling_stay_two(study: Study, package: Path, cothemes: Any) -> None:
    cothemes.done("import", package, "--another-person", study=study.root)
    found = cothemes.json("agreement", "--round", "main", study=study.root)
    assert set(found["raters"]) == {"Ana", "Bob", "ana"}


def ratings(folder: Path, *raters: str) -> Path:
    path = folder / "ratings.csv"
    rows = [f"{MONEY},talk-1,{rater},human,A2,1,blind,main" for rater in raters]
    path.write_text("\n".join(["unit,doc,rater,kind,code,value,arm,round", *rows]) + "\n", encoding="utf-8")
    return path


def test_imported_ratings_of_alike_names_are_asked_about(study: Study, cothemes: Any, tmp_path: Path) -> None:
    study.close()
    assert cothemes.json("import", ratings(tmp_path, "ana", "ANA"), study=study.root)["new"] == 2
    refused = cothemes("agreement", study=study.root)
    assert refused.exit_code == 3
    assert "reviewers merge" in refused.stderr
    merged = cothemes.json(
        "reviewers", "merge", "ana", "Ana", "--as", "Bob", "--reason", "typed so", study=study.root
    )
    assert (merged["same"], merged["by"], merged["reason"], merged["ratings"]) == (True, "Bob", "typed so", 1)
    assert cothemes("agreement", study=study.root).exit_code == 3, "of ANA nobody said anything yet"
    cothemes.done("reviewers", "merge", "ANA", "Ana", "--different", study=study.root)
    assert set(cothemes.json("agreement", study=study.root)["raters"]) == {"Ana", "Bob", "ANA"}
    cothemes.done("reviewers", "merge", "ana", "Ana", "--undo", study=study.root)
    assert cothemes("agreement", study=study.root).exit_code == 3


def test_readings_under_two_names_are_counted_and_can_be_parted_again(
    study: Study, package: Path, cothemes: Any
) -> None:
    cothemes.done("import", package, "--another-person", study=study.root)
    merged = cothemes.json("reviewers", "merge", "ana", "Ana", study=study.root)
    assert (merged["readings"], merged["read_twice"]) == (2, 1)
    before = Study(study.root).store.reviews.decisions()
    parted = cothemes.json("reviewers", "merge", "ana", "Ana", "--undo", study=study.root)
    assert parted["same"] is False
    assert Study(study.root).store.reviews.decisions() == before


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("Ana", "Ana"), 2),
        (("Ana", "Zoe"), 2),
        (("Ana", "Bob", "--as", "Zoe"), 2),
        (("Ana", "Bob", "--undo"), 3),
    ],
)
def test_what_cannot_be_merged(study: Study, cothemes: Any, words: tuple[str, ...], exit_code: int) -> None:
    assert cothemes("reviewers", "merge", *words, study=study.root).exit_code == exit_code


def test_a_name_is_merged_once(study: Study, cothemes: Any) -> None:
    cothemes.done("reviewers", "merge", "Ana", "Bob", study=study.root)
    assert cothemes("reviewers", "merge", "Bob", "Ana", study=study.root).exit_code == 3
    cothemes.done("reviewers", "merge", "Ana", "Bob", "--undo", study=study.root)
    cothemes.done("reviewers", "merge", "Bob", "Ana", study=study.root)
