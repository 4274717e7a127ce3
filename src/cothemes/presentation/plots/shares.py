"""The share of passages to which each rater gave each code: one row a code, one marker a rater."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cothemes.presentation.plots import svg
from cothemes.records.numbers import percent

ROW, RIGHT, WIDTH = 17, 30, 700
KEY = 16


def shares(name: str, title: str, rows: Sequence[tuple[str, Mapping[str, float | None]]]) -> Markup:
    """Return the figure. `rows`: code and share by rater. From the seventh rater on, markers repeat."""
    raters = list(dict.fromkeys(rater for _, given in rows for rater in given))
    most = max([0.01, *(share for _, given in rows for share in given.values() if share is not None)])
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if most / s <= 8)
    end = step * (int(most / step - 1e-9) + 1)
    top = 12 + KEY * len(raters)
    left = svg.margin([code for code, _ in rows])
    width, bottom = WIDTH - left - RIGHT, top + ROW * len(rows) + 4

    def at(share: float) -> float:
        return left + width * share / end

    parts = [
        part
        for number, rater in enumerate(raters)
        for part in (
            svg.mark(number, left + 6, 8 + KEY * number),
            svg.text(left + 16, 12 + KEY * number, rater),
        )
    ]
    for number in range(round(end / step) + 1):
        x = at(number * step)
        parts.append(svg.line((x, top), (x, bottom), stroke="#ddd" if number else svg.INK))
        parts.append(svg.text(x, bottom + 14, percent(number * step), anchor="middle", size=10))
    for number, (code, given) in enumerate(rows):
        y = top + ROW * number + ROW / 2
        known = [share for share in given.values() if share is not None]
        parts.append(svg.text(left - 8, y + 4, svg.short_name(code, 30), anchor="end"))
        if known:
            parts.append(svg.line((at(min(known)), y), (at(max(known)), y), stroke=svg.LINE))
        # The last is drawn below the first, so that equal shares still show both.
        for place, rater in reversed(list(enumerate(raters))):
            share = given.get(rater)
            if share is not None:
                parts.append(svg.mark(place, at(share), y, 3.4 + 1.2 * (place % 2)))
    parts.append(
        svg.text(left + width / 2, bottom + 29, "share of the compared passages", anchor="middle", size=10)
    )
    widest = max(rows, key=lambda row: _gap(row[1]), default=None)
    described = f"{len(rows)} codes by {len(raters)} raters"
    if widest and _gap(widest[1]) > 0:
        gap = percent(_gap(widest[1]), unit="")
        described += f"; raters differ most on {widest[0]}, by {gap} points of a hundred"
    return svg.figure(
        name, title, f"{described}. All values are in the table below.", (WIDTH, bottom + 40), parts
    )


def _gap(given: Mapping[str, float | None]) -> float:
    known = [share for share in given.values() if share is not None]
    return max(known) - min(known) if known else 0.0
