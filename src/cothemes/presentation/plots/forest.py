"""Values with their intervals, one below the other: alphas with the customary lines, shifts around zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cothemes.presentation.plots import svg
from cothemes.records.numbers import coefficient

ROW, RIGHT, TOP, WIDTH = 17, 104, 34, 700
SHORT = 12
"""Most letters of a reason that is shown beside a value."""
DAGGER = "†"
MARKS = {"*": "over few interviews", DAGGER: "too few agreed"}
CLOSE = 44
"""Distance in points below which the words of two lines are moved apart."""


@dataclass(frozen=True)
class Item:
    """One row; without a value it shows the reason."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    set_apart: bool = False
    """Drawn as a square, for a mean of the others."""
    mark: str = ""
    """A star where the interval is over few interviews, a dagger where too few passages were agreed on."""


def forest(
    name: str,
    title: str,
    items: Sequence[Item],
    *,
    lines: Sequence[tuple[float, str]] = (),
    span: tuple[float, float] | None = None,
    axis: str = "",
    table: str = "below",
    shown: Callable[[float], str] = coefficient,
) -> Markup:
    """Return the figure.

    `lines`: value and words; `span`: the axis, else as far as the intervals go; `table`: where the table of
    the values is, below or above; `shown`: the formatter of a value.
    """
    least, most = span or _span(items, lines)
    left = svg.margin([item.name for item in items])
    width, height = WIDTH - left - RIGHT, TOP + ROW * len(items) + 42

    def at(value: float) -> float:
        return left + width * (min(max(value, least), most) - least) / (most - least)

    bottom = TOP + ROW * len(items) + 4
    parts = [svg.box(0, TOP + ROW * number, WIDTH, ROW, fill="#f6f6f6") for number in range(1, len(items), 2)]
    parts.append(svg.line((left, bottom), (left + width, bottom)))
    for tick in _ticks(least, most):
        parts.append(svg.line((at(tick), bottom), (at(tick), bottom + 4)))
        parts.append(svg.text(at(tick), bottom + 15, shown(tick), anchor="middle", size=10))
    close = len(lines) == 2 and abs(at(lines[0][0]) - at(lines[1][0])) < CLOSE
    for number, (value, words) in enumerate(sorted(lines)):
        if not least <= value <= most:
            continue
        parts.append(svg.line((at(value), TOP - 8), (at(value), bottom), dash=svg.DASHES[2 - number % 2]))
        place, anchor = at(value), "middle"
        if close:
            place, anchor = (place + 6, "end") if number == 0 else (place - 6, "start")
        parts.append(svg.text(place, TOP - 12, words, anchor=anchor, size=10))
    for number, item in enumerate(items):
        parts += _row(item, left, TOP + ROW * number + ROW / 2, at, (least, most), shown)
    marks = {sign for item in items if item.low is not None for sign in item.mark}
    if marks:
        words = ", ".join(f"{sign} {said}" for sign, said in MARKS.items() if sign in marks)
        parts.append(svg.text(WIDTH, bottom + 29, words, anchor="end", size=10, soft=True))
    if axis:
        parts.append(svg.text(left + width / 2, bottom + 29, axis, anchor="middle", size=10))
    known = [item for item in items if item.value is not None]
    described = f"{len(known)} of {len(items)} rows have a value"
    if known:
        lowest, highest = min(known, key=_value), max(known, key=_value)
        described += (
            f"; the lowest is {lowest.name} with {shown(_value(lowest))}, the highest "
            f"{highest.name} with {shown(_value(highest))}"
        )
    description = f"{described}. All values are in the table {table}."
    return svg.figure(name, title, description, (WIDTH, height), parts)


def _row(
    item: Item,
    left: float,
    y: float,
    at: Callable[[float], float],
    span: tuple[float, float],
    shown: Callable[[float], str],
) -> list[str]:
    parts = [svg.text(left - 8, y + 4, svg.short_name(item.name, 30), anchor="end")]
    if item.value is None:
        return [*parts, svg.text(left + 6, y + 4, svg.cut(item.reason or "no value", 70), soft=True, size=10)]
    said = shown(item.value)
    if item.low is not None and item.high is not None:
        parts.append(svg.line((at(item.low), y), (at(item.high), y), width=1.6))
        for end in (item.low, item.high):
            inside = span[0] <= end <= span[1]
            # An end beyond the axis has no bar: the line goes on.
            parts += [svg.line((at(end), y - 3), (at(end), y + 3), width=1.6)] if inside else []
        said += f" [{shown(item.low)}, {shown(item.high)}]{item.mark}"
    elif item.reason:
        said += f" {item.reason}" if len(item.reason) <= SHORT else " no interval"
    parts.append(svg.mark(2 if item.set_apart else 0, at(item.value), y, 4.2 if item.set_apart else 3.4))
    return [*parts, svg.text(WIDTH, y + 4, said, anchor="end", size=10)]


def _value(item: Item) -> float:
    return item.value or 0.0


def _span(items: Sequence[Item], lines: Sequence[tuple[float, str]]) -> tuple[float, float]:
    ends = [v for i in items for v in (i.value, i.low, i.high) if v is not None] + [v for v, _ in lines]
    if not ends:
        return -1.0, 1.0
    room = max(0.02, 0.06 * (max(ends) - min(ends)))
    return min(ends) - room, max(ends) + room


def _ticks(least: float, most: float) -> list[float]:
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100) if (most - least) / s <= 11)
    first = int(-(-least // step))
    found = []
    while first * step <= most + 1e-9:
        found.append(round(first * step, 6))
        first += 1
    return found
