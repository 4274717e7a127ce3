"""Rows to the parts of a written text: headings, paragraphs, bullets and table rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cothemes.records.document import BlockKind
from cothemes.records.source import LineStyle
from cothemes.stages.ingest.rows import Row, begins_paragraph

_BULLET = re.compile(r"^\s*(?:[-*+•▪◦●–]|\([a-z]{1,4}\)|[a-z]\))\s+(?=\S)")
_MARK = re.compile(r"^\s*[-*+•▪◦●–]\s+(?=\S)")
_ITEM = re.compile(r"^\s*\(?\d{1,3}(?:\.\d{1,3})*[.)]\s+\S|^\s*\d{1,2}(?:\.\d{1,3})+\s+\S")
_HASHES = re.compile(r"\s*#{1,6}\s*")
_NUMBERED = re.compile(r"^\s*(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+(?P<words>\S.*)$")
_LONGEST_HEADING = 12
"""Words."""


@dataclass(slots=True)
class Part:
    """One block to be: stretches of rows, as (row, start, end)."""

    kind: BlockKind
    level: int = 0
    stretches: list[tuple[int, int, int]] = field(default_factory=list)


def parts_of(rows: list[Row]) -> list[Part]:
    """Every row that is neither blank nor aside, in exactly one part.

    Where the container knows no headings (plain text), a heading is a short paragraph of one row that ends
    in no stop and is numbered, in capitals, in bold, or in title case above a paragraph of sentences.
    """
    levels = {} if any(row.style is LineStyle.HEADING for row in rows) else _guessed_headings(rows)
    parts: list[Part] = []
    for at, row in enumerate(rows):
        if row.blank or row.style in {LineStyle.ASIDE, LineStyle.CUE, LineStyle.PASSAGE}:
            continue
        start, end = _bounds(row)
        if start >= end:
            continue
        if row.style is LineStyle.HEADING or at in levels:
            level = levels.get(at, row.line.level)
            if _goes_on(rows, at, parts) and row.line.glue == " ":
                parts[-1].stretches.append((at, start, end))
                continue
            parts.append(Part(BlockKind.HEADING, level))
        elif row.style is LineStyle.TABLE:
            parts.append(Part(BlockKind.TABLE))
        elif row.style is LineStyle.BULLET or (_BULLET.match(row.text) and _may_open(rows, at)):
            mark = _MARK.match(row.text)
            start = mark.end() if mark else start
            if start < end:
                parts.append(Part(BlockKind.BULLET))
        elif _opens(rows, at, parts):
            parts.append(Part(BlockKind.PARAGRAPH))
        if start < end:
            parts[-1].stretches.append((at, start, end))
    return [part for part in parts if part.stretches]


def heading_words(text: str) -> str:
    """A heading without its marks."""
    opening = _HASHES.match(text)
    words = (text[opening.end() :] if opening else text).rstrip().rstrip("#")
    return " ".join(words.strip(" *_\n\t").split())


def _opens(rows: list[Row], at: int, parts: list[Part]) -> bool:
    if not parts or parts[-1].kind in {BlockKind.HEADING, BlockKind.TABLE}:
        return True
    row, previous = rows[at], rows[at - 1] if at else rows[at]
    if parts[-1].kind is BlockKind.BULLET and not previous.blank and "\n\n" not in row.line.glue:
        # A bullet goes on over rows that are indented or that carry its sentence on.
        return not (row.text[:1].isspace() or row.text[:1].islower() or row.line.glue in {" ", ""})
    if _ITEM.match(row.text) and row.line.glue not in {" ", ""} and previous.text.rstrip()[-1:] in ".:;?!)”":
        return True
    return begins_paragraph(rows, at)


def _may_open(rows: list[Row], at: int) -> bool:
    return rows[at].line.glue not in {" ", ""}


def _goes_on(rows: list[Row], at: int, parts: list[Part]) -> bool:
    return bool(parts) and parts[-1].kind is BlockKind.HEADING and rows[at - 1].style is LineStyle.HEADING


def _bounds(row: Row) -> tuple[int, int]:
    text = row.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if row.style is LineStyle.HEADING:
        found = _HASHES.match(text)
        start = found.end() if found else start
        end = len(text.rstrip().rstrip("#").rstrip()) if found else end
    elif row.style is LineStyle.TABLE:
        start = len(text) - len(text.lstrip(" |\t"))
        end = len(text.rstrip(" |\t"))
    return start, max(start, end)


def _guessed_headings(rows: list[Row]) -> dict[int, int]:
    found: dict[int, int] = {}
    for at, row in enumerate(rows):
        if row.blank or row.style is not LineStyle.TEXT or not begins_paragraph(rows, at):
            continue
        after = at + 1
        alone = after >= len(rows) or begins_paragraph(rows, after) or rows[after].blank
        words = row.text.split()
        if not alone or len(words) > _LONGEST_HEADING or row.text.rstrip()[-1] in ".;:,!?…":
            continue
        level = _level(row, words, rows, at)
        if level is not None:
            found[at] = level if found or level > 1 or _NUMBERED.match(row.text) else 0
    return found


def _level(row: Row, words: list[str], rows: list[Row], at: int) -> int | None:
    letters = [c for c in row.text if c.isalpha()]
    if not letters:
        return None
    if (match := _NUMBERED.match(row.text)) and match["words"][:1].isupper():
        return match["number"].count(".") + 1
    if all(c.isupper() for c in letters) and len(letters) > 3:
        return 1
    if row.line.strong:
        return 2
    capitals = sum(word[0].isupper() for word in words if word[0].isalpha())
    if len(words) <= 8 and capitals >= 0.6 * len(words) and letters[0].isupper() and _above_prose(rows, at):
        return 2
    return None


def _above_prose(rows: list[Row], at: int) -> bool:
    following = next((n for n in range(at + 1, len(rows)) if not rows[n].blank), None)
    if following is None or rows[following].style is not LineStyle.TEXT:
        return False
    end = following
    while end + 1 < len(rows) and not rows[end + 1].blank and not begins_paragraph(rows, end + 1):
        end += 1
    words = sum(len(rows[n].text.split()) for n in range(following, end + 1))
    return words >= 12 and rows[end].text.rstrip(" \"'”’)")[-1:] in {".", "?", "!", ":"}
