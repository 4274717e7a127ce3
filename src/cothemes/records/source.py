"""What a reader found in a file, before any rule about speakers, headings or kinds is applied."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from cothemes.records.document import Kind
from cothemes.records.record import Record


class ReadOptions(Record):
    """How a person wants a file to be read; empty fields leave it to the reader."""

    encoding: str = ""
    """Encoding of a text file, by its Python name. A byte-order mark in the file goes before it."""
    columns: str = ""
    """Uses of a table's columns, as `--columns` takes them."""


AS_NAMED = "as --encoding says"
"""In a note of a source that was read by the encoding that a person named."""
AS_FOUND = ReadOptions()
"""Everything is left to the reader."""


class LineStyle(StrEnum):
    """Styles that the container gives a line."""

    TEXT = "text"
    HEADING = "heading"
    BULLET = "bullet"
    TABLE = "table"
    """A row, its cells joined by ` | `."""
    PASSAGE = "passage"
    """Cut before it came here."""
    CUE = "cue"
    """A caption, or the part of one that belongs to one voice."""
    ASIDE = "aside"
    """Kept in the text and part of no block, such as front matter."""


class Line(Record):
    """A line of the source, in reading order."""

    text: str
    """Text as read: neither NFC nor free of control characters yet."""
    glue: str = "\n"
    """Text between it and the line before; two line ends begin a paragraph."""
    place: int = 0
    """Place where it begins, in the unit of its Source."""
    style: LineStyle = LineStyle.TEXT
    level: int = 0
    """Level of a heading, 1 for the outermost; 0 for a title or none."""
    strong: bool = False
    """Wholly in bold."""
    speaker: str | None = None
    """The voice that the container names; None where it has no place for one."""
    time: str = ""
    label: str = ""
    """An id that the source gave it."""
    headings: tuple[str, ...] = ()
    """Headings above it where the container says so, such as the question of a survey."""


class Source(Record):
    """One document's worth of a file, as neutral lines."""

    name: str
    """The file's name, without folders."""
    reader: str
    """Name of the reader that understood it, e.g. `vtt`."""
    hash: str
    """sha256 of the file's bytes."""
    unit: str
    """Unit of places, as in OffsetMap."""
    lines: tuple[Line, ...]
    stem: str = ""
    """Name that a slug is made from; empty: the file's name."""
    title: str = ""
    kind: Kind | None = None
    """Kind, where the format itself determines it."""
    front: dict[str, Any] = {}
    """Front matter or document properties: strings, lists and mappings of strings."""
    furniture: tuple[str, ...] = ()
    """Lines that stood on most pages, such as running headers; left out of the text."""
    notes: tuple[str, ...] = ()
    """Notes on what was left out or had to be guessed, in words."""
