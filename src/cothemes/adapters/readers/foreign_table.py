"""Tables of other programs: CSV of any dialect, workbooks, tables in Word documents, Taguette's database."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from cothemes.adapters.formula_guard import unguarded
from cothemes.adapters.readers.raw import LARGEST, MOST, at_most, decode, read_bytes
from cothemes.adapters.readers.table_file import sound_book
from cothemes.adapters.readers.xml_names import whole
from cothemes.adapters.readers.xml_package import Package
from cothemes.errors import ExchangeError, FileUnreadable
from cothemes.records.foreign_table import ForeignTable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_CELLS = 5_000_000
_DELIMITERS = (",", ";", "\t", "|")
_HINT = "Save it as CSV with UTF-8, or as .xlsx."
_WIDEST = 16_384
_HEADINGS = ("Level", "Code", "Definition")
_HEADING = re.compile(
    r"(?:head(?:ing|er)|berschrift|titre|t[ií]?tulo|titolo|kop|rubrik) ?(?P<level>[1-9])$", re.I
)
"""Ids of styles of headings, in the languages that Word names them in."""
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr)>", re.I)
_TAG = re.compile(r"<[^>]*>")
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*\.?\s+")
_NO_CODES = frozenset(("code system", "codesystem", "codebook", "codes", "list of codes"))
_TAGUETTE = {
    "tags": "SELECT path AS tag, description FROM tags ORDER BY path",
    "highlights": (
        "SELECT highlights.id AS id, documents.name AS document, tags.path AS tag, "
        "highlights.snippet AS content "
        "FROM highlights JOIN documents ON documents.id = highlights.document_id "
        "LEFT JOIN highlight_tags ON highlight_tags.highlight_id = highlights.id "
        "LEFT JOIN tags ON tags.id = highlight_tags.tag_id ORDER BY highlights.id, tags.path"
    ),
}
"""Name of a table → how Taguette 1 keeps it."""


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
"""Tables alone: a view can be made to yield rows without end."""


def read_tables(path: Path) -> list[ForeignTable]:
    """Return the tables of a file, those without rows left out. Raises ExchangeError."""
    suffix = path.suffix.lower()
    reader = TABLE_READERS.get(suffix)
    if reader is None:
        known = " ".join(sorted(TABLE_READERS))
        raise ExchangeError(
            f"a file of type {suffix or '(none)'} holds no table that is known here",
            where=str(path),
            hint=f"Known endings: {known}.",
        )
    try:
        found = [table for table in reader(path) if table.rows]
    except FileUnreadable as error:
        raise ExchangeError(
            error.message, where=error.where or str(path), hint=error.hint or _HINT
        ) from error
    if not found:
        raise ExchangeError("holds no table with a head and a row", where=str(path), hint=_HINT)
    return found


def _read_csv(path: Path) -> Iterator[ForeignTable]:
    text = decode(read_bytes(path), path).text.removeprefix("\ufeff")
    if text.startswith("sep=") and "\n" in text:
        text = text.split("\n", 1)[1]
    head = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    csv.field_size_limit(LARGEST)
    try:
        rows = list(_bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), path))
    except csv.Error as error:
        raise ExchangeError(f"is no CSV: {error}", where=str(path), hint=_HINT) from error
    yield _table("table", [[unguarded(cell) for cell in row] for row in rows])


def _read_xlsx(path: Path) -> Iterator[ForeignTable]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    data = read_bytes(path)
    sound_book(data, path)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError) as error:
        raise ExchangeError(f"is no workbook ({error})", where=str(path), hint=_HINT) from error
    with closing(book):
        for sheet in book.worksheets:
            rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
            yield _table(sheet.title, list(_bounded(rows, path)))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _bounded(rows: Iterable[list[str]], path: Path) -> Iterator[list[str]]:
    cells = 0
    for number, row in enumerate(rows):
        cells += len(row)
        if number > MOST or cells > _MOST_CELLS:
            raise ExchangeError(f"holds more than {MOST:,} rows", where=str(path), hint="Split it.")
        yield row


def _read_docx(path: Path) -> Iterator[ForeignTable]:
    package = Package(read_bytes(path), path, what="a Word document", hint="Save it anew as .docx.")
    root = package.xml("word/document.xml")
    if root is None:
        raise package.refusal("is a zip archive without a Word document in it")
    for number, table in enumerate(root.iter(f"{_W}tbl"), start=1):
        yield _table(f"table {number}", list(_bounded(_word_rows(table), path)))
    headings = list(_bounded(_under_headings(root), path))
    yield ForeignTable(
        name="headings", columns=_HEADINGS, rows=tuple(map(tuple, headings)), first_row=1, headings=True
    )


def _under_headings(root: Element) -> Iterator[list[str]]:
    """Yield level, words and the paragraphs below of each heading, as MAXQDA writes a codebook."""
    body = root.find(f"{_W}body")
    level, words, below = "", "", list[str]()
    for paragraph in body.findall(f"{_W}p") if body is not None else ():
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        found = _HEADING.search(style.get(f"{_W}val", "") if style is not None else "")
        said = " ".join("".join(each.text or "" for each in paragraph.iter(f"{_W}t")).split())
        if found is None:
            below += [said] if said else []
            continue
        if words:
            yield [level, words, "\n".join(below)]
        level, below = found["level"], []
        # MAXQDA numbers its headings and writes the codes above before the name.
        words = _NUMBERED.sub("", said).rpartition(" >> ")[2]
        words = "" if words.casefold() in _NO_CODES else words
    if words:
        yield [level, words, "\n".join(below)]


def _word_rows(table: Element) -> Iterator[list[str]]:
    """Yield the rows; a cell that is merged with the one above holds its text, and a wide cell fills all its
    columns."""
    above: list[str] = []
    for row in table.findall(f"{_W}tr"):
        cells: list[str] = []
        for cell in row.findall(f"{_W}tc"):
            properties = cell.find(f"{_W}tcPr")
            span, merged = 1, False
            if properties is not None:
                grid = properties.find(f"{_W}gridSpan")
                span = min(max(whole(grid.get(f"{_W}val"), 1), 1), _WIDEST) if grid is not None else 1
                merge = properties.find(f"{_W}vMerge")
                merged = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            words = "\n".join(_word_paragraphs(cell)).strip()
            if merged and len(cells) < len(above):
                words = above[len(cells)]
            cells += [words] * span
        above = cells
        yield cells


def _word_paragraphs(cell: Element) -> Iterator[str]:
    for paragraph in cell.iter(f"{_W}p"):
        parts = []
        for each in paragraph.iter():
            if each.tag == f"{_W}t":
                parts.append(each.text or "")
            elif each.tag in (f"{_W}br", f"{_W}cr"):
                parts.append("\n")
            elif each.tag == f"{_W}tab":
                parts.append(" ")
        words = "".join(parts)
        if words.strip():
            numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
            yield f"- {words}" if numbered else words


def _read_sqlite(path: Path) -> Iterator[ForeignTable]:
    if not read_bytes(path).startswith(b"SQLite format 3\x00"):
        raise ExchangeError("is no SQLite database", where=str(path), hint="Export CSV from Taguette.")
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            there = {row[0] for row in connection.execute(_TABLES)}
            if not {"tags", "highlights", "documents"} <= there:
                raise ExchangeError(
                    "is no database of Taguette", where=str(path), hint="Export CSV from the program."
                )
            for name, query in _TAGUETTE.items():
                found = connection.execute(query)
                head = [each[0] for each in found.description]
                rows: Iterable[Any] = at_most(found, path, "rows")
                body = [["" if value is None else str(value) for value in row] for row in rows]
                if "content" in head:
                    # Taguette keeps the words of a highlight as HTML.
                    at = head.index("content")
                    body = [[*row[:at], _without_tags(row[at]), *row[at + 1 :]] for row in body]
                yield _table(name, [head, *body])
    except sqlite3.Error as error:
        raise ExchangeError(
            f"cannot be read as a database of Taguette ({error})",
            where=str(path),
            hint="Export CSV from Taguette.",
        ) from error


def _without_tags(html: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).strip()


TABLE_READERS: dict[str, Callable[[Path], Iterator[ForeignTable]]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_csv,
    ".xlsx": _read_xlsx,
    ".docx": _read_docx,
    ".sqlite3": _read_sqlite,
    ".sqlite": _read_sqlite,
    ".db": _read_sqlite,
}
"""Ending → its reader. A new format is one function and one line here."""


def _table(name: str, rows: Sequence[Sequence[str]]) -> ForeignTable:
    """Return a table: its head is the first row with two cells that say something, else the first row."""
    filled = [number for number, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1]
    at = filled[0] if filled else 0
    head = [" ".join(cell.split()) for cell in rows[at]] if rows else []
    while head and not head[-1]:
        head.pop()
    width = len(head)
    seen: Counter[str] = Counter()
    for place, column in enumerate(head):
        seen[column] += 1
        if column and seen[column] > 1:
            head[place] = f"{column} ({seen[column]})"
    body = []
    for row in rows[at + 1 :]:
        cells = [*row[:width], *[""] * (width - len(row))]
        if any(cell.strip() for cell in cells):
            body.append(tuple(cells))
    return ForeignTable(name=name, columns=tuple(head), rows=tuple(body), first_row=at + 2)
