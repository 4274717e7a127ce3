"""Rows of a table in CSV of any dialect or in a workbook, with the numbers that an editor shows."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from cothemes.adapters.readers.raw import LARGEST, at_most, decode
from cothemes.adapters.readers.xml_package import Package
from cothemes.errors import FileUnreadable
from cothemes.records.text import counted

MOST_COLUMNS = 1_000
MOST_CELLS = 1_000_000
"""Cells of one sheet. Ten thousand respondents with a hundred columns are as many."""
_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r'"?sep=(.)"?(?:\r\n?|\n)')
"""A first line with which a table tells Excel what parts its cells."""
_SAMPLE = 60_000
"""Characters in which the dialect is looked for."""
_ROWS = 60
_IMPORT_ID = '{"ImportId"'
"""In the third row of a table from Qualtrics; the second holds the questions in full."""
_ANEW = "Save it anew as a plain .xlsx or as CSV UTF-8."
_SHEET = re.compile(rb"<(?:\w+:)?c[\s>/]")


class TableRow(NamedTuple):
    """A row with words."""

    line: int
    """Its number in the file, from 1."""
    cells: dict[str, str]
    """Column → cell, of columns that reach so far."""


class Sheet(NamedTuple):
    """A table, read."""

    header: list[str]
    """Names of columns, in order."""
    rows: list[TableRow]
    questions: dict[str, str]
    """Column → question in full, where the table has a row of them."""
    notes: tuple[str, ...]


def letter(at: int) -> str:
    """Return the letter of a column as spreadsheets name it, from its position (0 is A)."""
    found = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def read_table(data: bytes, path: Path, encoding: str) -> Sheet:
    """Return the table of a file. Raises FileUnreadable with the row."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        numbered, notes = _book(data, path)
    else:
        text, notes = decode(data, path, encoding)
        numbered = _csv_rows(text.removeprefix("\ufeff"), path)
    return _sheet(numbered, path, notes)


def _sheet(numbered: Iterator[tuple[int, list[str]]], path: Path, notes: tuple[str, ...]) -> Sheet:
    line, first = next(numbered, (1, []))
    header = [" ".join(name.split()) for name in first]
    _check(header, f"{path}:{line}")
    rows: list[TableRow] = []
    questions: dict[str, str] = {}
    nameless: Counter[int] = Counter()
    for line, cells in at_most(numbered, path, "rows"):
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise FileUnreadable(
                f"has {len(cells)} cells where the header has {len(header)}",
                where=f"{path}:{line}",
                hint="Put texts that hold the separator in quotation marks.",
            )
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == 1 and any(cell.startswith(_IMPORT_ID) for cell in cells):
            # Qualtrics: names, questions, ids; then the answers.
            questions = {name: " ".join(words.split()) for name, words in rows.pop().cells.items() if words}
            notes = (*notes, "Rows 2 and 3 hold the questions and their ids, as Qualtrics writes them.")
            continue
        nameless.update(at for at, cell in enumerate(cells[: len(header)]) if not header[at] and cell.strip())
        rows.append(TableRow(line, dict(zip(header, cells, strict=False))))
    if not rows:
        raise FileUnreadable("has a header and no rows", where=f"{path}:1", hint="Put the answers into it.")
    left = (
        f"Left out: column {letter(at)}, which has no name ({counted(count, 'cell')})."
        for at, count in sorted(nameless.items())
    )
    return Sheet(header, rows, questions, (*notes, *left))


def _check(header: list[str], where: str) -> None:
    if len(header) > MOST_COLUMNS:
        raise FileUnreadable(
            f"has {len(header):,} columns; {MOST_COLUMNS:,} is the most",
            where=where,
            hint="Keep the columns of answers and those that describe who answered.",
        )
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise FileUnreadable(f"has two columns named “{twice}”", where=where, hint="Rename one of them.")
    if not named:
        raise FileUnreadable(
            "has no names of columns in its first row",
            where=where,
            hint="Put the names of the columns first.",
        )


def _csv_rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """(row of the file, cells). A blank line above the header is passed over."""
    told = _SEPARATOR.match(text)
    skipped = 1 if told else 0
    body = text[told.end() :] if told else text
    while body[:1] in ("\n", "\r"):
        end = 2 if body.startswith("\r\n") else 1
        body, skipped = body[end:], skipped + 1
    delimiter = told[1] if told else _delimiter(body)
    # A cell may be as long as a file.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST))
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            yield start + skipped, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileUnreadable(
            f"is not a table: {error}",
            where=f"{path}:{reader.line_num + skipped}",
            hint="Save it anew as CSV.",
        ) from error


def _delimiter(text: str) -> str:
    """The sign that parts the first rows into the most columns, as many in each."""
    sample = text[:_SAMPLE]
    best, chosen = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in cells):
                    widths.append(len(cells))
                if len(widths) >= _ROWS:
                    break
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _book(data: bytes, path: Path) -> tuple[Iterator[tuple[int, list[str]]], tuple[str, ...]]:
    """Rows of the first visible sheet with cells.

    What the zip holds is weighed before openpyxl unpacks it.
    """
    from openpyxl import load_workbook

    package = sound_book(data, path)
    with warnings.catch_warnings():
        # It warns of what it leaves out, such as lists to choose from: none of it is read here.
        warnings.simplefilter("ignore", UserWarning)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    filled = []
    for sheet in book.worksheets:
        # The size that a sheet states of itself may be stale, or meant to exhaust.
        sheet.reset_dimensions()
        if sheet.sheet_state == "visible" and next(iter(sheet.iter_rows(max_row=5)), None) is not None:
            filled.append(sheet)
    if not filled:
        raise package.refusal("holds no sheet with cells")
    others = len(book.worksheets) - 1
    more = f"; {counted(others, 'other sheet')} left out" if others else ""
    return _sheet_rows(filled[0], path), (f"Read: the sheet “{filled[0].title}”{more}.",) if others else ()


def sound_book(data: bytes, path: Path) -> Package:
    """Return the package of a workbook that may be unpacked. Raises FileUnreadable for any other."""
    package = Package(data, path, what="a workbook", hint=_ANEW)
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            content = package.bytes(name)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise package.refusal(f"its part {name} declares entities or a document type")
            if len(_SHEET.findall(content)) > MOST_CELLS or content.count(b"<si") > MOST_CELLS:
                raise package.refusal(f"its part {name} holds more than {MOST_CELLS:,} cells")
    return package


def _sheet_rows(sheet: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    begun = False
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if len(cells) > 16 * MOST_COLUMNS:
            raise FileUnreadable(
                f"has {len(cells):,} columns; {MOST_COLUMNS:,} is the most",
                where=f"{path}:{number}",
                hint=_ANEW,
            )
        words = [_word(value) for value in cells]
        while words and not words[-1]:
            words.pop()
        if words or begun:
            begun = True
            yield number, words


def _word(value: Any) -> str:
    """Return what a cell shows, without its format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return str(value.date())
    if isinstance(value, datetime | date | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
