"""A filled-in sheet from CSV or a workbook, as words; what a spreadsheet program may have done is undone."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from cothemes.adapters.formula_guard import unguarded
from cothemes.adapters.readers.archive import Archive
from cothemes.adapters.readers.raw import decode, read_bytes
from cothemes.errors import SheetError
from cothemes.records.sheet import Grid

MOST_ROWS = 200_000
MOST_COLUMNS = 400
LARGEST_BOOK = 256 * 1024 * 1024
"""Bytes of a workbook, unpacked."""

_BROKEN = (KeyError, IndexError, ValueError, TypeError, AttributeError, SyntaxError, OSError)
"""Errors that openpyxl raises, in its own words, for a zip that holds something else than a workbook."""
_DELIMITERS = (",", ";", "\t")
_SEPARATOR = re.compile(r'"?sep=(.)"?\r?\n')
"""A first line with which a table in CSV tells Excel what parts its cells."""
_ANEW = "Save it anew as a plain .xlsx or as CSV UTF-8."
BOOKS = (".xlsx", ".xlsm")
_OTHER_BOOKS = {
    ".ods": "an OpenDocument table",
    ".fods": "an OpenDocument table",
    ".xls": "an old Excel workbook",
    ".xlsb": "a binary Excel workbook",
    ".numbers": "a Numbers table",
    ".gnumeric": "a Gnumeric table",
}
_MANGLED = "ï»¿"
"""A byte-order mark of UTF-8 that was read as Windows-1252."""


def read_header(path: Path) -> tuple[str, ...]:
    """The first row of a table in CSV, to tell what it is; empty where there is none."""
    try:
        with path.open("rb") as handle:
            head = handle.read(1 << 20)
    except OSError as error:
        raise SheetError(
            f"cannot be opened: {error.strerror}", where=str(path), hint="Check the path and its rights."
        ) from error
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    told = _SEPARATOR.match(text)
    line = re.split("[\r\n]", text[told.end() :] if told else text, maxsplit=1)[0]
    return _names(next(csv.reader([line], delimiter=told[1] if told else _delimiter(line)), []))


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns; a byte-order mark that stands inside a quoted name is none of it."""
    return tuple(_mended(cell, cells).strip().removeprefix("\ufeff").strip() for cell in cells)


def _mended(cell: str, header: Sequence[str]) -> str:
    """A cell of a table that was opened as Windows-1252 though it is UTF-8, and saved so. What was typed in
    that state is left."""
    if not header or not header[0].strip('" ').startswith(_MANGLED):
        return cell
    try:
        return b"".join(_byte(sign) for sign in cell).decode()
    except UnicodeError:
        return cell


def _byte(sign: str) -> bytes:
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")


def read_sheet(path: Path, *, lenient: bool = False) -> Grid:
    """Return the table. Raises SheetError with `path:row`, FileUnreadable for what is no text.

    `lenient`: cells beyond the header are counted and not refused, and rows of a CSV file have the number of
    their last line, as an editor shows it.
    """
    kind = path.suffix.lower()
    if kind in _OTHER_BOOKS:
        raise SheetError(
            f"is {_OTHER_BOOKS[kind]}", where=str(path), hint="Open it and save it as .xlsx (Excel 2007-365)."
        )
    loose: set[tuple[int, int]] = set()
    rows = _book(path, loose) if kind in BOOKS else _table(path, by_line=lenient)
    number, header = next(rows, (1, ()))
    names = _names(header)
    while names and not names[-1]:
        names = names[:-1]
    if not any(names):
        raise SheetError(
            "is empty", where=f"{path}:{number}", hint="Give a table with the names of its columns first."
        )
    spare: list[tuple[int, int]] = []
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, read in rows:
        cells = [_mended(cell, header) for cell in read]
        if len(found) > MOST_ROWS:
            raise SheetError(
                f"has more than {MOST_ROWS:,} rows", where=str(path), hint="Take the empty rows away."
            )
        over = sum(bool(cell.strip()) for cell in cells[len(names) :])
        if over and lenient:
            spare.append((number, over))
        elif over:
            raise SheetError(
                f"has {len(cells)} cells where the first row has {len(names)}",
                where=f"{path}:{number}",
                hint="Put quotation marks round a cell with a separator in it.",
            )
        if any(cell.strip() for cell in cells):
            padded = (*cells, *[""] * (len(names) - len(cells)))
            found.append((number, tuple(padded[: len(names)])))
    return Grid(
        header=names,
        rows=tuple(found),
        loose=frozenset(loose) if kind in BOOKS else None,
        spare=tuple(spare),
    )


def _table(path: Path, *, by_line: bool = False) -> Iterator[tuple[int, Sequence[str]]]:
    data = read_bytes(path)
    if data.startswith(b"PK\x03\x04"):
        raise SheetError(
            "is a workbook, though its name says otherwise", where=str(path), hint="Give it the ending .xlsx."
        )
    text = decode(data, path).text.removeprefix("\ufeff")
    told = _SEPARATOR.match(text)
    delimiter = told[1] if told else _delimiter(re.split("[\r\n]", text, maxsplit=1)[0])
    body = text[told.end() :] if told else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=2 if told else 1):
            yield reader.line_num + bool(told) if by_line else number, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise SheetError(f"is not a table: {error}", where=f"{path}:{reader.line_num}", hint=_ANEW) from error


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _book(path: Path, loose: set[tuple[int, int]]) -> Iterator[tuple[int, Sequence[str]]]:
    """The table `passages`, else the first; cells that are no text are added to `loose`. What the zip holds
    is weighed before openpyxl unpacks it."""
    from openpyxl import load_workbook

    with Archive(path, error=SheetError, hint=_ANEW, largest=LARGEST_BOOK) as archive:
        for name in archive.names:
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                archive.refuse(f"has a part {name!r} that declares a document type")
    try:
        with warnings.catch_warnings():
            # Of what it leaves out, such as lists to choose from: none of it is read here.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book["passages"] if "passages" in book.sheetnames else book.worksheets[0]
            # The size that a sheet states of itself may be stale, or meant to exhaust.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 2), start=1):
                if len(cells) > MOST_COLUMNS:
                    raise SheetError(
                        f"has {len(cells)} columns; {MOST_COLUMNS} is the most",
                        where=f"{path}:{number}",
                        hint=_ANEW,
                    )
                loose.update((number, at) for at, cell in enumerate(cells) if _is_no_text(cell.value))
                yield number, [_word(cell) for cell in cells]
        finally:
            book.close()
    except _BROKEN as error:
        raise SheetError(
            f"is not a workbook that can be read: {error}", where=str(path), hint=_ANEW
        ) from error


def _word(cell: Any) -> str:
    """Return what stands in a cell, as it was typed; a formula is its own text and never its result."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return str(value.date())
    return str(getattr(value, "text", value))


def _is_no_text(value: Any) -> bool:
    return value is not None and not isinstance(value, str) and not hasattr(value, "text")
