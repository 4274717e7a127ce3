"""Cells that a spreadsheet program would run: written with an apostrophe before them, and read back without.

The guard is its own inverse for every text: what begins with apostrophes and such a sign gets one more, and
loses just that one.
"""

from __future__ import annotations

import re

_RUNS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before it where it could be read as a formula."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text that was guarded; a cell that never was comes back as it is."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
