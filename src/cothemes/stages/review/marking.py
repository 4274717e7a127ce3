"""Marking words of a passage with the keyboard: a cursor that moves by words, and an anchor."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

_WORD = re.compile(r"\S+")
_LAST = 1 << 60
STRIDE = 10
"""Words that up and down move by."""


@dataclass(frozen=True)
class Marking:
    """Offsets are half-open code points of the passage's text."""

    words: tuple[tuple[int, int], ...]
    at: int = 0
    """The word under the cursor."""
    anchor: int | None = None
    """Place where the stretch began; None marks the one word."""

    @property
    def span(self) -> tuple[int, int]:
        """Return the span from the first to the last of the words marked."""
        first, last = sorted((self.at, self.at if self.anchor is None else self.anchor))
        return self.words[first][0], self.words[last][1]

    def moved(self, by: int) -> Marking:
        """The cursor so many words on, kept within the passage."""
        return replace(self, at=min(max(self.at + by, 0), len(self.words) - 1))

    def dragged(self, start: int, end: int) -> Marking:
        """The words from the one at one offset to the one at another, as a mouse marks them."""
        places = [max(bisect_right(self.words, (offset, _LAST)) - 1, 0) for offset in (start, end)]
        return replace(self, anchor=places[0], at=places[1])

    def anchored(self) -> Marking:
        """Set the anchor here, or lift it."""
        return replace(self, anchor=self.at if self.anchor is None else None)


def marking(text: str, start: int | None = None) -> Marking | None:
    """A cursor on the first word, or on the word at `start`; None where there is no word."""
    words = tuple((found.start(), found.end()) for found in _WORD.finditer(text))
    if not words:
        return None
    at = 0 if start is None else max(bisect_right(words, (start, len(text))) - 1, 0)
    return Marking(words, at)
