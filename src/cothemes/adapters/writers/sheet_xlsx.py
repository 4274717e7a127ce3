"""A sheet as a workbook: every cell is text, also one that begins with `=`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from cothemes.adapters.formula_guard import guarded
from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.records.sheet import Leaf

_FILLED_IN = PatternFill("solid", fgColor="FFF7DC")
"""Pale; the bold heads of these columns say the same without colour."""
_TOP = Alignment(vertical="top", wrap_text=True)


def write_sheet_xlsx(path: Path, leaves: Sequence[Leaf]) -> None:
    """Write a workbook of one table or more. Raises InputError where the file cannot be written."""
    book = Workbook()
    book.remove(book.active)
    for leaf in leaves:
        _fill(book.create_sheet(leaf.title), leaf)
    with whole_binary(path) as handle:
        book.save(handle)


def _fill(sheet: Any, leaf: Leaf) -> None:
    for at, column in enumerate(leaf.columns, start=1):
        head = sheet.cell(row=1, column=at)
        _put(head, column.name)
        head.font = Font(bold=True, italic=not column.filled_in)
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    for number, row in enumerate(leaf.rows, start=2):
        for at, (word, column) in enumerate(zip(row, leaf.columns, strict=True), start=1):
            cell = sheet.cell(row=number, column=at)
            cell.alignment = _TOP
            if column.filled_in:
                cell.fill = _FILLED_IN
                # Text as it is typed: `0001` stays, and `1/2` is no date.
                cell.number_format = "@"
            if word:
                _put(cell, word)
    sheet.freeze_panes = "B2"
    if leaf.rows:
        sheet.auto_filter.ref = sheet.dimensions


def _put(cell: Any, word: str) -> None:
    cell.value = word
    # openpyxl takes `=…` for a formula and `#N/A` for an error. As a string a program shows it as it is; the
    # prefix keeps it so when somebody edits the cell.
    cell.data_type = "s"
    cell.quotePrefix = guarded(word) != word
