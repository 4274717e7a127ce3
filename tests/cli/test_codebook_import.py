"""Codebooks in and out, in every format that people keep them in."""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from cothemes.app.study import Study, find_study

BLANK = "codebook:\n  id: x\n# Mine.\ncodes: []\n"
ROWS = [
    ("Theme", "Code", "Definition", "Examples"),
    ("Working together", "Trust", "Says trust; not “the bus”.", "We trusted them."),
    ("", "Money & time", "", ""),
    ("Staff", "Turnover", "=Staff leave\nor come.", "- One\n- Two"),
]


@pytest.fixture
def blank(cothemes, tmp_path: Path) -> Study:
    cothemes.done("init", tmp_path / "s", "--from", "blank")
    (tmp_path / "s" / "codebook.yaml").write_text(BLANK, encoding="utf-8")
    return find_study(tmp_path / "s", given=True)


def as_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle, delimiter=";").writerows(ROWS)


def as_xlsx(path: Path) -> None:
    book = Workbook()
    book.active.append(["About this study"])
    sheet = book.create_sheet("codes")
    for row in ROWS:
        sheet.append([f"'{cell}" if cell.startswith("=") else cell for cell in row])
    book.save(path)


def as_docx(path: Path) -> None:
    document = Document()
    document.add_paragraph("Our codebook")
    for part in (ROWS[:3], [ROWS[0], *ROWS[3:]]):
        table = document.add_table(rows=0, cols=4)
        for row in part:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
        if len(part) == 3:
            table.cell(1, 0).merge(table.cell(2, 0))
    document.save(path)


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_docx], ids=["csv", "xlsx", "docx"])
def test_a_table_of_codes_comes_in(cothemes, blank: Study, tmp_path: Path, write) -> None:
    path = tmp_path / f"book.{write.__name__.removeprefix('as_')}"
    write(path)
    planned = cothemes.json("codebook", "import", path, "--dry-run", study=blank.root)
    assert (blank.root / "codebook.yaml").read_text(encoding="utf-8") == BLANK
    assert planned["columns"]["label"] == "Code"
    found = cothemes.json("codebook", "import", path, study=blank.root)
    assert {**found, "dry_run": True} == planned
    assert found["drafts"] == ["Money-time"]
    book = find_study(blank.root, given=True).codebook
    assert {code.label: book.theme_by_id[code.theme or ""].label for code in book.codes} == {
        "Trust": "Working together",
        "Money & time": "Working together",
        "Turnover": "Staff",
    }
    turnover = book.by_id["Turnover"]
    assert turnover.definition.removeprefix("'") == "=Staff leave\nor come."
    assert [each.text for each in turnover.examples] == ["One", "Two"]
    text = (blank.root / "codebook.yaml").read_text(encoding="utf-8")
    assert "# Mine." in text
    again = cothemes.json("codebook", "import", path, study=blank.root)
    assert (again["codes"], again["known"]) == ([], 3)
    assert (blank.root / "codebook.yaml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "docx", "qdc", "yaml"])
def test_an_exported_codebook_comes_back_with_its_ids(
    cothemes, blank: Study, tmp_path: Path, suffix: str
) -> None:
    cothemes.done("init", tmp_path / "full", "--from", "coproduction")
    out = tmp_path / f"book.{suffix}"
    made = cothemes.json("codebook", "export", out, study=tmp_path / "full")
    full = find_study(tmp_path / "full", given=True).codebook
    cothemes.done("codebook", "import", out, study=blank.root)
    book = find_study(blank.root, given=True).codebook
    assert {code.id: (code.label, code.theme, code.parent) for code in book.codes} == {
        code.id: (code.label, code.theme, code.parent) for code in full.codes
    }
    for code in full.codes:
        again = book.by_id[code.id]
        assert " ".join(again.definition.split()) == " ".join(code.definition.split())
        assert again.include_when == code.include_when
        assert [each.text for each in again.near_misses] == [each.text for each in code.near_misses]
    lost = {loss["what"] for loss in made["not_carried"]}
    assert ("general rules" in lost) == (suffix != "yaml")


def test_a_codebook_of_another_program_keeps_its_order_and_headings(
    cothemes, blank: Study, tmp_path: Path
) -> None:
    (tmp_path / "c.qdc").write_text(
        """<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>
<Code guid="5215cc69-b628-4e02-afb9-9beeaee55808" name="Topics" isCodable="false">
<Code guid="d7aa29da-519b-4946-9b90-253b6db8fd0a" name="Economy" isCodable="true" color="#ffff00">
<Description>Jobs or taxes</Description></Code></Code></Codes></CodeBook>""",
        encoding="utf-8",
    )
    found = cothemes.json("codebook", "import", tmp_path / "c.qdc", study=blank.root)
    assert (found["themes"], found["codes"]) == (["Topics"], ["Economy"])
    assert any(loss["what"] == "colours" for loss in found["not_carried"])


def test_taguettes_database_and_tags_come_in(cothemes, blank: Study, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "t.sqlite3")) as connection:
        connection.executescript(
            """CREATE TABLE tags (id INTEGER, path TEXT, description TEXT);
            CREATE TABLE documents (id INTEGER, name TEXT);
            CREATE TABLE highlights (id INTEGER, document_id INTEGER, snippet TEXT);
            CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);
            INSERT INTO tags VALUES (1, 'interesting', 'Further review'), (2, 'people', '');"""
        )
        connection.commit()
    found = cothemes.json("codebook", "import", tmp_path / "t.sqlite3", study=blank.root)
    assert found["codes"] == ["interesting", "people"]
    cothemes.done("codebook", "export", tmp_path / "tags.csv", "--for", "taguette", study=blank.root)
    with (tmp_path / "tags.csv").open(encoding="utf-8", newline="") as handle:
        assert [row["tag"] for row in csv.DictReader(handle)] == ["interesting", "people"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("book.csv", b"Colour;Size\nred;3\n", 2),
        ("book.csv", b"", 3),
        ("book.xlsx", b"PK no", 3),
        ("book.docx", b"PK no", 3),
        ("book.db", b"SQLite format 3\x00", 3),
        ("book.doc", b"x", 3),
    ],
)
def test_what_holds_no_codes_is_refused_and_changes_nothing(
    cothemes, blank: Study, tmp_path: Path, name: str, content: bytes, code: int
) -> None:
    (tmp_path / name).write_bytes(content)
    result = cothemes("codebook", "import", tmp_path / name, study=blank.root)
    assert result.exit_code == code, result.stderr
    assert (blank.root / "codebook.yaml").read_text(encoding="utf-8") == BLANK


