"""What a convention makes of a document, and how well that explains it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cothemes.stages.ingest.conventions.labels import Mark, time_only
from cothemes.stages.ingest.conventions.page import Page
from cothemes.stages.ingest.rows import SPOKEN_STYLES, Row, begins_paragraph
from cothemes.stages.ingest.words import names_a_voice, role_of_label

_NUMBERED = re.compile(r"(?<=[^\W\d_]) (?=\d+$)")
"""The blank in `Interviewer 1`, which some write without it."""


class Reading(NamedTuple):
    """A document as one convention reads it."""

    marks: Mapping[int, Mark]
    """Line → the label that opens a turn there."""
    rows: list[Row] | None = None
    """The lines as the convention sees them; None where it takes them as they are."""


class Example(NamedTuple):
    """A short text in a convention, and what it holds. Every example is a test."""

    text: str
    turns: tuple[tuple[str, str], ...]
    """(speaker, words) of each turn."""
    times: tuple[str, ...] = ()
    """Times of the turns, where the text has them."""


@dataclass(frozen=True)
class Convention:
    """A way of marking who speaks."""

    name: str
    """Short name, shown by `ingest --check`."""
    pattern: str
    """How a turn looks, for people."""
    read: Callable[[Page], Reading | None]
    """Returns what it makes of a document; None where it finds nothing of its kind."""
    examples: tuple[Example, ...]
    inline: bool = False
    """True if label and words stand on one line, so that captions can be written so."""
    least: float = 0.6
    """Score below which a reading is not taken."""


class Fit(NamedTuple):
    """How well a reading explains a document. Shares from 0 to 1."""

    turns: int
    voices: int
    explained: float
    """Share of the paragraphs that a label opens."""
    returning: float
    """Share of turns whose label opens another turn too."""
    alternation: float
    """Share of neighbouring turns with different labels."""
    rising: float | None
    """Share of neighbouring times that do not fall; None where fewer than two turns have a time."""
    known: float
    """Share of turns whose label names a part (`Interviewer`) or a person whom the source names."""

    @property
    def score(self) -> float:
        """One figure from 0 to 1.

        0.4 explained + 0.3 returning + 0.3 alternation; times weigh 0.15 of it where there are any; what is
        missing to 1 is halved where all labels are known.
        """
        score = 0.4 * self.explained + 0.3 * self.returning + 0.3 * self.alternation
        if self.rising is not None:
            score = 0.85 * score + 0.15 * self.rising
        return 1 - (1 - score) * (1 - 0.5 * self.known)


def fit_of(reading: Reading, page: Page) -> Fit:
    """Measure a reading. A reading without labels has zeros."""
    marks = reading.marks
    rows = reading.rows if reading.rows is not None else page.rows
    if not marks:
        return Fit(0, 0, 0.0, 0.0, 0.0, None, 0.0)
    others = sum(
        row.style in SPOKEN_STYLES
        and not row.blank
        and at not in marks
        and at not in page.clocks
        and begins_paragraph(rows, at)
        and not _is_below_label(rows, marks, at)
        for at, row in enumerate(rows)
    )
    labels = [plain_label(mark.label) for _, mark in sorted(marks.items())]
    counts = Counter(labels)
    times = [seconds_of(mark.time) for _, mark in sorted(marks.items()) if mark.time]
    pairs = max(len(labels) - 1, 1)
    known = {label: is_known(label, page) for label in {mark.label for mark in marks.values()}}
    return Fit(
        turns=len(marks),
        voices=len(counts),
        explained=len(marks) / (len(marks) + others),
        returning=sum(count for count in counts.values() if count > 1) / len(labels),
        alternation=sum(one != other for one, other in pairwise(labels)) / pairs,
        rising=sum(a <= b for a, b in pairwise(times)) / (len(times) - 1) if len(times) > 1 else None,
        known=sum(known[mark.label] for mark in marks.values()) / len(marks),
    )


def _is_below_label(rows: list[Row], marks: Mapping[int, Mark], at: int) -> bool:
    """Return whether a paragraph is the first one under a label that stands alone on its line."""
    for before in range(at - 1, max(at - 5, -1), -1):
        row = rows[before]
        if not row.blank and row.style in SPOKEN_STYLES and not time_only(row.text):
            mark = marks.get(before)
            return mark is not None and not row.text[mark.end :].strip()
    return False


def is_known(label: str, page: Page) -> bool:
    """Return whether a label speaks for itself: it names a part, or someone whom the source names."""
    return page.cast.knows(label) or role_of_label(label) is not None or names_a_voice(label)


@lru_cache(4096)
def plain_label(label: str) -> str:
    """Return the label without regard to capitals and blanks: one voice, however it is typed."""
    return _NUMBERED.sub("", " ".join(label.casefold().split()))


def seconds_of(time: str) -> float:
    """Return a time in seconds; fractions may follow a point, a comma or a hyphen, and `am` or `pm` all."""
    half = time[-2:].casefold()
    if half in {"am", "pm"}:
        hour, _, rest = time[:-2].strip().partition(":")
        time = f"{int(hour) % 12 + 12 * (half == 'pm')}:{rest}" + ":0" * (rest.count(":") == 0)
    parts = time.replace(",", ".").replace("-", ".").split(":")
    try:
        return sum(float(part) * 60.0**at for at, part in enumerate(reversed(parts)))
    except ValueError:
        return 0.0
