"""Text made comparable for names: no case, no accents, no invisible characters, and the way back.

Each folded character knows the stretch of source that it stands for, combining marks included, so that a
name that was found is replaced whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Span = tuple[int, int]
"""Half-open code points."""

_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
}  # fmt: skip
"""Letters with a stroke and joined letters, which Unicode does not take apart."""
_APOSTROPHES = "'’‘ʼʻ`´′＇"


@dataclass(frozen=True)
class Folded:
    """Folded text; character k stands for `source[starts[k]:ends[k]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, first: int, last: int) -> Span:
        """The source of `text[first:last]`."""
        return self.starts[first], self.ends[last - 1]


def fold(text: str) -> str:
    """A text on its own, folded."""
    return fold_with_places(text).text


def fold_with_places(text: str) -> Folded:
    """The text folded, with the place of each character."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)), range(1, len(text) + 1))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        piece = run.group()
        if piece.isascii():
            characters.append(piece.lower())
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
            continue
        folded = _fold_one(piece)
        if folded:
            characters.append(folded)
            starts.extend([start] * len(folded))
            ends.extend([end] * len(folded))
        elif starts:
            # A mark or an invisible character belongs to what stands before it.
            ends[-1] = end
    return Folded("".join(characters), starts, ends)


@lru_cache(maxsize=8192)
def _fold_one(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    plain = "".join(
        part
        for part in unicodedata.normalize("NFKD", character.casefold())
        if not unicodedata.combining(part) and unicodedata.category(part) != "Cf"
    )
    return "".join(_LETTERS.get(part, part) for part in plain.casefold())


def without_loose_marks(text: str, end: int) -> int:
    """The end of a stretch moved behind the combining marks that follow it."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
