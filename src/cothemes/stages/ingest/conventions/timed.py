"""`Name  0:03` on a line of its own, the words below: Otter, Teams, Rev, Zoom's saved captions."""

from __future__ import annotations

from cothemes.stages.ingest.conventions.colon import labelled, with_single_ones
from cothemes.stages.ingest.conventions.labels import Form
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading

_SHAPES = frozenset((Form.TIMED,))


def _read(page: Page) -> Reading | None:
    marks = with_single_ones(labelled(page, _SHAPES), page, _SHAPES)
    return Reading(marks) if marks else None


_TURNS = (
    ("Jane Roe", "How did it begin?"),
    ("Tom Lark", "In the spring."),
    ("Jane Roe", "And then?"),
    ("Tom Lark", "We moved."),
)

CONVENTION = Convention(
    name="name and time above",
    pattern="Name  0:03 ⏎ words",
    read=_read,
    least=0.0,
    examples=(
        Example(
            "Jane Roe  0:03\nHow did it begin?\n\nTom Lark  0:09\nIn the spring.\n\n"
            "Jane Roe  0:12\nAnd then?\n\nTom Lark  0:20\nWe moved.\n",
            _TURNS,
            ("0:03", "0:09", "0:12", "0:20"),
        ),
        Example(
            "Jane Roe0:03\nHow did it begin?\nTom Lark0:09\nIn the spring.\n"
            "Jane Roe0:12\nAnd then?\nTom Lark0:20\nWe moved.\n",
            _TURNS,
            ("0:03", "0:09", "0:12", "0:20"),
        ),
        Example(
            "[Jane Roe] 10:00:03\nHow did it begin?\n\n[Tom Lark] 10:00:20\nIn the spring.\n\n"
            "[Jane Roe] 10:00:37\nAnd then?\n\n[Tom Lark] 10:00:54\nWe moved.\n",
            _TURNS,
            ("10:00:03", "10:00:20", "10:00:37", "10:00:54"),
        ),
        Example(
            "00:00:03 Jane Roe\nHow did it begin?\n\n00:00:09 Tom Lark\nIn the spring.\n\n"
            "00:00:12 Jane Roe\nAnd then?\n\n00:00:20 Tom Lark\nWe moved.\n",
            _TURNS,
            ("00:00:03", "00:00:09", "00:00:12", "00:00:20"),
        ),
    ),
)
