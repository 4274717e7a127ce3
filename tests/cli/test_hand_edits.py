"""codebook.yaml edited by hand: where an id is gone, a person says what that means before anything counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study

FIRST, SECOND = "talk-1.0002", "talk-1.0004"
RENAMED = CODEBOOK.replace("id: A2", "id: MONEY").replace("[A1, A2]", "[A1, MONEY]")
WITHOUT_B1 = CODEBOOK[: CODEBOOK.index("  - id: B1")]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann coded A2 on one passage and B1 on the other."""
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", FIRST, ("A2",))
    read(made, "ann", SECOND, ("B1",))
    made.close()
    return made


def codings(cothemes: CommandLine, study: Study) -> set[tuple[str, str]]:
    found = cothemes.json("codings", study=study.root)
    return {(each["passage"], each["code"]) for each in found["decided"] if each["current_wording"]}


def edit(study: Study, text: str) -> None:
    study.codebook_path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("text", [RENAMED, WITHOUT_B1])
def test_an_id_that_is_gone_is_asked_about_before_anything_counts(
    study: Study, cothemes: CommandLine, text: str
) -> None:
    edit(study, text)
    for words in (
        ("codings",), ("agreement",), ("matrix",), ("queue", "--as", "ann"), ("propose",),
        ("report", study.root / "report.html"), ("codebook", "retire", "A1"),
    ):  # fmt: skip
        refused = cothemes(*words, study=study.root)
        assert refused.exit_code == 3, words
        assert "codebook adopt" in " ".join(refused.stderr.split())
    for words in (("codebook", "show"), ("codebook", "check"), ("codebook", "diff"), ("codebook", "history")):
        cothemes.done(*words, study=study.root)
    edit(study, CODEBOOK)
    assert codings(cothemes, study) == {(FIRST, "A2"), (SECOND, "B1")}


def test_a_renamed_code_takes_its_decisions_along(study: Study, cothemes: CommandLine) -> None:
    edit(study, RENAMED)
    looked = cothemes.json("codebook", "adopt", "--renamed", "A2=MONEY", "--dry-run", study=study.root)
    assert looked["stored"] is False
    assert cothemes("codings", study=study.root).exit_code == 3
    found = cothemes.json(
        "codebook", "adopt", "--renamed", "A2=MONEY", "--as", "ann", "--reason", "clearer", study=study.root
    )
    (made,) = found["operations"]
    assert (made["kind"], made["codes"], made["into"], made["by"], made["by_hand"]) == (
        "rename", ["A2"], ["MONEY"], "ann", True,
    )  # fmt: skip
    assert codings(cothemes, study) == {(FIRST, "MONEY"), (SECOND, "B1")}
    assert cothemes.json("status", study=study.root)["older_wording"]["readings"] == 0
    cothemes.done("codebook", "undo", study=study.root)
    assert codings(cothemes, study) == {(FIRST, "A2"), (SECOND, "B1")}
    assert study.codebook_path.read_text(encoding="utf-8") == CODEBOOK


def test_an_earlier_file_that_is_put_back_is_asked_about_too(study: Study, cothemes: CommandLine) -> None:
    cothemes.done("codebook", "rename", "A2", "MONEY", study=study.root)
    edit(study, CODEBOOK)
    assert cothemes("codings", study=study.root).exit_code == 3
    cothemes.json("codebook", "adopt", "--renamed", "MONEY=A2", study=study.root)
    assert codings(cothemes, study) == {(FIRST, "A2"), (SECOND, "B1")}


def test_a_rename_with_another_definition_is_another_meaning(study: Study, cothemes: CommandLine) -> None:
    edit(
        study, RENAMED.replace("Says that time or money is there or is missing.", "Says that money is short.")
    )
    cothemes.json("codebook", "adopt", "--renamed", "A2=MONEY", study=study.root)
    assert codings(cothemes, study) == {(SECOND, "B1")}
    assert cothemes.json("status", study=study.root)["older_wording"]["readings"] > 0


def test_a_code_that_was_taken_out_is_retired_and_comes_back(study: Study, cothemes: CommandLine) -> None:
    edit(study, WITHOUT_B1 + "  - id: C9\n    label: Rooms\n")
    found = cothemes.json("codebook", "adopt", "--retired", "B1", "--new", "C9", study=study.root)
    assert [each["kind"] for each in found["operations"]] == ["retire", "add"]
    assert codings(cothemes, study) == {(FIRST, "A2")}
    listed = cothemes.json("codings", "--retired", study=study.root)["decided"]
    assert [(each["passage"], each["code"]) for each in listed] == [(SECOND, "B1")]
    cothemes.done("codebook", "undo", study=study.root)
    cothemes.done("codebook", "undo", study=study.root)
    assert codings(cothemes, study) == {(FIRST, "A2"), (SECOND, "B1")}


def test_codes_that_nothing_rests_on_come_and_go(study: Study, cothemes: CommandLine) -> None:
    edit(study, CODEBOOK + "  - id: C9\n    label: Rooms\n    definition: Says that a room is missing.\n")
    cothemes.json("codings", study=study.root)
    cothemes.done("codebook", "note", "asked by the funder", "--codes", "C9", study=study.root)
    edit(study, CODEBOOK)
    assert codings(cothemes, study) == {(FIRST, "A2"), (SECOND, "B1")}


@pytest.mark.parametrize(
    "words",
    [
        ("--renamed", "A2=A1"), ("--renamed", "A1=MONEY"), ("--renamed", "A2"), ("--retired", "B1"),
        ("--new", "MONEY"), ("--new", "A1", "--retired", "A2"), ("--renamed", "A2=MONEY", "--retired", "A2"),
        ("G1", "--renamed", "A2=MONEY"), (),
    ],
)  # fmt: skip
def test_an_answer_has_to_fit_the_edit(study: Study, cothemes: CommandLine, words: tuple[str, ...]) -> None:
    edit(study, RENAMED)
    refused = cothemes("codebook", "adopt", *words, study=study.root)
    assert refused.exit_code == 2, refused.stdout
    assert cothemes.json("codebook", "history", study=study.root)["operations"] == []
