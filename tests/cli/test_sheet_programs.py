"""Sheets as spreadsheet programs save them: what LibreOffice 7.4 and Gnumeric 1.12 were seen to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.app.handover.sheet import SheetImport, export_sheet, import_sheet
from cothemes.app.review.review import Desk
from cothemes.app.study import Study, find_study
from cothemes.errors import SheetError, UsageError
from cothemes.records.review import Arm
from cothemes.stages.exchange.converted import as_number, convertible, same_numbers, typed_id

MONEY, TRUST, ASSISTED, TEA = "talk-1.0004", "talk-1.0002", "talk-2.0004", "talk-2.0005"
CODES = ("1.1", "1.10", "1-2", "1E5", "007")
BOOK = "codebook: {id: num, version: '1'}\ncodes:\n" + "".join(
    f"  - {{id: '{code}', label: L{code}, definition: D}}\n" for code in CODES
)
TALK = """\
Interviewer: What happened?

Mo: {} years passed before anything moved, and everybody waited for it.

Interviewer: And then?

Mo: Then the money was gone, which nobody had said.
"""
Rows = list[list[str]]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = study_in(tmp_path / "study")
    propose(study)
    assign(study, "ann", {MONEY: Arm.BLIND, TRUST: Arm.BLIND, ASSISTED: Arm.ASSISTED, TEA: Arm.BLIND})
    return study


@pytest.fixture
def numbered(cothemes: Any, tmp_path: Path) -> Study:
    """Documents and codes whose ids are numbers: passages 03.0001, 12.0001."""
    (tmp_path / "codes.yaml").write_text(BOOK, encoding="utf-8")
    for name in ("03", "12"):
        (tmp_path / f"{name}.txt").write_text(TALK.format(name), encoding="utf-8")
    at = tmp_path / "numbered"
    cothemes.done("init", at, "--codebook", tmp_path / "codes.yaml")
    cothemes.done("ingest", tmp_path / "03.txt", tmp_path / "12.txt", "--kind", "interview", study=at)
    cothemes.done("reviewers", "add", "ann", study=at)
    cothemes.done("route", "--reviewers", "ann", "--blind", 1, study=at)
    return find_study(at, given=True)


def exported(study: Study, path: Path, *, by_code: bool = False) -> Rows:
    export_sheet(study, "ann", path, by_code=by_code)
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    return [[str(cell.value or "") for cell in row] for row in load_workbook(path)["passages"].iter_rows()]


def put(rows: Rows, passage: str, **cells: str) -> None:
    """Fills in cells of a row by the names of their columns."""
    row = next(row for row in rows if row[0] == passage)
    for name, cell in cells.items():
        row[rows[0].index(name)] = cell


def as_csv(rows: Rows, delimiter: str = ",", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    write = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    write.writerows(rows)
    return text.getvalue()


def mistaken(text: str) -> bytes:
    """UTF-8 with its mark, every byte of it read as a sign of Windows-1252, and saved as UTF-8."""
    signs = []
    for byte in text.encode("utf-8-sig"):
        try:
            signs.append(bytes([byte]).decode("cp1252"))
        except UnicodeDecodeError:
            signs.append(chr(byte))
    cells = "".join(signs)
    return (cells.replace('ï»¿"', '"ï»¿') if cells.startswith('ï»¿"') else cells).encode()


def given_codes(study: Study, passage: str) -> list[str]:
    return list(next(s for s in Desk(study, "ann").standings if s.assignment.passage == passage).coded)


def whats(found: SheetImport) -> dict[str, str]:
    return {fault.passage: fault.what for fault in found.faults}


SAVED: dict[str, Callable[[Rows], bytes]] = {
    "utf-8 without its mark": lambda rows: as_csv(rows).encode(),
    "semicolons, every cell in quotes": lambda rows: as_csv(rows, ";", quoting=csv.QUOTE_ALL).encode(
        "utf-8-sig"
    ),
    "Unicode text of Excel": lambda rows: as_csv(rows, "\t").encode("utf-16"),
    "told separator": lambda rows: b"\xef\xbb\xbfsep=;\r\n" + as_csv(rows, ";").encode(),
    "line ends of old Macs": lambda rows: as_csv(rows, end="\r", quoting=csv.QUOTE_ALL).encode(),
    "line ends of Unix": lambda rows: as_csv(rows, end="\n").encode(),
    "Windows-1252": lambda rows: as_csv(rows, ";").encode("cp1252"),
    "opened as Windows-1252, saved as UTF-8": lambda rows: mistaken(as_csv(rows)),
    "the same, every cell in quotes": lambda rows: mistaken(as_csv(rows, quoting=csv.QUOTE_ALL)),
    "columns turned round": lambda rows: as_csv([row[::-1] for row in rows]).encode(),
    "empty columns behind, empty rows between": lambda rows: as_csv(
        [cells for row in rows for cells in ([*row, "", ""], [""] * (len(row) + 2))]
    ).encode(),
    "rows turned round": lambda rows: as_csv([rows[0], *reversed(rows[1:])]).encode(),
}


@pytest.mark.parametrize("how", SAVED)
def test_csv_as_programs_save_it(study: Study, tmp_path: Path, how: str) -> None:
    rows = exported(study, tmp_path / "out.csv")
    put(rows, MONEY, codes="A2 valence=hinders; B1", done="x", note="café – “quoted”")
    put(rows, TEA, done="TRUE")
    (tmp_path / "back.csv").write_bytes(SAVED[how](rows))
    found = import_sheet(study, "ann", tmp_path / "back.csv")
    assert (found.passages, found.done, found.faults) == (2, 2, ())
    assert given_codes(study, MONEY) == ["A2", "B1"]
    notes = [d.note for d in study.store.reviews.decisions(reviewer="ann") if d.note]
    assert notes == ["café – “quoted”"]


@pytest.mark.parametrize(
    ("word", "done"),
    [
        ("=TRUE()", True), ("=FALSE()", False), ("WAHR", True), ("falsch", False), ("VRAI", True),
        ("FAUX", False), ("VERDADERO", True), ("WAAR", True), ("SANT", True), ("ИСТИНА", True), ("1", True),
        ("0", False), ("Ja", True), ("X", True),
    ],
)  # fmt: skip
def test_truth_as_programs_write_it(study: Study, tmp_path: Path, word: str, done: bool) -> None:
    rows = exported(study, tmp_path / "out.csv")
    put(rows, MONEY, codes="A2", done=word)
    (tmp_path / "back.csv").write_text(as_csv(rows), encoding="utf-8")
    found = import_sheet(study, "ann", tmp_path / "back.csv")
    assert (found.faults, found.done) == ((), int(done))


def test_a_workbook_with_values_in_place_of_words(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    names = exported(study, path)[0]
    book = load_workbook(path)
    sheet = book["passages"]
    at = {name: number for number, name in enumerate(names, start=1)}
    sheet.cell(2, at["done"]).value = True
    sheet.cell(2, at["codes"]).value = "A2"
    sheet.cell(3, at["done"]).value = "=TRUE()"
    sheet.cell(3, at["note"]).value = datetime(2026, 3, 4)
    sheet.cell(4, at["done"]).value = 1.0
    sheet.cell(5, at["note"]).value = "=1+1"
    book.save(path)
    found = import_sheet(study, "ann", path)
    assert (found.passages, found.done, found.faults) == (4, 3, ())
    notes = [d.note for d in study.store.reviews.decisions(reviewer="ann") if d.note]
    assert notes == ["2026-03-04", "=1+1"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("ann.ods", b"PK\x03\x04", "is an OpenDocument table"),
        ("ann.xls", b"\xd0\xcf\x11\xe0", "is an old Excel workbook"),
        ("ann.numbers", b"PK", "is a Numbers table"),
        ("ann.csv", b"PK\x03\x04....", "is a workbook, though its name says otherwise"),
    ],
)
def test_other_formats_are_named_with_what_to_do(
    cothemes: Any, study: Study, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    study.close()
    result = cothemes("import", tmp_path / name, "--as", "ann", study=study.root)
    assert (result.exit_code, says in result.stderr, ".xlsx" in result.stderr) == (3, True, True)
    if name != "ann.csv":
        alone = cothemes("import", tmp_path / name, study=study.root)
        assert (alone.exit_code, "save it as .xlsx" in alone.stderr) == (3, True)


def test_a_csv_is_refused_where_two_codes_are_one_number(
    cothemes: Any, numbered: Study, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"one number of the codes 1\.1 and 1\.10"):
        export_sheet(numbered, "ann", tmp_path / "out.csv")
    assert export_sheet(numbered, "ann", tmp_path / "out.xlsx").doubtful == ()


def test_codes_that_may_become_numbers_or_dates_are_named(
    cothemes: Any, numbered: Study, tmp_path: Path
) -> None:
    numbered.codebook_path.write_text(BOOK.replace("'1.10'", "'B'"), encoding="utf-8")
    numbered.close()
    told = cothemes("export", "sheet", tmp_path / "out.csv", "--as", "ann", study=numbered.root).stderr
    assert "may make numbers or dates of 1.1, 1-2, 1E5, 007;" in " ".join(told.split())


def test_ids_that_a_program_made_numbers_of(numbered: Study, tmp_path: Path) -> None:
    """As CSV read and saved in an English LibreOffice: 03.0001 → 3.0001, 007 → 7, 1E5 → 1.00E+05."""
    rows = exported(numbered, tmp_path / "out.xlsx")
    put(rows, "03.0001", codes="7", done="TRUE")
    put(rows, "12.0001", codes="1.00E+05", done="TRUE")
    for row in rows[1:]:
        row[0], row[1] = str(float(row[0])), str(int(row[1]))
    (tmp_path / "back.csv").write_text(as_csv(rows, ";"), encoding="utf-8")
    found = import_sheet(numbered, "ann", tmp_path / "back.csv")
    assert (found.passages, found.faults) == (2, ())
    assert (given_codes(numbered, "03.0001"), given_codes(numbered, "12.0001")) == (["007"], ["1E5"])


def test_a_number_that_two_codes_are_is_nobodys(numbered: Study, tmp_path: Path) -> None:
    rows = exported(numbered, tmp_path / "out.xlsx")
    put(rows, "03.0001", codes="1.1", done="x")
    put(rows, "12.0001", codes="03/04/26", done="x")
    (tmp_path / "back.csv").write_text(as_csv(rows), encoding="utf-8")
    found = import_sheet(numbered, "ann", tmp_path / "back.csv")
    assert whats(found)["03.0001"] == "holds the number 1.1, which may have been 1.1 or 1.10"
    assert all(".xlsx sheet what is typed stays" in fault.hint for fault in found.faults)
    assert numbered.store.reviews.decisions() == []


def test_words_of_a_workbook_are_what_was_typed(numbered: Study, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    names = exported(numbered, path)[0]
    book = load_workbook(path)
    at = names.index("codes") + 1
    assert book["passages"].cell(2, at).number_format == "@", "a program keeps what is typed there"
    rows = {cell.value: cell.row for cell in book["passages"]["A"]}
    book["passages"].cell(rows["03.0001"], at).value = "1.10"
    book["passages"].cell(rows["12.0001"], at).value = 1.1
    book.save(path)
    found = import_sheet(numbered, "ann", path)
    assert given_codes(numbered, "03.0001") == ["1.10"]
    assert "may have been 1.1 or 1.10" in whats(found)["12.0001"]


def test_a_column_that_went_astray_loses_no_tick(numbered: Study, tmp_path: Path) -> None:
    """The head of a column became 1.00E+05: it is found again. One that is gone: nothing is taken in."""
    rows = exported(numbered, tmp_path / "out.xlsx", by_code=True)
    row = next(row for row in rows if row[0] == "03.0001")
    row[rows[0].index("1E5")] = row[rows[0].index("done")] = "x"
    changed = [
        ["1.00E+05" if name == "1E5" else "7" if name == "007" else name for name in rows[0]],
        *rows[1:],
    ]
    (tmp_path / "back.csv").write_text(as_csv(changed), encoding="utf-8")
    assert import_sheet(numbered, "ann", tmp_path / "back.csv").faults == ()
    assert given_codes(numbered, "03.0001") == ["1E5"]
    other = next(row for row in rows if row[0] == "12.0001")
    other[rows[0].index("done")] = "x"
    gone = [["January" if name == "1-2" else name for name in rows[0]], *rows[1:]]
    (tmp_path / "gone.csv").write_text(as_csv(gone), encoding="utf-8")
    found = import_sheet(numbered, "ann", tmp_path / "gone.csv")
    assert whats(found) == {"12.0001": "has lost the column for 1-2: what was ticked there would count as no"}
    same = [["1.1" if name == "1.10" else name for name in rows[0]], *rows[1:]]
    (tmp_path / "same.csv").write_text(as_csv(same), encoding="utf-8")
    with pytest.raises(SheetError, match=r"has the column 1\.1 twice"):
        import_sheet(numbered, "ann", tmp_path / "same.csv")


def test_a_number_is_not_taken_for_another_passage(numbered: Study, tmp_path: Path) -> None:
    rows = exported(numbered, tmp_path / "out.xlsx")
    put(rows, "03.0001", codes="007", done="x")
    for row in rows[1:]:
        if row[0] == "03.0001":
            row[0] = "12.00010"
    (tmp_path / "back.csv").write_text(as_csv(rows), encoding="utf-8")
    assert whats(import_sheet(numbered, "ann", tmp_path / "back.csv")) == {
        "12.00010": "is no passage of this study"
    }


@pytest.mark.parametrize(
    "word", ["1.1", "007", "1E5", "1-2", "3/4", "2026-03-04", "MAR1", "5 May", "10:30", "true"]
)
def test_words_that_a_program_converts(word: str) -> None:
    assert convertible(word)


@pytest.mark.parametrize("word", ["A1", "D10", "B2b", "v1.1", "1.1.1.1", "talk-1.0004", "MARS", ""])
def test_words_that_it_leaves(word: str) -> None:
    assert not convertible(word)


@given(st.lists(st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,3})?", fullmatch=True), min_size=1, unique=True))
def test_every_number_comes_back_or_is_refused(ids: Sequence[str]) -> None:
    """Whatever a program makes of an id as a number, it is read as that id or as none."""
    numbers = same_numbers(ids)
    for name in ids:
        number = as_number(name)
        assert number is not None
        saved = format(number.normalize() if number else Decimal(0), "f")
        alike = [other for other in ids if as_number(other) == number]
        if len(alike) == 1:
            assert typed_id(saved, numbers) == name
        else:
            with pytest.raises(UsageError, match="may have been"):
                typed_id(saved, numbers)
