"""Codes against codes, or against groups of documents: how many passages, in how many documents.

Everything is counted from what was decided; a passage that nobody finished is in no cell and in no total.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cothemes.records.record import Record

CODES = "codes"
"""Name of the crossing of codes with each other."""


class Count(Record):
    """Counts of one cell."""

    passages: int
    documents: int


class Matrix(Record):
    """A cross-tabulation. Rows are codes."""

    by: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[str, dict[str, Count]]
    """Row → column → its count. In codes against codes, the diagonal is the code itself."""
    rated: dict[str, Count]
    """Column → what was decided in it: the most that a cell can hold. Of a code: where it applies."""
    totals: dict[str, Count]
    """Row → all passages with the code."""
    decided: Count
    """All passages that somebody decided on."""


def code_matrix(
    applied: Mapping[str, Collection[str]],
    rated: Collection[str],
    document_of: Mapping[str, str],
    rows: Sequence[str],
    columns: Sequence[str],
) -> Matrix:
    """Passages that carry both codes. `applied`: code → passages; `rated`: passages that were decided on;
    `document_of`: passage → its document."""
    sets = {code: frozenset(applied.get(code, ())) for code in (*rows, *columns)}
    totals = {code: _count(sets[code], document_of) for code in sets}
    return Matrix(
        by=CODES,
        rows=tuple(rows),
        columns=tuple(columns),
        cells={
            row: {column: _count(sets[row] & sets[column], document_of) for column in columns} for row in rows
        },
        rated={column: totals[column] for column in columns},
        totals={row: totals[row] for row in rows},
        decided=_count(rated, document_of),
    )


def group_matrix(
    by: str,
    applied: Mapping[str, Collection[str]],
    rated: Collection[str],
    document_of: Mapping[str, str],
    group_of: Mapping[str, str],
    rows: Sequence[str],
) -> Matrix:
    """Passages with a code in each group. `group_of`: passage → the group it belongs to; columns are groups
    that hold a decided passage, in alphabetical order."""
    groups: dict[str, set[str]] = {}
    for passage in rated:
        groups.setdefault(group_of[passage], set()).add(passage)
    columns = tuple(sorted(groups))
    sets = {code: frozenset(applied.get(code, ())) & frozenset(rated) for code in rows}
    return Matrix(
        by=by,
        rows=tuple(rows),
        columns=columns,
        cells={
            row: {column: _count(sets[row] & groups[column], document_of) for column in columns}
            for row in rows
        },
        rated={column: _count(groups[column], document_of) for column in columns},
        totals={row: _count(sets[row], document_of) for row in rows},
        decided=_count(rated, document_of),
    )


def pairs(matrix: Matrix) -> list[tuple[str, str, Count]]:
    """Return each pair of codes that occurs, once, the most frequent first."""
    order = {code: place for place, code in enumerate(dict.fromkeys((*matrix.rows, *matrix.columns)))}
    found: dict[tuple[str, str], Count] = {}
    for row in matrix.rows:
        for column in matrix.columns:
            if row != column and matrix.cells[row][column].passages:
                first, second = sorted((row, column), key=order.__getitem__)
                found[(first, second)] = matrix.cells[row][column]
    listed = [(first, second, count) for (first, second), count in found.items()]
    return sorted(listed, key=lambda p: (-p[2].passages, -p[2].documents, order[p[0]], order[p[1]]))


def _count(passages: Iterable[str], document_of: Mapping[str, str]) -> Count:
    names = list(passages)
    return Count(passages=len(names), documents=len({document_of[name] for name in names}))
