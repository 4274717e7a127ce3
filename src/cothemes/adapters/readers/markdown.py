"""Markdown: front matter, headings, bullets and tables by their marks; the marks stay in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cothemes.adapters.readers.format import Format
from cothemes.adapters.readers.front_matter import LONGEST, front_rows, parse_front
from cothemes.adapters.readers.lines import lines_apart
from cothemes.adapters.readers.raw import at_most, decode, digest, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source

_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+\S|\s*$)")
_BULLET = re.compile(r"^\s{0,12}[-*+•]\s+\S")
_FOOTNOTE = re.compile(r"^\[\^[^\]\s]{1,20}\]:\s")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_UNDERLINE = re.compile(r"^(=+|-+)\s*$")


@dataclass(frozen=True)
class MarkdownReader:
    """md. What the marks say of a line; turns are found later, by rule."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source. Raises FileUnreadable."""
        data = read_bytes(path)
        text, notes = decode(data, path, self.options.encoding)
        rows = list(at_most(lines_apart(text), path, "lines"))
        lines, front, more = with_front(rows, path)
        footnotes = sum(bool(_FOOTNOTE.match(line.text)) for line in lines)
        if footnotes:
            stand = "footnote is" if footnotes == 1 else "footnotes are"
            more = (*more, f"{footnotes} {stand} in the text and in no passage.")
        return [
            Source(
                name=path.name,
                reader="markdown",
                hash=digest(data),
                unit="character",
                lines=tuple(lines),
                front=front,
                notes=(*notes, *more),
            )
        ]


def _styled(rows: list[tuple[int, str]]) -> list[Line]:
    lines: list[Line] = []
    comment = False
    for number, (at, row) in enumerate(rows):
        before = lines[-1].text if lines else ""
        after = rows[number + 1][1] if number + 1 < len(rows) else ""
        style, level = LineStyle.TEXT, 0
        if comment or row.lstrip().startswith("<!--"):
            comment = "-->" not in row
            style = LineStyle.ASIDE
        elif _FOOTNOTE.match(row):
            style = LineStyle.ASIDE
        elif heading := _HEADING.match(row):
            style, level = LineStyle.HEADING, len(heading[1])
        elif _is_table_rule(row) and "|" in before:
            style = LineStyle.ASIDE
        elif "|" in row and (_in_table(before, lines) or _is_table_rule(after)):
            style = LineStyle.TABLE
        elif _BULLET.match(row):
            style = LineStyle.BULLET
        elif (mark := _UNDERLINE.match(row)) and _underlines(lines):
            lines[-1] = lines[-1].model_copy(
                update={"style": LineStyle.HEADING, "level": 1 if mark[1][0] == "=" else 2}
            )
            style = LineStyle.ASIDE
        lines.append(Line(text=row, place=at, style=style, level=level))
    return lines


def _in_table(before: str, lines: list[Line]) -> bool:
    return bool(lines) and "|" in before and (lines[-1].style is LineStyle.TABLE or _is_rule(lines[-1]))


def _is_rule(line: Line) -> bool:
    return line.style is LineStyle.ASIDE and _is_table_rule(line.text)


def _is_table_rule(row: str) -> bool:
    text = row.strip()
    return "|" in text and len(text) <= 1_000 and bool(_TABLE_RULE.match(text))


def _underlines(lines: list[Line]) -> bool:
    if not lines or lines[-1].style is not LineStyle.TEXT or not lines[-1].text.strip():
        return False
    alone = len(lines) < 2 or not lines[-2].text.strip() or lines[-2].style is LineStyle.ASIDE
    return alone and len(lines[-1].text) < 120


def with_front(rows: list[tuple[int, str]], path: Path) -> tuple[list[Line], dict[str, Any], tuple[str, ...]]:
    """Return the lines of a Markdown text, what its front matter says, and notes. `rows`: place and words.

    Raises FileUnreadable for front matter that could hang the reader.
    """
    taken = front_rows([row for _, row in rows])
    front, notes = parse_front([row for _, row in rows[1 : taken - 1]], path) if taken else ({}, ())
    lines = [Line(text=row, place=at, style=LineStyle.ASIDE) for at, row in rows[:taken]]
    lines.extend(_styled(rows[taken:]))
    return lines, front, notes


def parts_of(text: str, name: str) -> tuple[list[Line], dict[str, Any], tuple[str, ...]]:
    """Return the lines of a text that came without a file, what its front matter says, and notes.

    A text that opens with front matter is Markdown; any other is plain.
    """
    rows = list(lines_apart(text))
    if not front_rows([row for _, row in rows[: LONGEST + 1]]):
        return [Line(text=row, place=at) for at, row in rows], {}, ()
    try:
        return with_front(rows, Path(name))
    except FileUnreadable as error:
        taken = front_rows([row for _, row in rows])
        lines = [Line(text=row, place=at, style=LineStyle.ASIDE) for at, row in rows[:taken]]
        return [*lines, *_styled(rows[taken:])], {}, (f"Left unread: {error.message}.",)


FORMAT = Format("markdown", "Markdown", (".md", ".markdown"), MarkdownReader)
