"""The --meta table: rows and values without effect are named with their place; consent is never silent."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.cli.test_recut import FRONT, TALK, write
from tests.conftest import CommandLine

from cothemes.app.study import Study, create_study
from cothemes.records.document import Role
from cothemes.stages.ingest.document import SPOKEN_THOUGH_PUBLISHED


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write(tmp_path / "files" / "talk.md", FRONT + TALK)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = create_study(tmp_path / "study", source="blank", codebook=None)
    made.close()
    return made


def warnings(
    cothemes: CommandLine, study: Study, table: Path, *words: str | Path
) -> list[tuple[int, str, str]]:
    """Row, message and hint of each warning; the same by a check and by the real run."""
    found: list[list[dict[str, Any]]] = []
    for check in (("--check",), ()):
        found.append(cothemes.json("ingest", *words, "--meta", table, *check, study=study.root)["warnings"])
    assert found[0] == found[1]
    rows = []
    for each in found[1]:
        path, _, row = each["where"].rpartition(":")
        assert path == str(table)
        rows.append((int(row), each["message"], each["hint"] or ""))
    return rows


@pytest.mark.parametrize(
    ("table", "row", "named"),
    [
        ("file,kind\ntalk.md,polcy\n", 2, "polcy"),
        ("file,level\ntalk.md,local\nabsent.docx,national\n", 3, "absent.docx"),
        ("file,level\ntalk,national\n", 2, "talk.md"),
        ("file,level\nTalk.md,national\n", 2, "talk.md"),
        ("file,interviewer\ntalk.md,Zoe\n", 2, "Zoe"),
        ("file,participant_speaker\ntalk.md,Zoe\n", 2, "Zoe"),
        ("file,kind,interviewer\ntalk.md,policy,Mo\n", 2, "interviewer"),
        ("file,consent_remote\ntalk.md,mabye\n", 2, "mabye"),
        ("file,level\ntalk.md,local,more\n", 2, "1 value"),
        ('file,about\ntalk.md,"two\nlines"\nabsent.md,x\n', 4, "absent.md"),
    ],
)
def test_each_row_without_effect_is_named_with_its_place(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path, table: str, row: int, named: str
) -> None:
    file = write(tmp_path / "meta.csv", table)
    ((where, message, hint),) = warnings(cothemes, study, file, talk)
    assert where == row
    assert named in message + hint
    told = " ".join(cothemes.done("ingest", talk, "--meta", file, study=study.root).split())
    assert "warning:" in told


def test_a_table_whose_rows_all_count_gives_no_warning(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    table = write(
        tmp_path / "meta.csv", "file,kind,interviewer,consent_remote\ntalk.md,interview,Interviewer,no\n"
    )
    assert warnings(cothemes, study, table, talk) == []


def test_rows_of_files_that_were_not_given_are_told_only_where_they_say_something_new(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    other = write(talk.parent / "other.md", "A short text about something else.\n")
    table = write(tmp_path / "meta.csv", "file,level\ntalk.md,local\nother.md,national\n")
    cothemes.done("ingest", talk, other, study=study.root)
    found = cothemes.json("ingest", talk, "--meta", table, study=study.root)["warnings"]
    assert [("other.md" in each["message"], each["where"]) for each in found] == [(True, str(table))]
    cothemes.done("ingest", other, "--meta", table, study=study.root)
    assert cothemes.json("ingest", talk, "--meta", table, study=study.root)["warnings"] == []


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_with_any_usual_separator_is_read(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path, sign: str
) -> None:
    table = write(tmp_path / "meta.csv", f"File{sign}level\ntalk.md{sign}national\n")
    assert warnings(cothemes, study, table, talk) == []
    opened = Study(study.root)
    assert opened.store.documents.heads()[0].metadata["level"] == "national"
    opened.close()


@pytest.mark.parametrize(
    ("sign", "encoding", "end"),
    [
        (";", "utf-8-sig", "\r\n"),
        ("\t", "utf-16", "\r\n"),
        (",", "utf-16-le", "\n"),
        (";", "cp1252", "\r\n"),
        (",", "utf-8", "\r"),
    ],
)
def test_a_table_as_spreadsheet_programs_save_it_is_read(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path, sign: str, encoding: str, end: str
) -> None:
    table = tmp_path / "meta.csv"
    table.write_bytes(f"file{sign}level{end}talk.md{sign}Überörtlich – “naïve”{end}".encode(encoding))
    assert warnings(cothemes, study, table, talk) == []
    assert metadata(study)["level"] == "Überörtlich – “naïve”"


def metadata(study: Study) -> dict[str, str]:
    opened = Study(study.root)
    (head,) = opened.store.documents.heads()
    opened.close()
    return dict(head.metadata)


def test_a_workbook_is_read_and_its_rows_are_named(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    table = tmp_path / "meta.xlsx"
    book = Workbook()
    for row in (
        ["file", "level", "year", "met"],
        ["talk.md", "local", 2021, date(2021, 5, 3)],
        ["absent.md"],
    ):
        book.active.append(row)
    book.save(table)
    ((row, message, _),) = warnings(cothemes, study, table, talk)
    assert (row, "absent.md" in message) == (3, True)
    found = metadata(study)
    assert (found["level"], found["year"], found["met"]) == ("local", "2021", "2021-05-03")


def test_files_without_a_row_are_named(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    other = write(talk.parent / "other.md", "A short text about something else.\n")
    table = write(tmp_path / "meta.csv", "file,level\ntalk.md,local\n")
    (found,) = cothemes.json("ingest", talk, other, "--meta", table, study=study.root)["warnings"]
    assert found["where"] == str(table)
    assert "other.md" in found["message"]
    assert "talk.md" not in found["message"]


@pytest.mark.parametrize(
    ("content", "named"),
    [(b"file,level,level\ntalk.md,a,b\n", "level"), (b"%PDF-1.4 file,level", "PDF"), (b"", "empty")],
)
def test_what_is_no_table_is_refused_with_its_place(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path, content: bytes, named: str
) -> None:
    table = tmp_path / "meta.csv"
    table.write_bytes(content)
    result = cothemes("ingest", talk, "--meta", table, study=study.root)
    assert result.exit_code == 3
    assert named in result.stderr
    assert str(table) in "".join(result.stderr.split("\n"))


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_table_of_files_among_the_texts_is_not_read_as_a_text(
    study: Study, talk: Path, cothemes: CommandLine, encoding: str
) -> None:
    (talk.parent / "about.csv").write_bytes("file;level\r\ntalk.md;é\r\n".encode(encoding))
    result = cothemes("ingest", talk.parent, "--json", study=study.root)
    states = {Path(each["path"]).name: each["state"] for each in json.loads(result.stdout)["files"]}
    assert states == {"about.csv": "failed", "talk.md": "new"}


def test_a_table_without_a_column_of_files_is_refused_with_its_columns(
    study: Study, talk: Path, cothemes: CommandLine, tmp_path: Path
) -> None:
    table = write(tmp_path / "meta.csv", "name|level\ntalk.md|national\n")
    result = cothemes("ingest", talk, "--meta", table, study=study.root)
    assert result.exit_code != 0
    assert "name|level" in result.stderr
    assert f"{table}:1" in "".join(result.stderr.split("\n"))


def test_the_label_of_a_speaker_with_a_key_counts_as_the_speaker(
    study: Study, cothemes: CommandLine, tmp_path: Path
) -> None:
    keyed = write(
        tmp_path / "keyed.md",
        "JR = Jane Roe\nTL = Tom Lark\n\n" + TALK.replace("Interviewer:", "JR:").replace("Mo:", "TL:"),
    )
    table = write(tmp_path / "meta.csv", "file,interviewer\nkeyed.md,JR\n")
    assert warnings(cothemes, study, table, keyed) == []
    opened = Study(study.root)
    roles = {passage.speaker: passage.role for passage in opened.store.passages.all()}
    opened.close()
    assert Role.INTERVIEWER not in {roles.get("Tom Lark"), roles.get("TL")}


def test_a_talk_called_a_policy_is_told_of_whether_it_is_coded_or_not(
    study: Study, talk: Path, cothemes: CommandLine
) -> None:
    sentence = SPOKEN_THOUGH_PUBLISHED.rstrip(".")
    cothemes.done("ingest", talk, study=study.root)
    for words in (
        ("reviewers", "add", "ann"),
        ("route", "--reviewers", "ann"),
        ("decide", "--as", "ann", "talk.0001", "C1", "add"),
    ):
        cothemes.done(*words, study=study.root)
    checked = cothemes("ingest", talk, "--kind", "policy", "--check", "--json", study=study.root)
    (file,) = json.loads(checked.stdout)["files"]
    assert SPOKEN_THOUGH_PUBLISHED in file["notes"]
    (file,) = cothemes.json("ingest", talk, "--kind", "policy", study=study.root)["files"]
    assert file["kind"] == "policy"
    assert sentence in file["reason"]
    assert "people have worked on them" in file["reason"]