def test_a_bomb_of_a_workbook_is_refused(cothemes, blank: Study, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 64_000_000)
    assert cothemes("codebook", "import", tmp_path / "b.xlsx", study=blank.root).exit_code == 3


def test_codes_are_added_behind_what_people_wrote(cothemes, blank: Study, tmp_path: Path) -> None:
    yaml = """# The study's own words.
codebook: {id: x}
themes:
  T: {label: Old theme}   # kept
codes:
  - id: A
    label: First   # kept too
    definition: Says first.
# The end.
"""
    (blank.root / "codebook.yaml").write_text(yaml, encoding="utf-8")
    as_csv(tmp_path / "b.csv")
    cothemes.done("codebook", "import", tmp_path / "b.csv", study=blank.root)
    text = (blank.root / "codebook.yaml").read_text(encoding="utf-8")
    for line in yaml.splitlines():
        assert line in text
    book = find_study(blank.root, given=True).codebook
    assert [code.id for code in book.codes] == ["A", "Trust", "Money-time", "Turnover"]
    assert [theme.label for theme in book.themes] == ["Old theme", "Working together", "Staff"]


def test_the_codebook_that_maxqda_writes_in_word_comes_in(cothemes, blank: Study, tmp_path: Path) -> None:
    document = Document()
    counts = document.add_table(rows=0, cols=2)
    for row in (("1 Games as art", "2"), ("1.1 Stories", "7")):
        for cell, words in zip(counts.add_row().cells, row, strict=True):
            cell.text = words
    document.add_heading("Code System", level=1)
    document.add_heading("1 Games as art", level=1)
    document.add_heading("1.1 Games as art >> Stories", level=2)
    document.add_paragraph("Quotes about a story.")
    document.add_paragraph("Also its end.")
    document.save(tmp_path / "book.docx")
    found = cothemes.json("codebook", "import", tmp_path / "book.docx", study=blank.root)
    assert found["drafts"] == ["Games-as-art"]
    book = find_study(blank.root, given=True).codebook
    assert {code.label: (code.parent, code.definition) for code in book.codes} == {
        "Games as art": (None, ""),
        "Stories": ("Games-as-art", "Quotes about a story.\nAlso its end."),
    }


def test_an_import_is_one_recorded_operation_of_a_person(cothemes, blank: Study, tmp_path: Path) -> None:
    cothemes.done("reviewers", "add", "ann", study=blank.root)
    as_csv(tmp_path / "b.csv")
    cothemes.done("codebook", "import", tmp_path / "b.csv", "--as", "ann", study=blank.root)
    cothemes.done("codebook", "import", tmp_path / "b.csv", "--as", "ann", study=blank.root)
    (made,) = find_study(blank.root, given=True).store.operations.all()
    assert (made.kind, made.by, made.into) == ("add", "ann", ("Trust", "Money-time", "Turnover"))
    assert made.old != made.new
    cothemes.done("codebook", "undo", "--as", "ann", study=blank.root)
    assert find_study(blank.root, given=True).codebook.codes == ()


def test_an_id_that_was_once_a_codes_is_given_to_no_other(cothemes, blank: Study, tmp_path: Path) -> None:
    as_csv(tmp_path / "b.csv")
    cothemes.done("codebook", "import", tmp_path / "b.csv", study=blank.root)
    (blank.root / "codebook.yaml").write_text(BLANK, encoding="utf-8")
    found = cothemes.json("codebook", "import", tmp_path / "b.csv", study=blank.root)
    assert found["codes"] == ["Trust-2", "Money-time-2", "Turnover-2"]


def test_a_table_of_segments_is_no_codebook(cothemes, blank: Study, tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("id,document,tag,content\n1,a,money,words\n", encoding="utf-8")
    assert cothemes("codebook", "import", tmp_path / "tags.csv", study=blank.root).exit_code == 2


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_docx], ids=["csv", "xlsx", "docx"])
def test_a_codebook_given_to_import_is_told_where_it_belongs(
    cothemes, blank: Study, tmp_path: Path, write
) -> None:
    path = tmp_path / f"book.{write.__name__.removeprefix('as_')}"
    write(path)
    result = cothemes("import", path, study=blank.root)
    assert result.exit_code == 2
    assert "codebook import" in result.stderr
