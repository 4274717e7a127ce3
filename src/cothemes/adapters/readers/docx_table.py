"""Rows of a Word table: a table of figures, or a transcript set in columns."""

from __future__ import annotations

import re

from cothemes.records.source import Line, LineStyle

_TIME = re.compile(r"^\[?\(?\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?\)?\]?$")


def table_lines(rows: list[list[str]], place: int) -> list[Line]:
    """One line per row. Where a column names who speaks, the row is that voice's words."""
    column = _speaker_column(rows)
    lines: list[Line] = []
    for row in rows:
        cells = [cell for cell in row if cell]
        if not cells:
            continue
        glue = "\n" if lines else "\n\n"
        if column is None:
            lines.append(Line(text=" | ".join(cells), glue=glue, place=place, style=LineStyle.TABLE))
            continue
        time = next((cell for cell in row if _TIME.match(cell)), "")
        words = [cell for at, cell in enumerate(row) if at != column and cell and not _TIME.match(cell)]
        if words:
            speaker = row[column].rstrip(":").strip() if column < len(row) else ""
            lines.append(
                Line(
                    text=" ".join(words),
                    glue="\n\n",
                    place=place,
                    style=LineStyle.CUE,
                    # An empty cell carries on with the voice of the row above.
                    speaker=speaker or None,
                    time=time,
                )
            )
    return lines


def _speaker_column(rows: list[list[str]]) -> int | None:
    """The column of names: few, short, coming back, beside a column of sentences."""
    if len(rows) < 4 or not 2 <= min(len(row) for row in rows) <= max(len(row) for row in rows) <= 4:
        return None
    for column in (0, 1):
        names = [row[column].rstrip(":").strip() for row in rows if column < len(row) and row[column]]
        if len(names) < 4 or any(len(name) > 40 or len(name.split()) > 4 for name in names):
            continue
        if any(not name[:1].isalpha() for name in names):
            continue
        distinct = set(names)
        beside = [len(" ".join(cell for at, cell in enumerate(row) if at != column).split()) for row in rows]
        if 2 <= len(distinct) <= len(names) / 2 and sorted(beside)[len(beside) // 2] >= 4:
            return column
    return None
