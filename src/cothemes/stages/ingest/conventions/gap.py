"""`INT<tab>words`: a tab or a wide blank behind the label, as in transcripts typed in two columns."""

from __future__ import annotations

import re

from cothemes.stages.ingest.conventions.acceptance import is_conversation, people_among
from cothemes.stages.ingest.conventions.labels import ANY_NAME, CLOCK, LEAD, Form, Mark, plain_time, time_only
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_GAP = r"(?:[ \u00a0]*\t\s*|[ \u00a0\u3000]{2,})"
_HEAD = re.compile(
    rf"{LEAD}\s*(?P<label>{ANY_NAME})[.)]?{_GAP}(?:(?P<after>[\[(<]?{CLOCK}[\])>]?)(?:{_GAP}))?(?=\S)"
)


def _read(page: Page) -> Reading | None:
    possible: dict[int, Mark] = {}
    for at in page.spoken:
        text = page.rows[at].text[:200]
        match = _HEAD.match(text) if "\t" in text or "  " in text or "\u00a0" in text else None
        if match and len(match["label"].split()) <= 3 and not time_only(text[match.end() :]):
            time = plain_time(match["after"] or match["before"] or "")
            possible[at] = Mark(match["label"].strip(" ,"), Form.APART, match.end(), time)
    marks = people_among(possible, page)
    return Reading(marks) if marks and is_conversation(marks, page) else None


CONVENTION = Convention(
    name="name and gap",
    pattern="Name    words",
    read=_read,
    inline=True,
    examples=(
        Example(
            "INT\tHow did it begin?\nRESP\tIn the spring.\nINT\tAnd then?\nRESP\tWe moved.\n",
            (
                ("INT", "How did it begin?"),
                ("RESP", "In the spring."),
                ("INT", "And then?"),
                ("RESP", "We moved."),
            ),
        ),
        Example(
            "00:03\tJane Roe\tHow did it begin?\n00:09\tTom Lark\tIn the spring.\n"
            "00:12\tJane Roe\tAnd then?\n00:20\tTom Lark\tWe moved.\n",
            (
                ("Jane Roe", "How did it begin?"),
                ("Tom Lark", "In the spring."),
                ("Jane Roe", "And then?"),
                ("Tom Lark", "We moved."),
            ),
            ("00:03", "00:09", "00:12", "00:20"),
        ),
        Example(
            "Jane   How did it begin?\n\nTom    In the spring.\n\nJane   And then?\n\nTom    We moved.\n",
            (
                ("Jane", "How did it begin?"),
                ("Tom", "In the spring."),
                ("Jane", "And then?"),
                ("Tom", "We moved."),
            ),
        ),
    ),
)
