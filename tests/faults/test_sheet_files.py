"""Sheets as spreadsheet programs, and people who mean harm, leave them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from tests.doubles.coded_study import assign, study_in

from cothemes.adapters.formula_guard import guarded, unguarded
from cothemes.adapters.readers.sheet_file import read_sheet
from cothemes.adapters.writers.sheet_csv import write_sheet_csv
from cothemes.adapters.writers.sheet_xlsx import write_sheet_xlsx
from cothemes.app.handover.sheet import export_sheet, import_sheet
from cothemes.app.study import Study
from cothemes.errors import CothemesError, SheetError
from cothemes.records.review import Arm
from cothemes.records.sheet import Column, Leaf
from cothemes.stages.exchange.sheet import LONGEST_CELL, cell_text

MONEY = "talk-1.0004"
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

cells = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("'=+-@;,\"\n\t ")), max_size=40)


@given(cells)
def test_a_guarded_cell_runs_nowhere_and_comes_back_unchanged(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(RUNS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_cells_come_back_from_both_formats_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("sheets")
    clean = tuple(("x", *(cell_text(cell) for cell in row)) for row in rows)
    leaf = Leaf(
        title="passages", columns=(Column(name="mark"), Column(name="a"), Column(name="b")), rows=clean
    )
    write_sheet_csv(folder / "t.csv", leaf)
    write_sheet_xlsx(folder / "t.xlsx", [leaf])
    for name in ("t.csv", "t.xlsx"):
        grid = read_sheet(folder / name)
        assert grid.header == ("mark", "a", "b")
        # A line end is one character in XML whatever it was.
        assert [row for _, row in grid.rows] == [tuple(cell.replace("\r", "\n") for cell in r) for r in clean]
    book = load_workbook(folder / "t.xlsx")["passages"]
    assert {cell.data_type for row in book.iter_rows() for cell in row if cell.value} == {"s"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    assign(study, "ann", {MONEY: Arm.BLIND, "talk-2.0004": Arm.BLIND})
    return study


def filled(path: Path, note: str = "") -> str:
    """The sheet with the first row coded A2, as text."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows[0] |= {"codes": "A2", "done": "x", "note": note}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_programs_make_of_a_csv(study: Study, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "ann.csv"
    export_sheet(study, "ann", path)
    rows = list(csv.reader(io.StringIO(filled(path, note="déjà vu"), newline="")))
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows([*rows, [""] * len(rows[0])])
    found = import_sheet(study, "ann", path)
    assert (found.passages, found.open, found.faults) == (1, 1, ())
    assert [d.note for d in study.store.reviews.decisions() if d.note] == ["déjà vu"]


def test_a_long_passage_is_cut_in_its_cell_and_known_again(tmp_path: Path) -> None:
    assert len(cell_text("word " * 10_000)) == LONGEST_CELL
    assert cell_text("\x1b[2J\u202e\ufffe\x00") == "\ufffd[2J\ufffd\ufffd\ufffd"


def test_a_formula_is_its_own_text_and_never_its_result(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "ann.xlsx"
    export_sheet(study, "ann", path)
    book = load_workbook(path)
    sheet = book["passages"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(row=2, column=names.index("note") + 1).value = "=HYPERLINK(1)"
    sheet.cell(row=2, column=names.index("done") + 1).value = True
    sheet.cell(row=3, column=names.index("done") + 1).value = "=1=1"
    book.save(path)
    found = import_sheet(study, "ann", path)
    assert [d.note for d in study.store.reviews.decisions() if d.note] == ["=HYPERLINK(1)"]
    assert [(fault.row, fault.what) for fault in found.faults] == [(3, "has '=1=1' in the column done")]


def test_a_workbook_that_claims_a_million_columns(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "ann.xlsx"
    export_sheet(study, "ann", path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    inside = "xl/worksheets/sheet1.xml"
    assert b'<dimension ref="A1:' in parts[inside]
    start = parts[inside].index(b'<dimension ref="')
    end = parts[inside].index(b"/>", start)
    parts[inside] = parts[inside][:start] + b'<dimension ref="A1:XFD1048576"' + parts[inside][end:]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert import_sheet(study, "ann", path).open == 2


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;'


def test_wrecks(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "ann.xlsx"
    export_sheet(study, "ann", path)
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def made(changes: dict[str, bytes | None]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in {**parts, **changes}.items():
                if part is not None:
                    archive.writestr(name, part)
        return out.getvalue()

    wrecks = {
        "empty": b"",
        "text": b"passage,stamp\n",
        "half": content[: len(content) // 2],
        "no sheet": made({"xl/worksheets/sheet1.xml": None}),
        "no workbook": made({"xl/workbook.xml": None}),
        "broken": made({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
        "styles": made({"xl/styles.xml": b"<"}),
        "bomb": made({"xl/worksheets/sheet1.xml": b" " * (40 << 20)}),
        "entities": made({"xl/worksheets/sheet1.xml": BOMB}),
        "types": made({"[Content_Types].xml": b"<Types/>"}),
    }
    for name, wreck in wrecks.items():
        path.write_bytes(wreck)
        with pytest.raises(CothemesError) as caught:
            import_sheet(study, "ann", path)
        assert (caught.value.exit_code, bool(caught.value.hint)) == (3, True), name
    assert study.store.reviews.decisions() == []


def test_a_workbook_of_something_else(study: Study, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["name", "age"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(SheetError, match="has no column passage"):
        import_sheet(study, "ann", tmp_path / "other.xlsx")
    Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(SheetError, match="is empty"):
        import_sheet(study, "ann", tmp_path / "empty.xlsx")
    with pytest.raises(SheetError, match="cannot be opened"):
        import_sheet(study, "ann", tmp_path / "missing.xlsx")
