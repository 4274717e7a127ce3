"""Rows to a CSV file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from cothemes.adapters.writers.whole_file import whole_file

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_STEERING = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, rows: Iterable[Sequence[str]], *, bom: bool = False) -> int:
    """Write UTF-8 with commas, with `bom` after a byte-order mark; return the rows after the header.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it. Raises InputError where
    the file cannot be written; then nothing is left of it.
    """
    count = -1
    with whole_file(path) as handle:
        if bom:
            handle.write("\ufeff")
        writer = csv.writer(handle, lineterminator="\n")
        for row in rows:
            writer.writerow([guarded(cell) for cell in row])
            count += 1
    return max(count, 0)


def guarded(cell: str) -> str:
    """Return the cell, with an apostrophe before it where it could be read as a formula.

    A plain number such as -0.051 is none: with an apostrophe, statistics programs read its column as text.
    """
    return f"'{cell}" if cell.startswith(_STEERING) and not _NUMBER.fullmatch(cell) else cell
