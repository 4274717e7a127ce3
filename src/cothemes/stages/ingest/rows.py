"""A line with its text settled, the form in which all rules of this stage see the source."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cothemes.records.source import Line, LineStyle
from cothemes.stages.ingest.text import LINE_END, settle

_VOID = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]*")
_PLAIN = ((0, 0),)
"""Points of a line that was settled as it is; one for all, since there are many."""
SPOKEN_STYLES = frozenset({LineStyle.TEXT, LineStyle.BULLET})
"""Lines that may open or continue a turn."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the source."""

    line: Line
    text: str
    points: tuple[tuple[int, int], ...]
    replaced: int
    style: LineStyle
    """The line's own, or ASIDE where a rule found that it is no part of the talk or text."""

    @property
    def blank(self) -> bool:
        """True if the line has no visible character."""
        return not self.text.strip()

    def aside(self) -> Row:
        """Return the line, to be kept in the text and put into no block."""
        return self.restyled(LineStyle.ASIDE)

    def as_heading(self) -> Row:
        """Return the line as a heading of the first level."""
        line = self.line.model_copy(update={"level": 1})
        return Row(line, self.text, self.points, self.replaced, LineStyle.HEADING)

    def without_head(self, length: int) -> Row:
        """Return the line without its first `length` characters; the rest keeps its place in the source."""
        if not length:
            return self
        before = [point for point in self.points if point[0] <= length]
        at, place = before[-1] if before else (0, 0)
        later = [(offset - length, source) for offset, source in self.points if offset > length]
        points = ((0, place + length - at), *later)
        return Row(self.line, self.text[length:], points, self.replaced, self.style)

    def restyled(self, style: LineStyle) -> Row:
        """Return the line with another style, as a rule sees it."""
        return Row(self.line, self.text, self.points, self.replaced, style)


def rows_of(lines: tuple[Line, ...]) -> list[Row]:
    """Every line, settled."""
    rows = []
    for line in lines:
        if _VOID.fullmatch(line.text):
            # Blank lines in a row, which no offset points into: one place for all of them.
            rows.append(Row(line, LINE_END.sub("\n", line.text), _PLAIN, 0, line.style))
            continue
        settled = settle(line.text)
        points = settled.points if settled.points != _PLAIN else _PLAIN
        rows.append(Row(line, settled.text, points, settled.replaced, line.style))
    return rows


def begins_paragraph(rows: list[Row], at: int) -> bool:
    """Return whether the row at this index stands apart from the one before it."""
    if at == 0 or "\n\n" in rows[at].line.glue:
        return True
    return rows[at - 1].blank or rows[at].style is not rows[at - 1].style
