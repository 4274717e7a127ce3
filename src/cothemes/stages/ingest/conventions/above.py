"""The name alone on its line, the words below: Otter without times, Delve, many hand-made transcripts."""

from __future__ import annotations

import re

from cothemes.stages.ingest.conventions.acceptance import is_conversation, people_among
from cothemes.stages.ingest.conventions.labels import ANY_NAME, VOID, Form, Mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_ALONE = re.compile(rf"^{VOID}[\[(]?(?P<label>{ANY_NAME})[\])]?{VOID}$")
_LONGEST = 60
"""Characters of the line."""


def name_alone(page: Page, at: int) -> Mark | None:
    """Return the name or id that a line holds and nothing else; None where it holds anything more."""
    text = page.rows[at].text
    match = _ALONE.match(text) if len(text) <= _LONGEST else None
    if match is None or len(match["label"].split()) > 4 or match["label"][-1] in ".,-":
        return None
    return Mark(match["label"].strip(" ,"), Form.ABOVE, len(text), "")


def _read(page: Page) -> Reading | None:
    possible = {
        at: mark
        for at in page.spoken
        if (mark := name_alone(page, at)) and page.starts_line(at) and page.next_spoken(at) is not None
    }
    people = people_among(possible, page)
    # Of several names in a row the last one has the words.
    marks = {
        at: mark
        for at, mark in people.items()
        if (below := page.next_spoken(at)) not in people and not _heads_a_time(page, below)
    }
    return Reading(marks) if marks and is_conversation(marks, page) else None


def _heads_a_time(page: Page, at: int | None) -> bool:
    """Return whether a line holds a time, or a name with a time beside or below it: the words are below."""
    for _ in range(2):
        if at is None:
            return False
        mark = page.possible.get(at)
        if at in page.clocks or (mark is not None and mark.form is Form.TIMED):
            return True
        if name_alone(page, at) is None:
            return False
        at = page.next_spoken(at)
    return False


_TURNS = (
    ("Jane Roe", "How did it begin?"),
    ("Tom Lark", "In the spring.\n\nIt was cold."),
    ("Jane Roe", "And then?"),
    ("Tom Lark", "We moved."),
)

CONVENTION = Convention(
    name="name above",
    pattern="Name ⏎ words",
    read=_read,
    examples=(
        Example(
            "Jane Roe  \nHow did it begin?\n\nTom Lark  \nIn the spring.\n\nIt was cold.\n\n"
            "Jane Roe  \nAnd then?\n\nTom Lark  \nWe moved.\n",
            _TURNS,
        ),
        Example(
            "interviewer\n\nHow did it begin?\n\ninterviewee\n\nIn the spring.\n\n"
            "interviewer\n\nAnd then?\n\ninterviewee\n\nWe moved.\n",
            (
                ("interviewer", "How did it begin?"),
                ("interviewee", "In the spring."),
                ("interviewer", "And then?"),
                ("interviewee", "We moved."),
            ),
        ),
    ),
)
