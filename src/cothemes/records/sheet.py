"""A sheet of passages that a coder fills in with a spreadsheet program: what stands in it, cell by cell."""

from __future__ import annotations

from cothemes.records.record import Record


class Grid(Record):
    """A table as it was read: words alone, whatever the cells were."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Number of the row in its file (from 1) → its cells, as many as the header has."""
    loose: frozenset[tuple[int, int]] | None = None
    """Row and column (from 0) of cells that hold a number, date or truth and may have been typed as another
    word; None where that cannot be told of any cell, as in CSV."""
    spare: tuple[tuple[int, int], ...] = ()
    """Number of a row → filled cells that it has beyond the header."""

    def is_loose(self, row: int, column: int) -> bool:
        """Return whether a program may have made something else of what was typed."""
        return self.loose is None or (row, column) in self.loose


class Column(Record):
    """A column and its format."""

    name: str
    width: int = 12
    """Characters."""
    filled_in: bool = False
    """True if it is the coder's to fill in."""


class Leaf(Record):
    """One table of a workbook."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


class SheetLine(Record):
    """One open passage, as its card shows it."""

    passage: str
    document: str
    """Its title."""
    reading: str
    """blind, reveal or assisted: what is in view while it is decided."""
    before: str
    """Turns before the passage, for context."""
    speaker: str
    text: str
    suggested: str = ""
    """Codes that a coder proposes, with reasons; empty in a blind reading."""
    codes: dict[str, dict[str, tuple[str, ...]]] = {}
    """The coder's own so far: code → attributes."""
    stamp: str


class Entry(Record):
    """One row as it came back."""

    row: int
    passage: str
    reading: str
    text: str
    codes: dict[str, dict[str, tuple[str, ...]]]
    note: str
    done: bool
    stamp: str
    lost: tuple[str, ...] = ()
    """Codes of the codebook for which the sheet has no column any more, though it had one for each."""

    @property
    def blank(self) -> bool:
        """Return whether nothing is said in it."""
        return not self.codes and not self.note and not self.done


class RowFault(Record):
    """A row that was not taken in, and why."""

    row: int
    passage: str
    kind: str
    """`unreadable` (fix the cell), `changed` (the row is not as it was written), `conflict` (the passage was
    decided elsewhere meanwhile)."""
    what: str
    hint: str
