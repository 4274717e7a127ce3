"""A table of another program, as rows of text."""

from __future__ import annotations

from cothemes.records.record import Record


class ForeignTable(Record):
    """One table of a file: its head and its rows, all cells as text."""

    name: str
    """Sheet, or number of the table in its file."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """As many cells as there are columns."""
    first_row: int = 2
    """Number of the first row in the file; the head is before it."""
