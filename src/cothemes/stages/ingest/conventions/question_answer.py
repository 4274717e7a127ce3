"""`Q. words` and `A. words`: depositions, interviews in magazines, oral history."""

from __future__ import annotations

import re
from itertools import pairwise

from cothemes.stages.ingest.conventions.labels import LEAD, Form, Mark, plain_time
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_HEAD = re.compile(
    rf"{LEAD}[*_]{{0,2}}(?P<label>[QA])(?:\d{{1,3}})?"
    r"(?:[.)][*_]{0,2}[ \t\u00a0]+|[*_]{0,2}[ \u00a0]*\t\s*|[ \u00a0]{2,})(?=\S)"
)
_ALTERNATE = 0.7


def _read(page: Page) -> Reading | None:
    """Lines that open with Q or A: only where both come, a question first, and mostly in turn."""
    marks: dict[int, Mark] = {}
    for at in page.spoken:
        match = _HEAD.match(page.rows[at].text)
        if match:
            time = plain_time(match["before"] or "")
            marks[at] = Mark(match["label"], Form.APART, match.end(), time)
    labels = [mark.label for mark in marks.values()]
    if len(labels) < 2 or labels[0] != "Q" or "A" not in labels:
        return None
    turns = sum(one != other for one, other in pairwise(labels))
    return Reading(marks) if turns >= _ALTERNATE * (len(labels) - 1) else None


CONVENTION = Convention(
    name="Q and A",
    pattern="Q. words, A. words",
    read=_read,
    inline=True,
    examples=(
        Example(
            "Q.  How did it begin?\n\nA.  In the spring.\n\nIt was cold.\n\nQ.  And then?\n\nA.  We moved.\n",
            (
                ("Q", "How did it begin?"),
                ("A", "In the spring.\n\nIt was cold."),
                ("Q", "And then?"),
                ("A", "We moved."),
            ),
        ),
        Example(
            "Q1. How did it begin?\nA1. In the spring.\nQ2. And then?\nA2. We moved.\n",
            (("Q", "How did it begin?"), ("A", "In the spring."), ("Q", "And then?"), ("A", "We moved.")),
        ),
    ),
)
