"""Rolling captions: each caption shows the lines before it once more, above the line that is new.

YouTube writes them so, and so do programmes with roll-up captions; read as they stand, every word comes two
or three times.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cothemes.adapters.readers.cues import Cue, seconds_of, without_markup

_HOLD = 0.2
"""Seconds. A caption this short that shows nothing new holds the line before it; nobody speaks that fast."""
_LEAST = 3
"""Captions that must show a line again before a file counts as rolling."""
_SHARE = 0.5
"""Share of captions that must do so. In captions that do not roll, one in a hundred does."""
_WORD_TIMES = re.compile(r"<\d[\d:.]*>")


class Unrolled(NamedTuple):
    """Captions with each spoken line once."""

    cues: list[Cue]
    joined: int
    """Captions of which one line or more was shown before."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was joined, in words; empty where nothing was."""
        if not self.joined:
            return ()
        return (f"Joined: {self.joined} rolling captions that repeat lines of the caption before them.",)


def unrolled(cues: list[Cue]) -> Unrolled:
    """Return the captions without the lines that the caption before them showed.

    A file rolls where at least half of its captions begin with the last lines of the caption before; in any
    other file nothing is dropped. In a rolling file a line is kept if it carries times of single words, which
    only a new line does, or if it is the last of a caption that lasts: what a person says twice stays twice.
    """
    rows = [_rows(cue) for cue in cues]
    shown = [
        _shown_before(rows[at - 1], rows[at], cue) if at and rows[at] else 0 for at, cue in enumerate(cues)
    ]
    spoken = sum(bool(each) for each in rows)
    repeating = sum(count > 0 for count in shown)
    if repeating < _LEAST or repeating < _SHARE * spoken:
        return Unrolled(cues, 0)
    kept = [
        cue._replace(payload=tuple(raw for raw, _ in each[count:])) if count else cue
        for cue, each, count in zip(cues, rows, shown, strict=True)
    ]
    return Unrolled(kept, repeating)


def _rows(cue: Cue) -> list[tuple[str, str]]:
    """(line as written, its words) for each line with words."""
    plain = ((raw, " ".join(without_markup(raw).split())) for raw in cue.payload)
    return [(raw, words) for raw, words in plain if words]


def _shown_before(before: list[tuple[str, str]], rows: list[tuple[str, str]], cue: Cue) -> int:
    """Return how many lines at the head of a caption are the last ones of the caption before it."""
    new = next((at for at, (raw, _) in enumerate(rows) if _WORD_TIMES.search(raw)), len(rows))
    if new == len(rows) and not _is_hold(cue):
        new -= 1
    for count in range(min(new, len(before)), 0, -1):
        if [words for _, words in before[-count:]] == [words for _, words in rows[:count]]:
            return count
    return 0


def _is_hold(cue: Cue) -> bool:
    start, end = seconds_of(cue.time), seconds_of(cue.end)
    return start is not None and end is not None and 0 <= end - start <= _HOLD
