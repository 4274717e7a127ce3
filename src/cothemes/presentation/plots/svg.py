"""The elements of a figure in SVG, every word escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from cothemes.records.text import shown_text

INK, SOFT, LINE, PALE = "#111", "#555", "#999", "#eee"
FONT = "font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\""
DASHES = ("", "6 3", "2 3", "8 3 2 3")
"""Patterns that tell lines apart without colour."""


def figure(
    name: str, title: str, description: str, size: tuple[float, float], parts: Iterable[str]
) -> Markup:
    """The whole figure; `name` is an id of its own on the page."""
    width, height = size
    return Markup(  # every word below has gone through `_escaped`
        f'<svg class="plot" id="{_escaped(name)}" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" '
        f'aria-labelledby="{_escaped(name)}-t {_escaped(name)}-d" {FONT} font-size="11">'
        f'<title id="{_escaped(name)}-t">{_escaped(title)}</title>'
        f'<desc id="{_escaped(name)}-d">{_escaped(description)}</desc>{"".join(parts)}</svg>'
    )


def text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 11, soft: bool = False
) -> str:
    """Words on one line; `anchor` is start, middle or end."""
    fill = SOFT if soft else INK
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{_n(size)}" fill="{fill}">'
        f"{_escaped(words)}</text>"
    )


def turned(x: float, y: float, words: str, *, size: float = 11, anchor: str = "start") -> str:
    """Words from below upward."""
    return (
        f'<text transform="translate({_n(x)} {_n(y)}) rotate(-90)" text-anchor="{anchor}" '
        f'font-size="{_n(size)}" fill="{INK}">{_escaped(words)}</text>'
    )


def line(
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    dash: str = "",
    width: float = 1,
    stroke: str = INK,
) -> str:
    """A straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}" '
        f'stroke="{stroke}" stroke-width="{_n(width)}"{dashes}/>'
    )


def path(points: Sequence[tuple[float, float]], *, dash: str = "", width: float = 1.5) -> str:
    """A line through points."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    steps = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return f'<polyline points="{steps}" fill="none" stroke="{INK}" stroke-width="{_n(width)}"{dashes}/>'


def box(x: float, y: float, width: float, height: float, *, fill: str = "none", stroke: str = "none") -> str:
    """A rectangle."""
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}" '
        f'stroke="{stroke}"/>'
    )


def mark(kind: int, x: float, y: float, radius: float = 4) -> str:
    """A marker by number: full and open circle, full and open square, triangle, cross."""
    full, place = kind % 2 == 0, kind % 6
    fill = INK if full else "#fff"
    if place in (0, 1):
        return (
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}" stroke="{INK}" '
            'stroke-width="1.3"/>'
        )
    if place in (2, 3):
        side = 1.8 * radius
        return (
            f'<rect x="{_n(x - side / 2)}" y="{_n(y - side / 2)}" width="{_n(side)}" height="{_n(side)}" '
            f'fill="{fill}" stroke="{INK}" stroke-width="1.3"/>'
        )
    if place == 4:
        corners = [(x, y - radius * 1.2), (x - radius * 1.1, y + radius), (x + radius * 1.1, y + radius)]
        steps = " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
        return f'<polygon points="{steps}" fill="{INK}" stroke="{INK}"/>'
    return line((x - radius, y - radius), (x + radius, y + radius), width=1.6) + line(
        (x - radius, y + radius), (x + radius, y - radius), width=1.6
    )


def cut(words: str, most: int) -> str:
    """The words, ended by … where they are too long for their place."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def short_name(name: str, most: int) -> str:
    """The name, its middle left out where it is too long: names of a kind differ at their ends."""
    if len(name) <= most:
        return name
    end = (most - 1) * 2 // 5
    return f"{name[: most - 1 - end]}…{name[len(name) - end :]}"


def margin(names: Sequence[str], most: int = 30) -> float:
    """Room for the longest of these names, cut at `most`, and a gap."""
    return 16 + 6.6 * max((len(short_name(name, most)) for name in names), default=0)


def _escaped(words: str) -> str:
    return str(escape(shown_text(words)))


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
