"""`cothemes framework`: cases by themes, quotes that count, and summaries that forgetting reaches."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study
from cothemes.records.review import Arm


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """P1 has talk-1 and talk-2, P3 has talk-3; ann and bob mark the same words once."""
    made = study_in(tmp_path / "study", documents=3)
    propose(made)
    with_participant(made, "talk-2", "P1")
    read(made, "ann", "talk-1.0004", ("A2",), span=(16, 25))
    read(made, "bob", "talk-1.0004", ("A2", "B1"), span=(16, 25))
    read(made, "ann", "talk-2.0002", ("A1",))
    read(made, "ann", "talk-3.0004", ("A2",), done=False)
    yield made
    made.close()


def with_participant(study: Study, slug: str, participant: str) -> None:
    document = study.store.documents.get(slug)
    assert document is not None
    changed = document.model_copy(update={"metadata": {**document.metadata, "participant": participant}})
    study.store.documents.amend(changed)


def cells(found: Any) -> dict[str, dict[str, Any]]:
    return {case["case"]: {cell["column"]: cell for cell in case["cells"]} for case in found["cases"]}


def test_quotes_that_count_by_case_and_theme(cothemes: CommandLine, study: Study) -> None:
    found = cothemes.json("framework", study=study.root)
    # B1 has no theme, and would be in no column.
    assert [(each["id"], each["codes"]) for each in found["columns"]] == [("T", ["A1", "A2"]), ("B1", ["B1"])]
    rows = cells(found)
    assert list(rows) == ["policy", "talk-1", "talk-2", "talk-3"]
    (quote,) = rows["talk-1"]["T"]["quotes"]
    assert (quote["text"], quote["code"], quote["by"]) == ("any money", "A2", ["ann", "bob"])
    (whole,) = rows["talk-2"]["T"]["quotes"]
    assert whole["whole_passage"] is True
    # Suggestions are no findings, and ann has not closed talk-3.0004.
    assert rows["talk-3"]["T"]["passages"] == rows["policy"]["T"]["passages"] == 0
    assert found["left_out"]


def test_several_stretches_are_one_quote_with_a_gap(cothemes: CommandLine, study: Study) -> None:
    assign(study, "bob", {"talk-3.0004": Arm.BLIND})
    two = ("--span", "16:19", "--span", "20:25")
    cothemes.done("decide", "--as", "bob", "talk-3.0004", "A2", "add", *two, study=study.root)
    cothemes.done("done", "--as", "bob", "talk-3.0004", study=study.root)
    (quote,) = cells(cothemes.json("framework", study=study.root))["talk-3"]["T"]["quotes"]
    assert (quote["text"], quote["by"]) == ("any […] money", ["bob"])


def test_a_participant_with_several_documents_is_one_case(cothemes: CommandLine, study: Study) -> None:
    rows = cells(cothemes.json("framework", "--by", "participant", "--code", "A1,A2", study=study.root))
    assert [rows["P1"][code]["passages"] for code in ("A1", "A2")] == [1, 1]
    assert list(rows) == ["P1", "P3", "policy"]
    only = cells(cothemes.json("framework", "--kind", "interview", "--query", "A1", study=study.root))
    assert {case: row["T"]["passages"] for case, row in only.items()} == {
        "talk-1": 0, "talk-2": 1, "talk-3": 0,
    }  # fmt: skip


def test_summaries_are_written_in_versions_and_shown(cothemes: CommandLine, study: Study) -> None:
    at = study.root
    cothemes.done(
        "framework", "write", "talk-1", "T", "-", "--as", "ann", stdin="No money.\nTrust.\n", study=at
    )
    made = cothemes.json("framework", "write", "talk-1", "T", "Little money.", "--as", "bob", study=at)
    assert [each["text"] for each in made["versions"]] == ["No money.\nTrust.", "Little money."]
    assert (made["theme"], made["summary_of"]) == ("T", ["talk-1"])
    cothemes.done("framework", "write", "talk-1", "A2", "On A2.", "--as", "ann", study=at)
    cothemes.done("framework", "write", "P1", "T", "Of P1.", "--by", "participant", "--as", "ann", study=at)
    cothemes.done("memo", "add", "odd", "--document", "talk-1", "--code", "A2", "--as", "ann", study=at)

    def texts(*words: str) -> dict[tuple[str, str], list[str]]:
        return {
            (case, column): [note["text"] for note in cell["summaries"]]
            for case, row in cells(cothemes.json("framework", *words, study=at)).items()
            for column, cell in row.items()
            if cell["summaries"]
        }

    assert texts() == {("talk-1", "T"): ["Little money."]}
    assert texts("--code", "A2") == {("talk-1", "A2"): ["On A2."]}
    assert texts("--by", "participant") == {("P1", "T"): ["Of P1."]}
    cell = cells(cothemes.json("framework", study=at))["talk-1"]["T"]
    assert [note["text"] for note in cell["memos"]] == ["odd"]
    short = made["short"]
    cothemes.done("memo", "remove", short, "--as", "ann", study=at)
    assert texts() == {}
    assert len(cothemes.json("memo", "show", short, study=at)["versions"]) == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("talk-9", "T", "x", "--as", "ann"), 2, "no document is"),
        (("P9", "T", "x", "--by", "participant", "--as", "ann"), 2, "no participant is"),
        (("talk-1", "Z9", "x", "--as", "ann"), 2, "is no code"),
        (("talk-1", "T", " ", "--as", "ann"), 2, "empty"),
        (("talk-1", "T", "x", "--as", "eve"), 2, "not registered"),
        (("talk-1", "T", "x"), 2, "say who you are"),
    ],
)
def test_what_cannot_be_written(
    cothemes: CommandLine, study: Study, words: tuple[str, ...], code: int, says: str
) -> None:
    result = cothemes("framework", "write", *words, study=study.root)
    assert result.exit_code == code
    assert says in result.stderr


def test_files_hold_every_quote_and_summary(cothemes: CommandLine, study: Study, tmp_path: Path) -> None:
    at = study.root
    cothemes.done("framework", "write", "talk-1", "T", "=No money.\nTrust.", "--as", "ann", study=at)
    page, table, book = (tmp_path / f"f.{form}" for form in ("html", "csv", "xlsx"))
    cothemes.done("framework", "--html", page, "--csv", table, "--xlsx", book, study=at)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    assert "No money.\nTrust." in rows["talk-1"]["T summary"]
    assert "“any money” (talk-1.0004, A2)" in rows["talk-1"]["T quotes"]
    assert rows["talk-1"]["meta.group"] == "national"
    sheet = load_workbook(book).active
    assert sheet.max_row == 5
    html = page.read_text(encoding="utf-8")
    assert "any money" in html
    assert "No money." in html
    assert "<script" not in html
    kinds = [each["command"] for each in cothemes.json("access-log", study=at)["entries"]]
    assert kinds == ["framework"] * 3
    report = tmp_path / "report.html"
    cothemes.done("report", report, study=at)
    shown = report.read_text(encoding="utf-8")
    assert "Summaries by case" in shown
    assert "Appendix: memos" not in shown
    cothemes.done("report", report, "--no-memos", study=at)
    assert "No money." not in report.read_text(encoding="utf-8")


def test_coders_by_number(cothemes: CommandLine, study: Study, tmp_path: Path) -> None:
    at, page = study.root, tmp_path / "f.html"
    cothemes.done("framework", "write", "talk-1", "T", "No money.", "--as", "bob", study=at)
    found = cothemes.json("framework", "--coders-by-number", "--html", page, study=at)
    cell = cells(found)["talk-1"]["T"]
    assert cell["quotes"][0]["by"] == ["Coder 1", "Coder 2"]
    assert [note["by"] for note in cell["summaries"]] == ["Coder 2"]
    assert "ann" not in found["sentence"]
    assert not re.search(r"\b(ann|bob)\b", page.read_text(encoding="utf-8"))


def test_the_screen_fits_80_columns(cothemes: CommandLine, study: Study) -> None:
    text = cothemes.done("framework", study=study.root)
    assert max(map(len, text.splitlines())) <= 80
    assert "“any money”" in text


@pytest.mark.parametrize("forgotten", ["talk-1", "talk-2"])
def test_forgetting_a_document_erases_the_summaries_of_its_case(
    cothemes: CommandLine, study: Study, forgotten: str
) -> None:
    at = study.root
    secret = "windowlessly cold"
    cothemes.done("framework", "write", "P1", "T", secret, "--by", "participant", "--as", "ann", study=at)
    cothemes.done("framework", "write", "talk-3", "T", "stays", "--as", "ann", study=at)
    held = cothemes.json("held", "P1", study=at)
    assert secret in str(held)
    cothemes.done("forget", forgotten, "--yes", study=at)
    study.close()
    stored = b"".join(file.read_bytes() for file in (at / ".cothemes").rglob("*") if file.is_file())
    assert secret.encode() not in stored
    assert b"stays" in stored


def test_a_blind_coder_sees_no_summary_of_what_is_still_to_code(
    cothemes: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    cothemes.done(
        "framework", "write", "P1", "T", "x", "--by", "participant", "--as", "ann", study=study.root
    )
    assign(study, "bob", {"talk-2.0004": Arm.BLIND})
    # Who still has to code it blind does not read it in the editor either.
    made = cothemes.json(
        "framework", "write", "P1", "T", "y", "--by", "participant", "--as", "bob", study=study.root
    )
    assert [each["text"] for each in made["versions"]] == ["y"]
    cothemes.done("memo", "remove", made["short"], "--as", "bob", study=study.root)
    monkeypatch.setenv("COTHEMES_AS", "bob")
    found = cells(cothemes.json("framework", "--by", "participant", study=study.root))
    assert found["P1"]["T"]["summaries"] == []
    monkeypatch.setenv("COTHEMES_AS", "ann")
    assert (
        len(
            cells(cothemes.json("framework", "--by", "participant", study=study.root))["P1"]["T"]["summaries"]
        )
        == 1
    )
