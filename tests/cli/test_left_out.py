"""What people decided and no figure counts is said beside every figure, and listed beside every export."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.conftest import CommandLine
from tests.doubles.coded_study import CODEBOOK, assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.review.left_out import beside
from cothemes.app.study import Study
from cothemes.records.review import Arm

FIRST, SECOND, REVEALED = "talk-1.0002", "talk-1.0004", "talk-2.0004"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann has A1 on one passage and A2 on another, both finished; Bob has A2 on one, not finished."""
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", FIRST, ("A1",))
    read(made, "ann", SECOND, ("A2",))
    read(made, "bob", SECOND, ("A2",), done=False)
    made.close()
    return made


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def told(entries: list[dict[str, Any]]) -> list[tuple[str, str, int, Any]]:
    return [(each["reason"], each["unit"], each["count"], each["codes"]) for each in entries]


def people(cothemes: CommandLine, study: Study, out: Path) -> list[tuple[str, str, str]]:
    cothemes.done("export", "csv", out, study=study.root)
    return [(row["passage"], row["code"], row["who"]) for row in rows(out) if row["kind"] == "human"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "ratings"])
def test_an_export_says_and_lists_what_it_leaves_out(
    study: Study, cothemes: CommandLine, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"out.{form}"
    made = cothemes.json("export", form, out, study=study.root)
    assert told(made["left_out"]) == [("not done", "decision", 1, ["A2"])]
    assert made["left_out"][0]["include_with"] == "cothemes done --as NAME PASSAGE"
    assert Path(made["left_out_file"]) == beside(out)
    (row,) = rows(beside(out))
    assert (row["state"], row["passage"], row["code"], row["who"]) == ("not done", SECOND, "A2", "bob")
    screen = " ".join(cothemes.done("export", form, out, study=study.root).split())
    assert "Left out: 1 decision, not done (A2)" in screen
    if form == "xlsx":
        assert load_workbook(out)["codings"].max_row == 1 + made["rows"]
    # What counts again is listed no more: an old list never stays beside a new export.
    cothemes.done("done", "--as", "bob", SECOND, study=study.root)
    again = cothemes.json("export", form, out, study=study.root)
    assert again["left_out"] == []
    assert rows(beside(out)) == []


def test_no_list_is_written_where_nothing_is_left_out(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    cothemes.done("done", "--as", "bob", SECOND, study=study.root)
    made = cothemes.json("export", "csv", tmp_path / "out.csv", study=study.root)
    assert made["left_out_file"] is None
    assert [path.name for path in tmp_path.glob("out*")] == ["out.csv"]


def test_every_figure_says_the_same(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    cothemes.done("done", "--as", "bob", SECOND, study=study.root)
    study.codebook_path.write_text(
        CODEBOOK.replace("time or money is there", "time, money or rooms are there"), encoding="utf-8"
    )
    expected = [("earlier meaning", "decision", 2, ["A2"])]
    codings = cothemes.json("codings", study=study.root)
    assert told(codings["left_out"]) == expected
    assert codings["counts"]["decided"] == 1
    for command in (
        ("matrix", "--by", "document"),
        ("agreement",),
        ("anchoring",),
        ("disagreements",),
        ("prevalence",),
        ("report", tmp_path / "r.html"),
        ("export", "csv", tmp_path / "out.csv"),
    ):
        made = cothemes.json(*command, study=study.root)
        assert told(made["left_out"]) == expected, command
    assert people(cothemes, study, tmp_path / "out.csv") == [(FIRST, "A1", "ann")]
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Left out: 2 decisions, earlier meaning (A2)" in page
    for command in (
        ("codings",), ("matrix",), ("agreement",), ("anchoring",), ("disagreements",), ("prevalence",),
    ):  # fmt: skip
        assert "Left out: 2 decisions, earlier meaning (A2)" in " ".join(
            cothemes.done(*command, study=study.root).split()
        )


def test_only_the_codes_asked_for_are_told_of(study: Study, cothemes: CommandLine) -> None:
    assert told(cothemes.json("matrix", "--code", "A1", study=study.root)["left_out"]) == []
    assert told(cothemes.json("matrix", "--code", "A2", study=study.root)["left_out"]) == [
        ("not done", "decision", 1, ["A2"])
    ]


def test_a_label_alone_changes_no_figure(study: Study, cothemes: CommandLine, tmp_path: Path) -> None:
    before = people(cothemes, study, tmp_path / "before.csv")
    study.codebook_path.write_text(
        CODEBOOK.replace("label: Trust between people\n    theme: T\n", "label: Trust\n").replace(
            "label: Time and money", "label: Money"
        ),
        encoding="utf-8",
    )
    codings = cothemes.json("codings", study=study.root)
    assert (codings["counts"]["decided"], codings["left_out"]) == (3, [])
    totals = cothemes.json("matrix", "--by", "document", study=study.root)["totals"]
    assert (totals["A1"]["passages"], totals["A2"]["passages"]) == (1, 1)
    assert people(cothemes, study, tmp_path / "after.csv") == before == [
        (FIRST, "A1", "ann"), (SECOND, "A2", "ann"),
    ]  # fmt: skip


def test_a_label_and_then_a_definition_called_the_same_are_followed(
    study: Study, cothemes: CommandLine
) -> None:
    relabelled = CODEBOOK.replace("label: Time and money", "label: Money")
    study.codebook_path.write_text(relabelled, encoding="utf-8")
    read(Study(study.root), "bob", REVEALED, ("B1",))
    study.codebook_path.write_text(
        relabelled.replace("time or money is there", "time or money are there"), encoding="utf-8"
    )
    assert told(cothemes.json("codings", "--code", "A2", study=study.root)["left_out"]) == [
        ("earlier meaning", "decision", 2, ["A2"])
    ]
    cothemes.done("codebook", "note", "grammar", "--same", "--codes", "A2", study=study.root)
    assert cothemes.json("codings", "--code", "A2", study=study.root)["left_out"] == []


def test_a_reveal_reading_is_exported_once_and_what_was_withdrawn_is_listed(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    opened = Study(study.root)
    assign(opened, "ann", {REVEALED: Arm.REVEAL})
    opened.close()
    for words in (
        ("decide", "--as", "ann", REVEALED, "A1", "add"),
        ("decide", "--as", "ann", REVEALED, "B1", "add"),
        ("done", "--as", "ann", REVEALED),
        ("decide", "--as", "ann", REVEALED, "B1", "reject"),
        ("done", "--as", "ann", REVEALED),
    ):
        cothemes.done(*words, study=study.root)
    out = tmp_path / "out.csv"
    exported = [row for row in people(cothemes, study, out) if row[0] == REVEALED]
    assert exported == [(REVEALED, "A1", "ann")]
    listed = [(row["state"], row["code"]) for row in rows(beside(out)) if row["passage"] == REVEALED]
    assert listed == [("superseded", "B1")]
    # Agreement compares the blind reading, and a table of ratings holds both.
    cothemes.done("export", "ratings", tmp_path / "r.csv", study=study.root)
    values = {
        (row["arm"], row["code"]): row["value"]
        for row in rows(tmp_path / "r.csv")
        if row["unit"] == REVEALED and row["rater"] == "ann"
    }
    assert (values[("reveal", "B1")], values[("revealed", "B1")]) == ("1", "0")
    assert [row for row in rows(beside(tmp_path / "r.csv")) if row["passage"] == REVEALED] == []


def test_consent_withdrawn_is_a_number_and_in_no_list(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    cothemes.done("forget", "talk-1", "--yes", study=study.root)
    made = cothemes.json("export", "csv", tmp_path / "out.csv", study=study.root)
    assert told(made["left_out"]) == [("consent withdrawn", "decision", 3, None)]
    assert made["left_out"][0]["include_with"] is None
    assert made["left_out_file"] is None


def test_a_blind_reader_learns_nothing_from_what_is_left_out(
    study: Study, cothemes: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob has SECOND open blind; its document is cut anew, and the new passages hold the same words."""
    opened = Study(study.root)
    document = opened.store.documents.get("talk-1")
    assert document is not None
    again = [p.model_copy(update={"id": f"talk-1.{n:04d}"}) for n, p in enumerate(
        opened.store.passages.of("talk-1"), start=11)]  # fmt: skip
    opened.store.passages.replace("talk-1", again)
    assign(opened, "bob", {"talk-1.0014": Arm.BLIND})
    opened.close()
    out = tmp_path / "out.csv"
    cothemes.done("export", "csv", out, study=study.root)
    assert {row["who"] for row in rows(beside(out))} == {"ann", "bob"}
    monkeypatch.setenv("COTHEMES_AS", "bob")
    made = json.loads(cothemes("export", "csv", out, "--json", study=study.root).stdout)
    assert {row["who"] for row in rows(beside(out))} == {"bob"}
    assert told(made["left_out"]) == [
        ("retired passage", "decision", 1, ["A2"]),
        ("still to code blind", "passage", 2, None),
    ]


@pytest.fixture
def two_roles(study: Study) -> Study:
    """A column `role` and a column `speaker` beside who speaks."""
    opened = Study(study.root)
    for slug, role in (("talk-1", "manager"), ("talk-2", "nurse")):
        opened.store.documents.describe(slug, {"role": role, "speaker": "yes", "group": "national"})
    opened.close()
    return study


@pytest.mark.parametrize("command", ["codings", "quotes"])
def test_a_column_and_a_field_of_one_name_are_never_taken_for_each_other(
    two_roles: Study, cothemes: CommandLine, command: str
) -> None:
    code = ("--code", "A1,A2") if command == "quotes" else ()
    refused = cothemes(command, *code, "--where", "role=manager", study=two_roles.root)
    assert refused.exit_code == 2
    assert "passage.role" in refused.stderr
    assert "meta.role" in refused.stderr

    def decided(where: str) -> int:
        found = cothemes.json(command, *code, "--where", where, study=two_roles.root)
        return int(found["counts"]["decided"])

    assert decided("meta.role=manager") == 3 if command == "codings" else decided("meta.role=manager") > 0
    assert decided("meta.role=nurse") == 0
    assert decided("passage.role=interviewer") == 0
    assert decided("passage.role=participant") == decided("meta.role=manager")
    assert decided("by=bob") == 1
    assert decided("group=national") == decided("meta.group=national") == decided("passage.role=participant")


def test_a_matrix_by_a_name_with_two_meanings_asks_which(two_roles: Study, cothemes: CommandLine) -> None:
    refused = cothemes("matrix", "--by", "speaker", study=two_roles.root)
    assert (refused.exit_code, "--by meta.speaker" in " ".join(refused.stderr.split())) == (2, True)

    def columns(by: str) -> list[str]:
        return list(cothemes.json("matrix", "--by", by, study=two_roles.root)["columns"])

    assert columns("meta.speaker") == ["yes"]
    assert columns("passage.speaker") == ["Mo"]
    assert columns("role") == columns("meta.role") == ["manager"]
    held = cothemes.json("matrix", "--where", "meta.role=nurse", study=two_roles.root)
    assert held["decided"]["passages"] == 0


def test_without_a_column_of_that_name_a_field_is_asked_for_as_before(
    study: Study, cothemes: CommandLine
) -> None:
    found = cothemes.json("codings", "--where", "role=participant", study=study.root)
    assert found["counts"]["decided"] == 3
    assert cothemes.json("matrix", "--by", "speaker", study=study.root)["columns"] == ["Mo"]
