"""Counts of codes by documents, a number in every cell that is not empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cothemes.presentation.plots import svg

CELL = 24
NAME = 24
LOW, HIGH = 0xF0, 0x90
"""Greys of the least and the most: black numbers stay readable on both."""


def grid(
    name: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Mapping[tuple[str, str], int],
) -> Markup:
    """Return the figure of `counts` by row and column; empty cells stay white."""
    most = max([1, *counts.values()])
    left = svg.margin(rows, NAME)
    top = svg.margin(columns, NAME)
    parts = []
    for j, column in enumerate(columns):
        parts.append(svg.turned(left + CELL * j + CELL / 2 + 4, top - 6, svg.short_name(column, NAME)))
    for i, row in enumerate(rows):
        y = top + CELL * i
        parts.append(svg.text(left - 8, y + CELL / 2 + 4, svg.short_name(row, NAME), anchor="end"))
        for j, column in enumerate(columns):
            count = counts.get((row, column), 0)
            x = left + CELL * j
            parts.append(svg.box(x, y, CELL, CELL, fill=_grey(count, most), stroke="#bbb"))
            if count:
                parts.append(svg.text(x + CELL / 2, y + CELL / 2 + 4, str(count), anchor="middle", size=10))
    described = f"{len(rows)} codes by {len(columns)} documents"
    if counts:
        row, column = max(counts, key=lambda at: counts[at])
        described += f"; the most in one place are {counts[(row, column)]}, of {row} in {column}"
    return svg.figure(
        name,
        title,
        f"{described}. All of them are listed below.",
        (max(left + CELL * len(columns) + 8, 320), top + CELL * len(rows) + 8),
        parts,
    )


def _grey(count: int, most: int) -> str:
    if not count:
        return "#fff"
    level = round(LOW - (LOW - HIGH) * (count - 1) / max(most - 1, 1))
    return f"#{level:02x}{level:02x}{level:02x}"
