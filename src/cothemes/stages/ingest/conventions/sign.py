"""`Name - words`, `Name; words`, `P1) words`: another sign than a colon behind the label."""

from __future__ import annotations

import re

from cothemes.stages.ingest.conventions.acceptance import is_conversation, people_among
from cothemes.stages.ingest.conventions.labels import LEAD, Form, Mark, plain_time, time_only
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_PERSON = r"[A-Z][\w’'-]{0,20}(?: [‘“\"(]?[A-Z][\w’'”\".)-]{0,20}){0,2}(?: \d{1,3})?"
_CODE = r"(?:#[^\W_][\w-]{0,14}|[A-Z]{1,3}-?\d{1,4}[a-z]?|(?=\d+[\w-]*[A-Z])\d[\w-]{0,14})"
"""A participant's code, which can stand without any sign: `P1`, `B12`, `3K31`, `#12`."""
_CAPITALS = r"(?:(?:The|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Senator) )?[A-Z][A-Z’'-]{2,20}(?: [A-Z][A-Z.’'-]{1,20}){0,2}"
"""A name as hearings print it: `The CHAIR`, `Mr. LARK`, `JANE ROE`."""
_HEADS = (
    re.compile(rf"{LEAD}(?P<label>{_PERSON}|{_CODE})\s*(?:[;=|]|>+)\s+(?=\S)"),
    re.compile(rf"{LEAD}(?P<label>{_PERSON}|{_CODE})(?:\s+[-–—]\s+|\.?—)(?=\S)"),
    re.compile(rf"{LEAD}(?P<label>{_CAPITALS})\.(?:—|\s+)(?=\S)"),
    re.compile(rf"{LEAD}(?P<label>{_CODE})[.)\]]?\s+(?=\S)"),
)


def _read(page: Page) -> Reading | None:
    best: Reading | None = None
    for pattern in _HEADS:
        possible: dict[int, Mark] = {}
        for at in page.spoken:
            match = pattern.match(page.rows[at].text[:200])
            if match and not time_only(page.rows[at].text[match.end() : 200]):
                time = plain_time(match["before"] or "")
                label = match["label"].rstrip(".") if match[0].endswith("—") else match["label"]
                possible[at] = Mark(label, Form.APART, match.end(), time)
        marks = people_among(possible, page)
        if marks and is_conversation(marks, page) and (best is None or len(marks) > len(best.marks)):
            best = Reading(marks)
    return best


CONVENTION = Convention(
    name="name and sign",
    pattern="Name - words, P1) words",
    read=_read,
    inline=True,
    least=0.75,
    examples=(
        Example(
            "Jane - How did it begin?\n\nTom - In the spring.\n\nJane - And then?\n\nTom - We moved.\n",
            (
                ("Jane", "How did it begin?"),
                ("Tom", "In the spring."),
                ("Jane", "And then?"),
                ("Tom", "We moved."),
            ),
        ),
        Example(
            "INT; How did it begin?\n\nP1; In the spring.\n\nINT; And then?\n\nP1; We moved.\n",
            (
                ("INT", "How did it begin?"),
                ("P1", "In the spring."),
                ("INT", "And then?"),
                ("P1", "We moved."),
            ),
        ),
    ),
)
