"""From lines with coordinates to reading order: furniture out, paragraphs together, hyphens healed."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from cothemes.records.source import Line, LineStyle
from cothemes.records.text import counted

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^\W*(page|p\.)?\W*\d{1,4}(\s*(of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
_ITEM = re.compile(r"^(\d{1,2}[.)]|\d{1,2}(\.\d{1,3})+[.)]?|\([a-z]{1,3}\)|[a-z]\)|[•▪◦●–-])\s+\S")
_BULLET = re.compile(r"^[•▪◦●]\s")
_NUMBERED_HEADING = re.compile(r"^\d{1,2}(\.\d{1,2}){0,2}\.?\s+[A-Z]")
_ENDS = re.compile(r"[.!?:;…]['\"”’)\]]*$")
_WORD = re.compile(r"[\w’'-]+")
_KEEPS_HYPHEN = {"co", "non", "self", "well", "ex", "semi", "all", "cross", "half", "long", "short"}
"""Prefixes whose compounds are written with a hyphen, when the document itself does not show which."""


class Layout(NamedTuple):
    """Lines and notes from a document's pages."""

    lines: tuple[Line, ...]
    furniture: tuple[str, ...]
    notes: tuple[str, ...]


class _Row(NamedTuple):
    page: int
    text: str
    x: float
    y: float
    size: float
    strong: bool


def arrange(pages: list[list[dict[str, Any]]]) -> Layout:
    """Pages of lines (text, x, y, size, strong) to lines in reading order, places counted in pages from 1."""
    rows = [[_Row(number, **line) for line in page] for number, page in enumerate(pages, 1)]
    body, furniture, numbers = _without_furniture(rows)
    notes: list[str] = [f"Left out on most pages: “{text}”." for text in furniture]
    if numbers:
        notes.append(f"Left out: {numbers} page numbers.")
    empty = [str(number) for number, page in enumerate(pages, 1) if not page]
    if empty:
        notes.append(f"No text on page {', '.join(empty[:20])}: a picture or a blank.")
    lines, healed = _lines(body)
    if healed:
        notes.append(f"Joined: {counted(healed, 'word')} broken at line ends.")
    return Layout(tuple(lines), tuple(furniture), tuple(notes))


