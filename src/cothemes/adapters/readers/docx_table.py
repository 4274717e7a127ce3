"""Rows of a table in a document: a table of figures, or a transcript set in columns."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from cothemes.records.source import Line, LineStyle

_TIME = re.compile(r"^\[?\(?\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?\)?\]?$")
_NUMBER = re.compile(r"^\d{1,6}[.)]?$")
_HEAD = re.compile(
    r"^(?:speakers?|names?|who|voices?|participants?|person|time(?:stamp|code)?s?|start|end|lines?|no\.?|nr\.?|#|id"
    r"|text|transcript(?:ion)?|words?|utterances?|content|speech|notes?|comments?|remarks?|codes?)$",
    re.IGNORECASE,
)
_NOTES = re.compile(r"^(?:notes?|comments?|remarks?|codes?|memos?)$", re.IGNORECASE)
_MOST_COLUMNS = 6
"""Columns of a transcript; a wider table is one of figures."""
_LEAST_ROWS = 4


class _Plan(NamedTuple):
    """Which columns of a transcript hold what."""

    speaker: int
    notes: frozenset[int]
    numbers: int | None
    """Column of line numbers."""
    times: frozenset[int]
    """Columns whose cells are times. A time elsewhere, unless in brackets, is what somebody said."""
    headed: bool
    """The first row names the columns."""


def table_lines(rows: list[list[str]], place: int) -> list[Line]:
    """One line per row. Where a column names who speaks, the row is that voice's words.

    Line numbers are left out then; the names of columns, and notes in a column of their own, are kept beside
    what is said.
    """
    plan = _plan(rows)
    lines: list[Line] = []
    waiting = ""
    """Voice named in a row without words; the words are in a row below it."""
    for number, row in enumerate(rows):
        cells = [cell for cell in row if cell]
        if not cells:
            continue
        glue = "\n" if lines else "\n\n"
        if plan is None:
            lines.append(Line(text=" | ".join(cells), glue=glue, place=place, style=LineStyle.TABLE))
        elif plan.headed and number == 0:
            lines.append(Line(text=" | ".join(cells), glue=glue, place=place, style=LineStyle.ASIDE))
        else:
            named = row[plan.speaker].rstrip(":").strip() if plan.speaker < len(row) else ""
            waiting = named or waiting
            turn = _turn(row, plan, place, waiting)
            if any(line.style is LineStyle.CUE for line in turn):
                waiting = ""
            lines.extend(turn)
    return lines


def _turn(row: list[str], plan: _Plan, place: int, speaker: str) -> list[Line]:
    times = {
        at
        for at, cell in enumerate(row)
        if _TIME.match(cell) and (at in plan.times or cell.startswith(("[", "(")))
    }
    time = next((row[at] for at in sorted(times)), "")
    apart = {plan.speaker, plan.numbers, *plan.notes, *times}
    words = [cell for at, cell in enumerate(row) if at not in apart and cell]
    lines = []
    if words:
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
    notes = [row[at] for at in sorted(plan.notes) if at < len(row) and row[at]]
    if notes:
        lines.append(Line(text=" | ".join(notes), glue="\n", place=place, style=LineStyle.ASIDE))
    return lines


def _plan(rows: list[list[str]]) -> _Plan | None:
    """The columns of a transcript: few short names that come back, beside a column of sentences."""
    widths = [len(row) for row in rows]
    if len(rows) < _LEAST_ROWS or not 2 <= min(widths) <= max(widths) <= _MOST_COLUMNS:
        return None
    head = [cell for cell in rows[0] if cell]
    headed = bool(head) and all(_HEAD.match(cell.rstrip(":")) for cell in head)
    body = rows[1:] if headed else rows
    notes = frozenset(at for at, cell in enumerate(rows[0]) if _NOTES.match(cell)) if headed else frozenset()
    numbers = next((at for at in range(max(widths)) if _counts(body, at)), None)
    # Beyond four columns, only a row of names tells a transcript from figures.
    spare = len(notes) + (numbers is not None)
    if max(widths) - spare > 4 or (max(widths) > 4 and not headed):
        return None
    tried = [at for at in range(max(widths)) if at not in notes and at != numbers]
    speaker = next((at for at in tried[: 3 if headed else 2] if _names(body, at, notes, numbers)), None)
    times = frozenset(at for at in tried if _are_times(body, at))
    return None if speaker is None else _Plan(speaker, notes, numbers, times, headed)


def _are_times(rows: list[list[str]], column: int) -> bool:
    cells = [row[column] for row in rows if column < len(row) and row[column]]
    return sum(bool(_TIME.match(cell)) for cell in cells) > 0.5 * len(cells)


def _counts(rows: list[list[str]], column: int) -> bool:
    """Return whether a column numbers the rows, upwards."""
    cells = [row[column] for row in rows if column < len(row) and row[column]]
    if len(cells) < _LEAST_ROWS or not all(_NUMBER.match(cell) for cell in cells):
        return False
    values = [int(cell.rstrip(".)")) for cell in cells]
    return all(one < other for one, other in pairwise(values))


def _names(rows: list[list[str]], column: int, notes: frozenset[int], numbers: int | None) -> bool:
    names = [row[column].rstrip(":").strip() for row in rows if column < len(row) and row[column]]
    if len(names) < _LEAST_ROWS or any(len(name) > 40 or len(name.split()) > 4 for name in names):
        return False
    if any(not name[:1].isalpha() for name in names):
        return False
    apart = {column, numbers, *notes}
    beside = [len(" ".join(cell for at, cell in enumerate(row) if at not in apart).split()) for row in rows]
    return 2 <= len(set(names)) <= len(names) / 2 and sorted(beside)[len(beside) // 2] >= 4
