"""Rows to the one text of a document, with the way back to the source."""

from __future__ import annotations

from typing import NamedTuple

from cothemes.records.document import OffsetMap
from cothemes.records.source import LineStyle
from cothemes.stages.ingest.rows import Row
from cothemes.stages.ingest.turns import Turn


class Assembled(NamedTuple):
    """The text, and where each row's own text begins in it."""

    text: str
    starts: tuple[int, ...]
    offsets: OffsetMap


def assemble(rows: list[Row], unit: str, turns: list[Turn]) -> Assembled:
    """Rows joined by their glue. A caption that opens a turn begins a paragraph `Name: …`.

    The text is the source's own wherever the source is text: what the rules added is nothing but those names
    and the blank lines before them.
    """
    openings = {turn.stretches[0].row: turn for turn in turns}
    parts: list[str] = []
    starts: list[int] = []
    points: list[tuple[int, int]] = []
    length = 0
    for at, row in enumerate(rows):
        glue, prefix = row.line.glue, ""
        if row.style is LineStyle.CUE and at in openings:
            glue = "\n\n"
            turn = openings[at]
            prefix = f"{turn.voice.name}: " if turn.opened and turn.voice.name else ""
        if not parts:
            glue = ""
        head = glue + prefix
        parts.append(head + row.text)
        start = length + len(head)
        starts.append(start)
        if unit == "character":
            for offset, place in row.points:
                _point(points, start + offset, row.line.place + place, exact=True)
        else:
            _point(points, length + len(glue), row.line.place, exact=False)
        length = start + len(row.text)
    return Assembled("".join(parts), tuple(starts), OffsetMap(unit=unit, points=_from_zero(points)))


def _point(points: list[tuple[int, int]], offset: int, place: int, *, exact: bool) -> None:
    if points:
        before, known = points[-1]
        # Within a line of the source, places run on by themselves; pages and cues stay until the next.
        if (exact and place - known == offset - before) or (not exact and place == known):
            return
        if before == offset:
            points.pop()
    points.append((offset, place))


def _from_zero(points: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    if not points:
        return ((0, 0),)
    return tuple(points) if points[0][0] == 0 else ((0, points[0][1]), *points)
