"""`Name: words`, the name bold or in brackets or not, a time beside it; `Ann Bell, manager: words`.

Most transcripts are written so, and texts hold many other colons. So which labels are speakers is decided
over the whole document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from cothemes.stages.ingest.conventions.labels import Form, Mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import (
    Convention,
    Example,
    Reading,
    is_known,
    plain_label,
    seconds_of,
)
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.words import names_a_voice, names_no_one

IN_LINE = frozenset((Form.COLON, Form.BOLD, Form.DESCRIBED))
"""Shapes of labels with the words on the same line."""
_LINK = re.compile(r"<?(?:https?://|www\.)\S+\s*")
"""`Slides: https://…` is no turn."""
ALL_SHAPES = IN_LINE | {Form.TIMED}


def labelled(page: Page, shapes: Collection[Form] = IN_LINE) -> dict[int, Mark]:
    """Return line → the label it opens with, for those labels of these shapes that are speakers.

    A label counts where a key, the front matter or the metadata knows it, where it names a part
    (`Interviewer`, `P1`), where it comes back in a shape that the document uses for turns, or where its line
    holds nothing but a name and a time.
    """
    rows, cast = page.rows, page.cast
    possible = possible_in(page, shapes)
    known = {label: is_known(label, page) for label in {mark.label for mark in possible.values()}}
    asked = any(mark.label == "Q" for mark in possible.values())
    counts = Counter(plain_label(mark.label) for mark in possible.values())
    coined = sum(mark.is_coined for mark in possible.values())
    accepted = {
        at: mark for at, mark in possible.items() if known[mark.label] or (mark.label == "A" and asked)
    }
    recurring = {
        at: mark
        for at, mark in possible.items()
        if at not in accepted
        and (counts[plain_label(mark.label)] > 1 or (mark.is_coined and coined > 1))
        and _name_like(mark)
    }
    if not any(not mark.is_id for mark in {**accepted, **recurring}.values()):
        # Numbers that come back may be items of lists; beside a named voice they are people.
        recurring = {at: mark for at, mark in recurring.items() if not mark.label.isdigit()}
    if _is_dialogue(rows, {**accepted, **recurring}):
        accepted.update(recurring)
    named = {at: mark for at, mark in possible.items() if mark.form is Form.BOLD and stands_apart(mark)}
    opening = next((at for at, row in enumerate(rows) if row.style in SPOKEN_STYLES and not row.blank), -1)
    if cast.people and (len(named) > 2 or opening in named):
        accepted.update(named)
    return dict(sorted(accepted.items()))


def with_single_ones(
    accepted: dict[int, Mark], page: Page, shapes: Collection[Form] = IN_LINE
) -> dict[int, Mark]:
    """Return the labels, and those that stand once in a shape in which the document writes its turns."""
    possible = possible_in(page, shapes)
    used = Counter(mark.form for mark in accepted.values())
    accepted = accepted | {
        at: mark
        for at, mark in possible.items()
        if used[mark.form] >= max(3, 0.3 * used.total())
        and _name_like(mark)
        and not mark.is_id
        and _titled(mark.label)
        and len(mark.label.split()) <= 3
    }
    described = {at: mark for at, mark in possible.items() if mark.form is Form.DESCRIBED}
    if len(described) > 1 and len(accepted) > len(described):
        accepted.update(described)
    return dict(sorted(accepted.items()))


def _read(page: Page) -> Reading | None:
    marks = with_single_ones(labelled(page), page)
    return Reading(marks) if marks else None


def possible_in(page: Page, shapes: Collection[Form]) -> dict[int, Mark]:
    """Return the possible labels of these shapes.

    `Name0:20` counts only where such times ascend: else the digits may belong to the name.
    """
    marks = {
        at: mark
        for at, mark in page.possible.items()
        if mark.form in shapes and not _LINK.fullmatch(page.rows[at].text, mark.end)
    }
    times = [seconds_of(mark.time) for mark in marks.values() if mark.glued]
    if all(before <= after for before, after in pairwise(times)):
        return marks
    return {at: mark for at, mark in marks.items() if not mark.glued}


def numbers_by_turns(page: Page) -> tuple[str, ...]:
    """Return the numbers with a colon that come back before most lines, `1:` and `2:`; else nothing.

    They may be speakers, or items of lists that begin anew.
    """
    marks = [mark for mark in possible_in(page, IN_LINE).values() if mark.label.isdigit()]
    counts = Counter(mark.label for mark in marks)
    if len(counts) < 2 or min(counts.values()) < 2 or len(marks) < 0.5 * len(page.spoken):
        return ()
    return tuple(counts)


def stands_apart(mark: Mark) -> bool:
    """Return whether, in a transcript with a key, a voice is outside it: `Peer mentor: …`, `TEACHER: …`,
    `Chris Jones: …`.
    """
    if (
        mark.is_id
        or mark.form not in {Form.COLON, Form.BOLD}
        or len(mark.label.split()) > 3
        or names_no_one(mark.label)
    ):
        return False
    return (_titled(mark.label) and mark.label.isascii()) or names_a_voice(mark.label)


def _name_like(mark: Mark) -> bool:
    named = mark.label[0].isupper() or mark.is_id or mark.form is not Form.BOLD
    return named and not names_no_one(mark.label)


def _titled(label: str) -> bool:
    return all(word[0].isupper() or not word[0].isalpha() for word in label.split())


def _is_dialogue(rows: list[Row], marks: dict[int, Mark]) -> bool:
    """Return whether labels that merely come back are turns: several voices, and most of the text under
    them.
    """
    voices = {plain_label(mark.label) for mark in marks.values()}
    if len(voices) < 2 and not any(mark.form is Form.TIMED for mark in marks.values()):
        return False
    paragraphs = sum(not row.blank and begins_paragraph(rows, at) for at, row in enumerate(rows))
    return len(marks) >= 4 and len(marks) >= 0.15 * paragraphs


CONVENTION = Convention(
    name="name and colon",
    pattern="Name: words",
    read=_read,
    inline=True,
    least=0.0,
    examples=(
        Example(
            "Jane Roe: How did it begin?\nTom Lark: In the spring.\n"
            "Jane Roe: And then?\nTom Lark: We moved.\n",
            (
                ("Jane Roe", "How did it begin?"),
                ("Tom Lark", "In the spring."),
                ("Jane Roe", "And then?"),
                ("Tom Lark", "We moved."),
            ),
        ),
        Example(
            "[00:00:03] **Interviewer:** How did it begin?\n\n[00:00:09] **3K31:** In the spring.\n\n"
            "[00:00:12] **Interviewer:** And then?\n\n[00:00:20] **3K31:** We moved.\n",
            (
                ("Interviewer", "How did it begin?"),
                ("3K31", "In the spring."),
                ("Interviewer", "And then?"),
                ("3K31", "We moved."),
            ),
            ("00:00:03", "00:00:09", "00:00:12", "00:00:20"),
        ),
        Example(
            "[SPEAKER_00]: How did it begin?\n\n[SPEAKER_01]: In the spring.\n\n"
            "[SPEAKER_00]: And then?\n\n[SPEAKER_01]: We moved.\n",
            (
                ("SPEAKER_00", "How did it begin?"),
                ("SPEAKER_01", "In the spring."),
                ("SPEAKER_00", "And then?"),
                ("SPEAKER_01", "We moved."),
            ),
        ),
        Example(
            "Speaker 1: [00:00:03] How did it begin?\n\nSpeaker 2: [00:00:09] In the spring.\n\n"
            "Speaker 1: [00:00:12] And then?\n\nSpeaker 2: [00:00:20] We moved.\n",
            (
                ("Speaker 1", "How did it begin?"),
                ("Speaker 2", "In the spring."),
                ("Speaker 1", "And then?"),
                ("Speaker 2", "We moved."),
            ),
            ("00:00:03", "00:00:09", "00:00:12", "00:00:20"),
        ),
        Example(
            "访谈者：怎么开始的？\n受访者：那是春天的时候。\n访谈者：后来呢？\n受访者：我们搬走了。\n",
            (
                ("访谈者", "怎么开始的？"),
                ("受访者", "那是春天的时候。"),
                ("访谈者", "后来呢？"),
                ("受访者", "我们搬走了。"),
            ),
        ),
    ),
)