def _without_furniture(pages: list[list[_Row]]) -> tuple[list[_Row], list[str], int]:
    """Rows of the text, what was left out as running heads and feet, and how many page numbers were.

    A running head stands on at least half of the pages, apart from the text: behind a gap, or in letters of
    another size. What also stands in the middle of a page is text, and so is what ends in a colon: the label
    of a speaker comes to stand at the top of many pages.
    """
    usual, size = _usual_gap(pages), _body_size([row for page in pages for row in page])
    edges = [_edges(page, usual, size) for page in pages]
    seen = Counter(key for edge in edges for key in {_key(row) for row in edge})
    inside = {_key(row) for page, edge in zip(pages, edges, strict=True) for row in page if row not in edge}
    least = max(2, (len(pages) + 1) // 2)
    repeated = {
        key for key, count in seen.items() if count >= least and key not in inside and not key.endswith(":")
    }
    body: list[_Row] = []
    kept: dict[str, str] = {}
    numbers = 0
    for page, edge in zip(pages, edges, strict=True):
        for row in page:
            key = _key(row)
            if row in edge and _PAGE_NUMBER.match(row.text):
                numbers += 1
            elif row in edge and key in repeated:
                kept.setdefault(key, row.text)
            else:
                body.append(row)
    return body, list(kept.values()), numbers


def _key(row: _Row) -> str:
    return _DIGITS.sub("#", row.text)


def _edges(page: list[_Row], usual: float, size: float) -> set[_Row]:
    """Rows on the three highest and the three lowest heights of the page that stand apart from its text."""
    heights = sorted({round(row.y) for row in page})
    outer = {*_apart(heights, usual), *_apart(heights[::-1], usual)}
    extreme = {*heights[:3], *heights[-3:]}
    return {
        row
        for row in page
        if round(row.y) in outer
        or (round(row.y) in extreme and abs(row.size - size) > 0.04 * size)
        or (round(row.y) in {heights[0], heights[-1]} and _PAGE_NUMBER.match(row.text))
    }


def _apart(heights: list[int], usual: float) -> list[int]:
    """The outermost heights, at most three, that a gap parts from the next one."""
    ends = [at for at in (1, 2, 3) if at < len(heights) and abs(heights[at] - heights[at - 1]) > 1.4 * usual]
    return heights[: ends[-1]] if ends else []


def _usual_gap(pages: list[list[_Row]]) -> float:
    """Between lines of the text: the gap that comes most often, in points."""
    gaps = Counter(round(a.y - b.y) for page in pages for a, b in pairwise(page) if 0 < a.y - b.y < 60)
    return float(min(gaps, key=lambda gap: (-gaps[gap], gap))) if gaps else 0.0


def _body_size(rows: list[_Row]) -> float:
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[row.size] += len(row.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _lines(rows: list[_Row]) -> tuple[list[Line], int]:
    body_size = _body_size(rows)
    levels = sorted({row.size for row in rows if row.size > body_size * 1.04}, reverse=True)
    gaps = [a.y - b.y for a, b in pairwise(rows) if a.page == b.page and 0 < a.y - b.y < 60]
    usual = median(gaps) if gaps else 0.0
    lengths = sorted(len(row.text) for row in rows)
    width = float(lengths[int(0.9 * (len(lengths) - 1))]) if lengths else 0.0
    words = Counter(word.lower() for row in rows for word in _WORD.findall(row.text))
    lines: list[Line] = []
    healed = 0
    before: _Row | None = None
    for row in rows:
        style, level = _style(row, levels)
        glue = _glue(before, row, style, lines, usual, width)
        if before is not None and glue == " " and lines[-1].text.endswith("-") and row.text[:1].islower():
            head, keeps = _heal(lines[-1].text, row.text, words)
            lines[-1] = lines[-1].model_copy(update={"text": head})
            glue = ""
            healed += not keeps
        lines.append(
            Line(text=row.text, glue=glue, place=row.page, style=style, level=level, strong=row.strong)
        )
        before = row
    return lines, healed


def _style(row: _Row, levels: list[float]) -> tuple[LineStyle, int]:
    short = len(row.text.split()) <= 16 and not row.text.endswith((".", ";", ","))
    if short and row.size in levels:
        return LineStyle.HEADING, min(levels.index(row.size) + 1, 6)
    if short and row.strong and (_NUMBERED_HEADING.match(row.text) or len(row.text.split()) <= 10):
        if row.text.endswith(":"):
            return LineStyle.TEXT, 0
        return LineStyle.HEADING, min(len(levels) + 1, 6)
    return (LineStyle.BULLET, 0) if _BULLET.match(row.text) else (LineStyle.TEXT, 0)


def _glue(
    before: _Row | None, row: _Row, style: LineStyle, lines: list[Line], usual: float, width: float
) -> str:
    if before is None:
        return "\n\n"
    last = lines[-1]
    if style is LineStyle.HEADING or last.style is LineStyle.HEADING:
        same = style is last.style and row.size == before.size and row.page == before.page
        return " " if same and 0 < before.y - row.y < 1.5 * row.size else "\n\n"
    if style is LineStyle.BULLET or _ITEM.match(row.text):
        return "\n\n" if not last.text.endswith("-") or _ITEM.match(row.text) else " "
    if before.page != row.page:
        return "\n\n" if _ENDS.search(last.text) else " "
    drop = before.y - row.y
    if drop < 0 or (usual and drop > 1.3 * usual):
        return "\n\n"
    # A line that stops well before the margin was ended on purpose.
    if len(before.text) < 0.6 * width and row.text[:1].isupper():
        return "\n"
    return " "


def _heal(head: str, tail: str, words: Counter[str]) -> tuple[str, bool]:
    """The line before without its hyphen, or with it where the compound is written so."""
    first = _WORD.findall(head)[-1].rstrip("-").lower() if _WORD.findall(head) else ""
    second = _WORD.findall(tail)[0].lower() if _WORD.findall(tail) else ""
    joined, hyphened = words[first + second], words[f"{first}-{second}"]
    keeps = hyphened > joined if hyphened or joined else first in _KEEPS_HYPHEN
    return (head, True) if keeps else (head[:-1], False)
