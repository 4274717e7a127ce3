"""`Name  0:03` on a line of its own, the words below: Otter, Teams, Rev, Zoom's saved captions."""

from __future__ import annotations

from cothemes.stages.ingest.conventions.colon import labelled, with_single_ones
from cothemes.stages.ingest.conventions.labels import Form, Mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import Convention, Example, Reading, plain_label

_SHAPES = frozenset((Form.TIMED,))


def _read(page: Page) -> Reading | None:
    marks = with_single_ones(labelled(page, _SHAPES), page, _SHAPES)
    if not marks:
        return None
    doubled = {row for at, mark in marks.items() for row in _said_before(page, at, mark)}
    if not doubled:
        return Reading(marks)
    return Reading(marks, [row.aside() if at in doubled else row for at, row in enumerate(page.rows)])


def _said_before(page: Page, at: int, mark: Mark) -> list[int]:
    """Return the lines right above a label that hold its name, its initials or its time once more, as Teams
    copies them.
    """
    initials = "".join(word[0] for word in mark.label.split())
    found: list[int] = []
    for above in range(at - 1, max(at - 4, -1), -1):
        text = page.rows[above].text.strip()
        if plain_label(text) == plain_label(mark.label) or text == initials or above in page.clocks:
            found.append(above)
        elif text:
            break
    named = any(plain_label(page.rows[row].text) == plain_label(mark.label) for row in found)
    return found if named else []


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
        Example(
            "JR\nJane Roe\n0 minutes 3 seconds0:03\nJane Roe 0 minutes 3 seconds\nHow did it begin?\n"
            "TL\nTom Lark\n0 minutes 9 seconds0:09\nTom Lark 0 minutes 9 seconds\nIn the spring.\n"
            "JR\nJane Roe\n0 minutes 12 seconds0:12\nJane Roe 0 minutes 12 seconds\nAnd then?\n"
            "TL\nTom Lark\n0 minutes 20 seconds0:20\nTom Lark 0 minutes 20 seconds\nWe moved.\n",
            _TURNS,
            ("0:03", "0:09", "0:12", "0:20"),
        ),
    ),
)
