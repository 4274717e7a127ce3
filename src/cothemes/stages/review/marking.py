"""Marking words of a passage: words that can be evidence, and a cursor with an anchor that moves by words."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from cothemes.errors import UsageError
from cothemes.records.passage import Passage, Voice

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


def marked_in_document(passage: Passage, span: tuple[int, int]) -> tuple[int, int]:
    """Return a stretch that a person marked in a passage's text as code points of the document.

    Raises UsageError where it is outside the passage, or holds no word of the passage's own speaker.
    """
    start, end = span
    length = len(passage.text)
    if not 0 <= start < end <= length:
        raise UsageError(
            f"{start}:{end} lies outside the passage",
            hint=f"Its text has the code points 0:{length}; the end is not part of the span.",
        )
    if not holds_own_words(passage, span):
        whose = passage.speaker or "the passage's own speaker"
        raise UsageError(
            f"{start}:{end} marks no word of {whose}",
            hint=f"Mark words that {whose} says: another person's words and labels are no evidence.",
        )
    return passage.start + start, passage.start + end


def holds_own_words(passage: Passage, span: tuple[int, int]) -> bool:
    """Return whether a stretch of a passage's text holds anything that the passage's own speaker says."""
    start, end = span
    return any(
        passage.text[max(start, part.start) : min(end, part.end)].strip()
        for part in passage.parts
        if part.voice is Voice.OWN and part.start < end and start < part.end
    )


def marking(text: str, start: int | None = None) -> Marking | None:
    """A cursor on the first word, or on the word at `start`; None where there is no word."""
    words = tuple((found.start(), found.end()) for found in _WORD.finditer(text))
    if not words:
        return None
    at = 0 if start is None else max(bisect_right(words, (start, len(text))) - 1, 0)
    return Marking(words, at)
