"""A cross-tabulation for a terminal: pairs of codes as a list, groups as tables that fit the width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.left_out import left_out_lines, query_lines
from cothemes.presentation.lines import Line, Table
from cothemes.records.numbers import percent
from cothemes.records.text import shown_text
from cothemes.stages.review.crossing import CODES, Count, Matrix, pairs

if TYPE_CHECKING:
    from cothemes.app.findings.matrix import MatrixReport

CELL = 8
"""Columns of the terminal that a count takes."""
WIDEST = 30
ALL, DECIDED = "all", "decided"


def matrix_lines(found: MatrixReport, limit: int, width: int) -> Iterator[Line]:
    """Yield the cells, then what they were counted from. `limit`: pairs of codes to list (0: all); `width`:
    columns of the terminal."""
    decided = found.decided
    if decided.passages:
        yield from _pair_lines(found, limit) if found.by == CODES else _group_lines(found, width)
        passages = "1 passage" if decided.passages == 1 else f"{decided.passages} passages"
        documents = "1 document" if decided.documents == 1 else f"{decided.documents} documents"
        yield f"Decided: {passages} in {documents}."
    yield found.sentence
    if found.auto_accepted is not None:
        cells = {
            f"{row} × {column}" if found.by == CODES else f"{row} in {column}": count
            for row, columns in found.auto_accepted.items()
            for column, count in columns.items()
            if count and row != column
        }
        named = ", ".join(f"{shown_text(cell)} {count}" for cell, count in sorted(cells.items()))
        yield (
            "Further passages by codings that were accepted under a certificate, in no cell or share above: "
            f"{named or 'none'}."
        )
    yield from query_lines(found.query)
    if decided.passages:
        yield from found.notes
    yield from left_out_lines(found.left_out)


def _pair_lines(made: Matrix, limit: int) -> Iterator[Line]:
    listed = pairs(made)
    shown = listed[:limit] if limit else listed
    if shown:
        yield Table(
            ("code", "with", "passages", "documents", "of the first", "of the second"),
            [
                (
                    first,
                    second,
                    count.passages,
                    count.documents,
                    _share(count, _total(made, first)),
                    _share(count, _total(made, second)),
                )
                for first, second, count in shown
            ],
            right=(2, 3, 4, 5),
            title="Codes on the same passage",
        )
    if len(shown) < len(listed):
        yield f"… and {len(listed) - len(shown)} pairs more (--limit 0 prints all)"
    if not listed:
        yield "No two of these codes are on one passage."


def _group_lines(made: Matrix, width: int) -> Iterator[Line]:
    used = [code for code in made.rows if made.totals[code].passages]
    lines = {code: {**made.cells[code], ALL: made.totals[code]} for code in used}
    lines[DECIDED] = {**made.rated, ALL: made.decided}
    names = {name: shown_text(name) for name in (*lines, *made.columns, ALL)}
    upright = _blocks(list(made.columns), [*lines], width)
    lying = _blocks([*used, DECIDED], [*made.columns, ALL], width)
    for across, down in min((upright, lying), key=_length):
        turned = down[0] not in lines
        heads = across if turned else [*across, ALL]
        yield Table(
            (made.by if turned else "code", *(names[head] for head in heads)),
            [
                (names[line], *(_cell(lines[head][line] if turned else lines[line][head]) for head in heads))
                for line in down
            ],
            right=tuple(range(1, len(heads) + 1)),
            title=f"Passages (documents) with a code, by {shown_text(made.by)}",
        )
    unused = [code for code in made.rows if code not in used]
    if unused:
        yield f"On no passage: {', '.join(unused)}."


def _blocks(across: list[str], down: list[str], width: int) -> list[tuple[list[str], list[str]]]:
    """Return the columns in as many tables as it takes for each to fit; a long name folds at WIDEST."""
    first = min(max((len(name) for name in down), default=0), WIDEST) + 2
    each = min(max((len(word) for name in across for word in name.split()), default=0), WIDEST)
    at_once = max((width - first - CELL) // (max(each, CELL) + 2), 1)
    return [(across[start : start + at_once], down) for start in range(0, len(across), at_once)]


def _length(blocks: list[tuple[list[str], list[str]]]) -> int:
    """Return the number of lines that the tables take."""
    return sum(len(down) + 4 for _, down in blocks)


def _cell(count: Count) -> str:
    return f"{count.passages} ({count.documents})" if count.passages else "0"


def _total(made: Matrix, code: str) -> Count:
    return made.totals.get(code) or made.rated[code]


def _share(count: Count, whole: Count) -> str:
    return percent(count.passages / whole.passages)
