"""Two curves on a unit square: how reliable stated numbers are, and how fast review fixes errors."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from cothemes.presentation.plots import svg
from cothemes.records.numbers import coefficient, percent

LEFT, TOP, SIDE, WIDTH = 56, 14, 300, 520


def reliability_plot(
    name: str,
    title: str,
    bins: Sequence[tuple[float, float, int]],
    spread: Sequence[tuple[float, float] | None] = (),
) -> Markup:
    """Return the figure.

    `bins`: mean stated number, share that was true, how many. A circle grows with the number; `spread` is the
    interval of each share, where there is one.
    """
    most = max((count for _, _, count in bins), default=1)
    parts = [*_square("stated by the coder", "applied by people"), svg.line(_at(0, 0), _at(1, 1), dash="2 3")]
    parts.append(svg.text(*_at(0.97, 0.9), "as stated", anchor="end", size=10, soft=True))
    parts.append(svg.path([_at(x, y) for x, y, _ in bins]))
    for (x, _, _), ends in zip(bins, spread, strict=False):
        parts += _bar(x, *ends) if ends else []
    for x, y, count in bins:
        parts.append(svg.mark(1, *_at(x, y), 3 + 7 * (count / most) ** 0.5))
    for number, (x, y, count) in enumerate(bins):
        parts.append(
            svg.text(
                LEFT + SIDE + 16,
                TOP + 26 + 15 * number,
                f"{coefficient(x)} → {coefficient(y)}  ({count})",
                size=10,
            )
        )
    parts.append(svg.text(LEFT + SIDE + 16, TOP + 10, "stated → true (cells)", size=10, soft=True))
    above = sum(y > x for x, y, _ in bins)
    described = f"In {above} of {len(bins)} bins people applied the code more often than the coder stated"
    return svg.figure(
        name, title, f"{described}. All values are in the table below.", (WIDTH, TOP + SIDE + 40), parts
    )


def workload_plot(name: str, title: str, points: Sequence[tuple[float, float, float]]) -> Markup:
    """Return the figure. `points`: share reviewed, share of errors left in proposed and in best order."""
    parts = _square("share of passages reviewed", "share of errors left")
    parts.append(svg.path([_at(x, y) for x, y, _ in points], width=2))
    parts.append(svg.path([_at(x, y) for x, _, y in points], dash=svg.DASHES[1]))
    parts.append(svg.path([_at(0, 1), _at(1, 0)], dash=svg.DASHES[2]))
    for number, (words, dash, width) in enumerate(
        (
            ("proposed order", "", 2.0),
            ("errors first (oracle)", svg.DASHES[1], 1.5),
            ("random order", svg.DASHES[2], 1.5),
        )
    ):
        x, y = LEFT + SIDE + 16, TOP + 10 + 18 * number
        parts.append(svg.path([(x, y - 3), (x + 26, y - 3)], dash=dash, width=width))
        parts.append(svg.text(x + 32, y, words, size=10))
    half = next((left for reviewed, left, _ in points if reviewed >= 0.5), 0.0)
    described = f"After half of the passages {percent(half)} of the errors are left; in random order 50 %"
    return svg.figure(
        name, title, f"{described}. All values are in the table below.", (WIDTH, TOP + SIDE + 40), parts
    )


def _bar(x: float, low: float, high: float) -> list[str]:
    bottom, top = _at(x, low), _at(x, high)
    return [
        svg.line(bottom, top),
        *(svg.line((end[0] - 3, end[1]), (end[0] + 3, end[1])) for end in (bottom, top)),
    ]


def _at(x: float, y: float) -> tuple[float, float]:
    return LEFT + SIDE * x, TOP + SIDE * (1 - y)


def _square(below: str, beside: str) -> list[str]:
    parts = [svg.box(LEFT, TOP, SIDE, SIDE, stroke=svg.INK)]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        (x, _), (_, y) = _at(tick, 0), _at(0, tick)
        parts.append(svg.line((x, TOP + SIDE), (x, TOP + SIDE + 4)))
        parts.append(svg.line((LEFT - 4, y), (LEFT, y)))
        parts.append(svg.text(x, TOP + SIDE + 16, percent(tick), anchor="middle", size=10))
        parts.append(svg.text(LEFT - 7, y + 4, percent(tick), anchor="end", size=10))
    parts.append(svg.text(LEFT + SIDE / 2, TOP + SIDE + 32, below, anchor="middle", size=10))
    parts.append(svg.turned(12, TOP + SIDE / 2, beside, size=10, anchor="middle"))
    return parts
