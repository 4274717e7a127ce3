"""A sheet as CSV that spreadsheet programs open as UTF-8 and run nothing in."""

from __future__ import annotations

import csv
from pathlib import Path

from cothemes.adapters.formula_guard import guarded
from cothemes.adapters.writers.whole_file import whole_file
from cothemes.records.sheet import Leaf

MARK = "\ufeff"
"""The byte-order mark. Without it Excel reads UTF-8 as the machine's own code page, and saves the text
broken.
"""


def write_sheet_csv(path: Path, leaf: Leaf) -> None:
    """Write one table. Raises InputError where the file cannot be written."""
    with whole_file(path) as handle:
        handle.write(MARK)
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([column.name for column in leaf.columns])
        for row in leaf.rows:
            writer.writerow([guarded(cell) for cell in row])
