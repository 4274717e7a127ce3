"""A filled-in sheet from CSV or a workbook, as words; what a spreadsheet program may have done is undone."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
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
"""What openpyxl raises, in its own words, for a zip that holds something else than a workbook."""
_DELIMITERS = (",", ";", "\t")
_ANEW = "Save it anew as a plain .xlsx or as CSV UTF-8."


def read_header(path: Path) -> tuple[str, ...]:
    """The first row of a table in CSV, to tell what it is; empty where there is none."""
    try:
        with path.open("rb") as handle:
            line = handle.readline(1 << 20)
    except OSError as error:
        raise SheetError(
            f"cannot be opened: {error.strerror}", where=str(path), hint="Check the path and its rights."
        ) from error
    text = line.decode("utf-16" if line[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    return tuple(name.strip() for name in next(csv.reader([text], delimiter=_delimiter(text)), []))


def read_sheet(path: Path) -> Grid:
    """The table. Raises SheetError with `path:row`, FileUnreadable for what is no text."""
    rows = _book(path) if path.suffix.lower() == ".xlsx" else _table(path)
    number, header = next(rows, (1, ()))
    names = tuple(name.strip() for name in header)
    while names and not names[-1]:
        names = names[:-1]
    if not any(names):
        raise SheetError("is empty", where=f"{path}:{number}", hint="Write one: cothemes export sheet OUT")
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if len(found) > MOST_ROWS:
            raise SheetError(
                f"has more than {MOST_ROWS:,} rows", where=str(path), hint="Take the empty rows away."
            )
        if any(cell.strip() for cell in cells[len(names) :]):
            raise SheetError(
                f"has {len(cells)} cells where the first row has {len(names)}",
                where=f"{path}:{number}",
                hint="Put quotation marks round a cell with a separator in it.",
            )
        if any(cell.strip() for cell in cells):
            padded = (*cells, *[""] * (len(names) - len(cells)))
            found.append((number, tuple(padded[: len(names)])))
    return Grid(header=names, rows=tuple(found))


def _table(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    text = decode(read_bytes(path), path).text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.split("\n", 1)[0]))
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise SheetError(f"is not a table: {error}", where=f"{path}:{reader.line_num}", hint=_ANEW) from error


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _book(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """The table `passages`, else the first. What the zip holds is weighed before openpyxl unpacks it."""
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
                yield number, [_word(cell) for cell in cells]
        finally:
            book.close()
    except _BROKEN as error:
        raise SheetError(
            f"is not a workbook that can be read: {error}", where=str(path), hint=_ANEW
        ) from error


def _word(cell: Any) -> str:
    """What stands in a cell, as it was typed; a formula is its own text and never its result."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(getattr(value, "text", value))
