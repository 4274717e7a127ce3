"""Where the words of one version of a text are in another one."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import NamedTuple

from cothemes.records.record import Record


class Piece(NamedTuple):
    """A stretch of words that both versions have, in half-open code points."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    block: int
    """0 for words in the order of the text; a number of its own for each stretch that moved."""


class TextMap(Record):
    """The pieces that two versions of a document share, in the order of the old one."""

    document: str
    old: str
    """Version of the document; so the next one."""
    new: str
    pieces: tuple[Piece, ...]
    known_words: tuple[str, ...] = ()
    """Words that only one of the versions has and that other documents use: these are no slips of typing."""

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The smallest span of the new version that holds the words of the old one.

        Where the words went to several places, the one with most of them counts. None where no word is left.
        """
        first = max(bisect_right(self.pieces, start, key=lambda piece: piece.old_start) - 1, 0)
        held: Counter[int] = Counter()
        found: dict[int, list[int]] = {}
        for at in range(first, len(self.pieces)):
            piece = self.pieces[at]
            if piece.old_start >= end:
                break
            if piece.old_end <= start:
                continue
            left, right = max(start, piece.old_start), min(end, piece.old_end)
            new_start, new_end = piece.new_start, piece.new_end
            if piece.old_end - piece.old_start == new_end - new_start:
                new_start, new_end = new_start + left - piece.old_start, new_end + right - piece.old_end
            held[piece.block] += right - left
            found.setdefault(piece.block, []).extend((new_start, new_end))
        if not held:
            return None
        places = found[held.most_common(1)[0][0]]
        return min(places), max(places)
