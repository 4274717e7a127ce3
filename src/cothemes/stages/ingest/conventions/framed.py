"""`[Name] words`, `(Name) words`, `<b>Name:</b> words`, `*Name*: words`: the name between marks."""

from __future__ import annotations

import re

from cothemes.stages.ingest.conventions.acceptance import is_conversation, people_among
from cothemes.stages.ingest.conventions.labels import ANY_NAME, CLOCK, LEAD, Form, Mark, plain_time
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_BEHIND = rf"(?:\s*(?P<after>[\[(<]?{CLOCK}[\])>]?))?\s*:?\s*"
_HEADS = (
    re.compile(rf"{LEAD}<(?P<tag>\w{{1,6}})>\s*(?P<label>{ANY_NAME})\s*:?\s*</(?P=tag)>{_BEHIND}"),
    re.compile(
        rf"{LEAD}(?:[\[【](?P<square>{ANY_NAME})[\]】]|\((?P<round>{ANY_NAME})\)|<(?P<sharp>{ANY_NAME})>){_BEHIND}"
    ),
    # `*Tom*: words`, `_Tom:_ words`; without a colon the emphasis may be the speaker's own.
    re.compile(rf"{LEAD}(?P<mark>\*{{1,3}}|_{{1,3}})(?P<label>{ANY_NAME})(?:(?P=mark):|:(?P=mark))\s*"),
    # `Tom [00:20] words`
    re.compile(rf"^\s*(?P<label>{ANY_NAME})\s*(?P<after>[\[(<]{CLOCK}[\])>])\s*[-–—]?\s*(?=\S)"),
)

_OPENS = re.compile(r"^.{0,70}?[<\[(*_【]")


def _read(page: Page) -> Reading | None:
    best: Reading | None = None
    for pattern in _HEADS:
        possible: dict[int, Mark] = {}
        for at in page.spoken:
            text = page.rows[at].text[:200]
            match = pattern.match(text) if _OPENS.search(text) else None
            if match and text[match.end() :].strip():
                found = match.groupdict()
                label = found.get("label") or found.get("square") or found.get("round") or found["sharp"]
                time = plain_time(found.get("after") or found.get("before") or "")
                possible[at] = Mark(label.strip(" ,"), Form.FRAMED, match.end(), time)
        marks = people_among(possible, page)
        if marks and is_conversation(marks, page) and (best is None or len(marks) > len(best.marks)):
            best = Reading(marks)
    return best


_TURNS = (
    ("Jane Roe", "How did it begin?"),
    ("Tom Lark", "In the spring."),
    ("Jane Roe", "And then?"),
    ("Tom Lark", "We moved."),
)

CONVENTION = Convention(
    name="name between marks",
    pattern="[Name] words, <b>Name:</b> words",
    read=_read,
    inline=True,
    examples=(
        Example(
            "<b>Jane Roe:</b> How did it begin?\n\n<b>Tom Lark:</b> In the spring.\n\n"
            "<b>Jane Roe:</b> And then?\n\n<b>Tom Lark:</b> We moved.\n",
            _TURNS,
        ),
        Example(
            "[Jane Roe] How did it begin?\n\n[Tom Lark] In the spring.\n\n[laughs] It was cold.\n\n"
            "[Jane Roe] And then?\n\n[Tom Lark] We moved.\n",
            (_TURNS[0], ("Tom Lark", "In the spring.\n\n[laughs] It was cold."), *_TURNS[2:]),
        ),
        Example(
            "(Jane Roe) How did it begin?\n\n(Tom Lark) In the spring.\n\n"
            "(Jane Roe) And then?\n\n(Tom Lark) We moved.\n",
            _TURNS,
        ),
        Example(
            "_Jane Roe:_ How did it begin?\n\n_Tom Lark:_ In the spring.\n\n"
            "_Jane Roe:_ And then?\n\n_Tom Lark:_ We moved.\n",
            _TURNS,
        ),
        Example(
            "Jane Roe [00:03] How did it begin?\n\nTom Lark [00:09] In the spring.\n\n"
            "Jane Roe [00:12] And then?\n\nTom Lark [00:20] We moved.\n",
            _TURNS,
            ("00:03", "00:09", "00:12", "00:20"),
        ),
    ),
)
