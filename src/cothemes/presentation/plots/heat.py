"""Codes that are confused with one another, as a map of counts with the number in every cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cothemes.presentation.plots import svg
from cothemes.records.text import counted

MOST = 18
CELL = 27
DARKEST_FROM = 5
"""Count from which a cell is darkest: a single confusion must not look like many."""


def heat(
    name: str,
    title: str,
    codes: Sequence[str],
    counts: Mapping[tuple[str, str], int],
    agreed: Mapping[str, int],
    *,
    rows: str,
    columns: str,
) -> Markup:
    """Return the figure of `counts` by row code and column code; `agreed` fills the diagonal, framed."""
    most = max([DARKEST_FROM, *counts.values()])
    room = 14 + 6.6 * max(len(svg.short_name(code, 14)) for code in codes)
    left, top = room + 22, room + 22
    size = left + CELL * len(codes) + 8
    parts = [
        svg.text(left + CELL * len(codes) / 2, 12, columns, anchor="middle", size=10),
        svg.turned(12, top + CELL * len(codes) / 2, rows, size=10, anchor="middle"),
    ]
    for i, code in enumerate(codes):
        y, x = top + CELL * i, left + CELL * i
        parts.append(svg.text(left - 6, y + CELL / 2 + 4, svg.short_name(code, 14), anchor="end"))
        parts.append(svg.turned(x + CELL / 2 + 4, top - 6, svg.short_name(code, 14)))
        for j, other in enumerate(codes):
            x = left + CELL * j
            if i == j:
                parts.append(svg.box(x + 1, y + 1, CELL - 2, CELL - 2, stroke=svg.INK))
                parts.append(
                    svg.text(
                        x + CELL / 2, y + CELL / 2 + 4, str(agreed.get(code, 0)), anchor="middle", size=10
                    )
                )
                continue
            count = counts.get((code, other), 0)
            parts.append(svg.box(x, y, CELL, CELL, fill=_grey(count / most), stroke="#ccc"))
            if count:
                parts.append(_count(x + CELL / 2, y + CELL / 2 + 4, count, count / most))
    worst = max(counts, key=lambda at: counts[at], default=None)
    described = f"{len(codes)} codes"
    if worst:
        times = counted(counts[worst], "time")
        described += f"; most often {worst[0]} against {worst[1]}, {times}"
    return svg.figure(
        name,
        title,
        f"{described}. All counts are in the table below.",
        (max(size, 320), top + CELL * len(codes) + 8),
        parts,
    )


def _grey(part: float) -> str:
    level = round(255 - 190 * part**0.7) if part else 255
    return f"#{level:02x}{level:02x}{level:02x}"


def _count(x: float, y: float, count: int, part: float) -> str:
    words = svg.text(x, y, str(count), anchor="middle", size=10)
    # White on the darkest third keeps a contrast of more than 4.5.
    return words.replace(f'fill="{svg.INK}"', 'fill="#fff"') if _grey(part) < "#78" else words
