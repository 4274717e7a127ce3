"""A table of another program, as rows of text."""

from __future__ import annotations

from cothemes.records.record import Record


class ForeignTable(Record):
    """One table of a file: its head and its rows, all cells as text."""

    name: str
    """Sheet, or number of the table in its file."""
    columns: tuple[str, ...]
    """Names in the head, each once: the second `Memo` is `Memo (2)`."""
    rows: tuple[tuple[str, ...], ...]
    """As many cells as there are columns."""
    first_row: int = 2
    """Number of the first row in the file; the head is before it."""
    headings: bool = False
    """True if it was made of the headings of a document and the text below them."""
