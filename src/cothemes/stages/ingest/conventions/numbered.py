"""Line numbers before the words, as programs for analysis print them. The numbers are no words."""

from __future__ import annotations

import re

from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row

_NUMBER = re.compile(r"^\s*[\[(]?(?P<number>\d{1,6})(?:[.:)\]]?[ \t\u00a0]+(?=\S)|\s*$)")
_LEAST = 4
_SHARE = 0.8
"""Share of the lines with words that have a number of the row of numbers."""


def without_numbers(rows: list[Row]) -> list[Row] | None:
    """Return the lines without their numbers; None where they are not numbered one by one.

    A list is numbered too: so every line has to be, from the first to the last, but for one of five.
    """
    order = [at for at, row in enumerate(rows) if row.style in SPOKEN_STYLES and not row.blank]
    if len(order) < _LEAST:
        return None
    numbered: dict[int, int] = {}
    last: int | None = None
    for at in order:
        match = _NUMBER.match(rows[at].text[:40])
        number = int(match["number"]) if match else None
        if match and number is not None and (last is None or last < number <= last + 5):
            numbered[at] = match.end()
            last = number
    if len(numbered) < _SHARE * len(order):
        return None
    return [row.without_head(numbered[at]) if at in numbered else row for at, row in enumerate(rows)]
