"""Texts in columns beside each other, for a terminal. What does not fit stands in a further band below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

NARROWEST = 24
"""Columns of the terminal that a column of text has at least."""
GAP = " │ "


def side_by_side(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, most: int = 4
) -> Iterator[str]:
    """Yield lines of at most `width` columns. `rows` have as many cells as there are `heads`; an empty cell
    leaves its place free. At most `most` columns are beside each other."""
    at_once = max(min(len(heads), (width + len(GAP)) // (NARROWEST + len(GAP)), most), 1)
    for first in range(0, len(heads), at_once):
        yield from _band(
            heads[first : first + at_once], [row[first : first + at_once] for row in rows], width
        )


def _band(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    room = (width - len(GAP) * (len(heads) - 1)) // len(heads)
    yield from _row(heads, room)
    yield "─┼─".join("─" * room for _ in heads)
    filled = [row for row in rows if any(row)]
    for number, row in enumerate(filled):
        yield from _row(row, room)
        if number + 1 < len(filled):
            yield _line([""] * len(heads), room)
    yield ""


def _row(cells: Sequence[str], room: int) -> Iterator[str]:
    wrapped = [_wrapped(cell, room) for cell in cells]
    for at in range(max(map(len, wrapped))):
        yield _line([lines[at] if at < len(lines) else "" for lines in wrapped], room)


def _line(parts: Sequence[str], room: int) -> str:
    return GAP.join(part.ljust(room) for part in parts).rstrip()


def _wrapped(text: str, room: int) -> list[str]:
    return [
        line
        for paragraph in text.split("\n")
        for line in textwrap.wrap(paragraph, room, break_on_hyphens=False) or [""]
    ]
