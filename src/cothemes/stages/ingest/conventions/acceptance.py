"""Which labels of a convention without a colon are people: decided over the whole document.

A tab, a line of its own or brackets prove little: any short line or bullet looks so. So a label counts only
where it names a part or a person, or comes back and looks like a name, and where somebody asks something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from cothemes.stages.ingest.conventions.labels import Mark
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.conventions.reading import is_known, plain_label
from cothemes.stages.ingest.words import OPENERS, is_sound, names_no_one

_LONGEST = 4
"""Words of a label."""
_RETURNING = 0.5
"""Least share of turns whose label opens another turn too."""
_ASKED = 0.1
"""Least share of turns that hold a question where no label names a part."""
_TURNS_EACH = 2.5
"""Least turns for each of three voices or more: the headings of an article come back twice."""
_ANNOUNCED = re.compile(r"\b(?:interview|transcri(?:pt|bed|ption))", re.IGNORECASE)
_BEFORE = 30
"""Lines before the first label that may announce a transcript."""


def people_among(possible: Mapping[int, Mark], page: Page) -> dict[int, Mark]:
    """Return the labels that are people: known ones, and names or ids that come back."""
    counts = Counter(plain_label(mark.label) for mark in possible.values())
    accepted: dict[str, bool] = {}
    for mark in possible.values():
        label = mark.label
        if label not in accepted:
            returns = counts[plain_label(label)] > 1
            # `Part 2` is a heading before it is a participant.
            known = page.cast.knows(label) or (is_known(label, page) and not names_no_one(label))
            accepted[label] = known or (returns and is_name_like(mark))
    return {at: mark for at, mark in possible.items() if accepted[mark.label]}


def is_name_like(mark: Mark) -> bool:
    """Return whether a label could be a name, initials or an id: short, in capitals, no stop, no sound."""
    label = mark.label
    words = label.split()
    if (
        not 0 < len(words) <= _LONGEST
        or names_no_one(label)
        or is_sound(label)
        or label.casefold() in OPENERS
    ):
        return False
    if mark.is_id:
        return mark.is_coined
    return all(word[0].isupper() or not word[0].isascii() or not word[0].isalpha() for word in words)


def is_conversation(marks: Mapping[int, Mark], page: Page) -> bool:
    """Return whether the words under the labels are talk.

    Most labels come back, and one names a part, or somebody asks, or the text says that it is a transcript.
    """
    counts = Counter(plain_label(mark.label) for mark in marks.values())
    if sum(count for count in counts.values() if count > 1) < _RETURNING * len(marks):
        return False
    if any(is_known(mark.label, page) for mark in marks.values()):
        return True
    if len(counts) > 2 and len(marks) < _TURNS_EACH * len(counts):
        return False
    order = sorted(marks)
    asked = 0
    for at, after in zip(order, [*order[1:], len(page.rows)], strict=True):
        asked += any("?" in row.text or "？" in row.text for row in page.rows[at:after])
    return asked >= _ASKED * len(order) or _is_announced(marks, page)


def _is_announced(marks: Mapping[int, Mark], page: Page) -> bool:
    """Return whether the lines above the first label speak of an interview or transcript and name a person
    whose name is a label, in two words or more: Otter writes no question marks where it hears none.
    """
    first = min(marks)
    above = " ".join(row.text[:500] for row in page.rows[max(first - _BEFORE, 0) : first])
    if not _ANNOUNCED.search(above):
        return False
    names = {mark.label for mark in marks.values() if len(mark.label.split()) > 1}
    return any(name in above for name in names)
