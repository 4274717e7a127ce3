"""Time and name on a line each, the words below: Happy Scribe, Trint, Dovetail, text copied from Teams."""

from __future__ import annotations

from itertools import pairwise

from cothemes.stages.ingest.conventions.above import name_alone
from cothemes.stages.ingest.conventions.acceptance import people_among
from cothemes.stages.ingest.conventions.labels import Mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading


def _read(page: Page) -> Reading | None:
    """Names beside a line that holds a time and nothing else; that line is set aside."""
    possible: dict[int, Mark] = {}
    beside: set[int] = set()
    order = page.spoken
    for place, at in enumerate(order):
        mark = name_alone(page, at) if at not in page.clocks else None
        before = order[place - 1] if place else -1
        after = order[place + 1] if place + 1 < len(order) else -1
        clock = before if before in page.clocks and before not in beside else after
        if mark is None or clock not in page.clocks or not page.starts_line(at):
            continue
        beside.add(clock)
        possible[at] = mark._replace(time=page.clocks[clock])
    marks = people_among(possible, page)
    if not marks:
        return None
    # A time behind the name would begin a block of its own.
    later = {at: after for at, after in pairwise(order) if at in marks}
    aside = {after for at, after in later.items() if after in beside and after in page.clocks}
    rows = [row.aside() if at in aside else row for at, row in enumerate(page.rows)]
    return Reading(marks, rows)


_TURNS = (
    ("Speaker 1", "How did it begin?"),
    ("Speaker 2", "In the spring."),
    ("Speaker 1", "And then?"),
    ("Speaker 2", "We moved."),
)
_TIMES = ("00:00:03.12", "00:00:20.12", "00:00:37.12", "00:00:54.12")

CONVENTION = Convention(
    name="time and name above",
    pattern="0:03 ⏎ Name ⏎ words",
    read=_read,
    least=0.5,
    examples=(
        Example(
            "00:00:03.12\nSpeaker 1\nHow did it begin?\n\n00:00:20.12\nSpeaker 2\nIn the spring.\n\n"
            "00:00:37.12\nSpeaker 1\nAnd then?\n\n00:00:54.12\nSpeaker 2\nWe moved.\n",
            _TURNS,
            _TIMES,
        ),
        Example(
            "Speaker 1\n00:00:03.12\nHow did it begin?\n\nSpeaker 2\n00:00:20.12\nIn the spring.\n\n"
            "Speaker 1\n00:00:37.12\nAnd then?\n\nSpeaker 2\n00:00:54.12\nWe moved.\n",
            _TURNS,
            _TIMES,
        ),
    ),
)
