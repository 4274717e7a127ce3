"""Names as headings, or in bold on a line of their own; the words below."""

from __future__ import annotations

import re

from cothemes.records.source import LineStyle
from cothemes.stages.ingest.conventions.acceptance import is_conversation, people_among
from cothemes.stages.ingest.conventions.labels import ANY_NAME, CLOCK, VOID, Form, Mark, plain_time
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_NAME = rf"(?P<label>{ANY_NAME})\s*:?(?:\s*[\[(]?(?P<after>{CLOCK})[\])]?)?"
_HEADING = re.compile(rf"^{VOID}(?:#{{1,6}}\s+)?[*_]{{0,3}}{_NAME}[*_]{{0,3}}\s*:?\s*#*\s*$")
_BOLD = re.compile(
    rf"^{VOID}(?:(?P<mark>\*\*\*?|__)\s*{_NAME}\s*(?P=mark)"
    rf"|<(?P<tag>b|strong|h\d)>\s*(?P<tagged>{ANY_NAME})\s*:?\s*</(?P=tag)>)\s*:?\s*$"
)
_LONGEST = 100


def _read(page: Page) -> Reading | None:
    rows = page.rows
    possible: dict[int, Mark] = {}
    for at, row in enumerate(rows):
        if row.blank or len(row.text) > _LONGEST or row.style is LineStyle.ASIDE:
            continue
        heads = row.style is LineStyle.HEADING
        match = _HEADING.match(row.text) if heads or row.line.strong else _BOLD.match(row.text)
        if match is None or (not heads and row.style is not LineStyle.TEXT):
            continue
        found = match.groupdict()
        label = (found.get("label") or found.get("tagged") or "").strip(" ,")
        if label and len(label.split()) <= 4:
            time = plain_time(found.get("after") or "")
            possible[at] = Mark(label, Form.ABOVE, len(row.text), time)
    marks = people_among(possible, page)
    marks = {at: mark for at, mark in marks.items() if at not in page.possible or rows[at].line.strong}
    if not marks or not is_conversation(marks, page):
        return None
    read = [row.restyled(LineStyle.TEXT) if at in marks else row for at, row in enumerate(rows)]
    return Reading(marks, read)


_TURNS = (
    ("Jane Roe", "How did it begin?"),
    ("Tom Lark", "In the spring."),
    ("Jane Roe", "And then?"),
    ("Tom Lark", "We moved."),
)

CONVENTION = Convention(
    name="name as a heading",
    pattern="**Name** ⏎ words",
    read=_read,
    examples=(
        Example(
            "**Jane Roe**\n\nHow did it begin?\n\n**Tom Lark**\n\nIn the spring.\n\n"
            "**Jane Roe**\n\nAnd then?\n\n**Tom Lark**\n\nWe moved.\n",
            _TURNS,
        ),
        Example(
            "### Jane Roe\n\nHow did it begin?\n\n### Tom Lark\n\nIn the spring.\n\n"
            "### Jane Roe\n\nAnd then?\n\n### Tom Lark\n\nWe moved.\n",
            _TURNS,
        ),
    ),
)
