"""Text that Whisper prints: a time range before each line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cothemes.adapters.readers.cues import Cue, cue_lines
from cothemes.adapters.readers.lines import physical_lines
from cothemes.adapters.readers.raw import at_most
from cothemes.records.source import Line

_TIMED = re.compile(r"^\[(?P<start>[\d:.,]+)\s*-->\s*[\d:.,]+\]\s*(?P<text>.*)$")


def timed_lines(text: str, path: Path) -> tuple[Line, ...]:
    """Captions, where at least nine of ten lines begin with `[00:43.810 --> 00:47.850]`; else nothing."""
    if not any(_TIMED.match(row) for row in islice(_spoken(text), 50)):
        return ()
    rows = list(at_most(_spoken(text), path, "lines"))
    found = [_TIMED.match(row) for row in rows]
    timed = sum(match is not None for match in found)
    if timed < 2 or timed < 0.9 * len(rows):
        return ()
    cues: list[tuple[str, list[str]]] = []
    for row, match in zip(rows, found, strict=True):
        if match:
            cues.append((match["start"], [match["text"]]))
        elif cues:
            cues[-1][1].append(row)
        else:
            cues.append(("", [row]))
    return cue_lines([Cue(number, start, tuple(words)) for number, (start, words) in enumerate(cues, 1)])


def _spoken(text: str) -> Iterator[str]:
    """Rows that are not blank."""
    return (row for _, row in physical_lines(text) if row.strip())
