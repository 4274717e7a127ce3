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
_BROKEN = re.compile(r"\w[-\u00ad]$")
"""A line that ends inside a word or compound; a dash has a blank before it."""
_WORD = re.compile(r"[\w’'-]+")
_COLUMN_LINES = 6
"""Lines across two columns from which a page is in columns."""
_COLUMN_WIDTH = 14
"""Characters of such lines; cells of a table of figures are shorter."""
_ALIGNED = 3.0
"""Points by which the left edge of a column may differ."""
_FIGURES = 25
"""Characters of a cell, on average, below which lines with three cells are a table."""
_LABEL_WORDS = 4
_RETURNS = 3
"""A short line that comes back so often is a label, and a line of its own."""
_COMPOUNDS = frozenset(
    ("based", "related", "making", "wide", "led", "specific", "level", "oriented", "driven", "term", "free",
     "funded", "focused", "centred", "centered", "like", "style", "free", "up", "off", "to", "of", "and")
)  # fmt: skip
"""Second parts of compounds that are written with a hyphen."""
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
    cells: tuple[tuple[float, str], ...] = ()
    """(place, words) of stretches that wide gaps part; empty for a line without such gaps."""
    column: int = 0
    """Number of the column, from 1, where the page is set in columns that its file draws line by line."""


def arrange(pages: list[list[dict[str, Any]]]) -> Layout:
    """Pages of lines (text, x, y, size, strong) to lines in reading order, places counted in pages from 1."""
    rows = [
        [_Row(number, **{**line, "cells": tuple(map(tuple, line.get("cells", ())))}) for line in page]
        for number, page in enumerate(pages, 1)
    ]
    tables = [number for number, page in enumerate(rows, 1) if _has_table(page)]
    split = [_by_column(page) for page in rows]
    columned = [number for number, page in enumerate(split, 1) if any(row.column for row in page)]
    rows = split
    body, furniture, numbers = _without_furniture(rows)
    notes: list[str] = [f"Left out on most pages: “{text}”." for text in furniture]
    if numbers:
        notes.append(f"Left out: {numbers} page numbers.")
    empty = [number for number, page in enumerate(pages, 1) if not page]
    if empty:
        notes.append(f"No text on page {_listed(empty)}: a picture or a blank.")
    if columned:
        notes.append(f"In columns: page {_listed(columned)}. Each column is read from top to bottom.")
    if tables := [number for number in tables if number not in columned]:
        notes.append(f"Tables: page {_listed(tables)}. Their rows are read line by line, without cells.")
    lines, healed = _lines(body)
    if healed:
        notes.append(f"Joined: {counted(healed, 'word')} broken at line ends.")
    return Layout(tuple(lines), tuple(furniture), tuple(notes))


def _listed(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:20])) + (", …" if len(pages) > 20 else "")


def _has_table(page: list[_Row]) -> bool:
    """Return whether three lines in a row have three cells or more."""
    run = 0
    for row in page:
        run = run + 1 if len(row.cells) >= 3 else 0
        if run >= 3 and len(row.text) < _FIGURES * len(row.cells):
            return True
    return False


def _by_column(page: list[_Row]) -> list[_Row]:
    """The page's rows with its columns one after another, where its file draws it line by line across them.

    It is in columns if on several lines a second stretch of text begins at one place, and all of these
    stretches are as long as lines of text. Rows across the page part the columns above from those below.
    """
    starts = Counter(round(row.cells[1][0]) for row in page if len(row.cells) == 2)
    place, _ = starts.most_common(1)[0] if starts else (0, 0)
    across = [row for row in page if len(row.cells) == 2 and abs(row.cells[1][0] - place) <= _ALIGNED]
    if len(across) < _COLUMN_LINES:
        return page
    if min(median(len(row.cells[at][1]) for row in across) for at in (0, 1)) < _COLUMN_WIDTH:
        return page
    done: list[_Row] = []
    left: list[_Row] = []
    right: list[_Row] = []
    for row in page:
        if len(row.cells) == 2 and abs(row.cells[1][0] - place) <= _ALIGNED:
            left.append(row._replace(text=row.cells[0][1], cells=(), column=1))
            right.append(row._replace(text=row.cells[1][1], x=row.cells[1][0], cells=(), column=2))
        elif row.x >= place - _ALIGNED and not row.cells:
            right.append(row._replace(column=2))
        elif not row.cells and row.x + 0.5 * row.size * len(row.text) < place:
            left.append(row._replace(column=1))
        else:
            done += [*left, *right, row]
            left, right = [], []
    return [*done, *left, *right]


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
    words = _words(rows)
    shorts = Counter(row.text for row in rows if len(row.text.split()) <= _LABEL_WORDS)
    labels = {text for text, count in shorts.items() if count >= _RETURNS and text[:1].isalpha()}
    lines: list[Line] = []
    healed = 0
    before: _Row | None = None
    for row in rows:
        style, level = _style(row, levels)
        glue = _glue(before, row, style, lines, usual, width)
        if before is not None and glue == " " and (row.text in labels or before.text in labels):
            glue = "\n"
        if before is not None and glue == " " and _BROKEN.search(lines[-1].text):
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
    drop = before.y - row.y
    # A column goes on as a page does.
    further = before.column != row.column or (drop < 0 and row.x > before.x + 3 * row.size)
    if before.page != row.page or further:
        return "\n\n" if _ENDS.search(last.text) else " "
    if drop < 0 or (usual and drop > 1.3 * usual):
        return "\n\n"
    # A line that stops well before the margin was ended on purpose.
    if len(before.text) < 0.6 * width and row.text[:1].isupper():
        return "\n"
    return " "


def _words(rows: list[_Row]) -> Counter[str]:
    """How often each word is written, the halves of those that are broken at line ends left out."""
    words = Counter(word.lower() for row in rows for word in _WORD.findall(row.text))
    for row, after in pairwise(rows):
        if _BROKEN.search(row.text) and (halves := _WORD.findall(after.text)):
            words[halves[0].lower()] -= 1
    return words


def _heal(head: str, tail: str, words: Counter[str]) -> tuple[str, bool]:
    """The line before without its hyphen, or with it where the compound is written so.

    It is if the document writes it with a hyphen elsewhere. Where it writes it neither so nor in one, the
    hyphen stays beside a capital or a figure, at parts that compounds are made of, and between two words of
    the document.
    """
    if head.endswith("\u00ad"):
        return head[:-1], False
    before, after = _WORD.findall(head), _WORD.findall(tail)
    if not before or not after:
        return head, True
    first, second = before[-1].rstrip("-"), after[0]
    low, high = first.lower(), second.lower()
    joined, hyphened = words[low + high], words[f"{low}-{high}"]
    if joined or hyphened:
        keeps = hyphened > joined
    elif not second[:1].islower() or not first.islower():
        keeps = not (first.istitle() and second[:1].islower()) or high.partition("-")[0] in _COMPOUNDS
    else:
        keeps = low in _KEEPS_HYPHEN or high.partition("-")[0] in _COMPOUNDS
        keeps = keeps or (words[low] > 0 and words[high] > 0)
    return (head, True) if keeps else (head[:-1], False)
