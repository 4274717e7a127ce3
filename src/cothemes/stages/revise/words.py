"""Words of a text with their places, in a form in which two revisions can be compared."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Scripts without spaces between words: each character is compared as a word."""
_MARK = "\u0300-\u036f\u0900-\u0903\u093a-\u094f\u200c\u200d"
_LETTER = rf"(?:[^\W\d_{_UNSPACED}]|[{_MARK}])"
_WORD = re.compile(
    rf"[{_UNSPACED}]"
    r"|(?:(?:^|(?<=[\s(]))[-−–](?=\d))?\d+(?:[.,:/]\d+)*" + rf"{_LETTER}*"
    rf"|{_LETTER}(?:{_LETTER}|\d)*(?:['’‘ʼ＇`´](?:{_LETTER}|\d)+)*"
    r"|[£$€¥%‰]"
)
"""A figure keeps its sign, separators and unit. An apostrophe holds a word together, a hyphen parts it."""
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'") | dict.fromkeys("−–", "-"))


@dataclass(frozen=True)
class Words:
    """The words of a text, in order."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    """Half-open code points of each word."""
    forms: Sequence[str]
    """Each word in lower case, compatibility characters and apostrophes unified."""

    def __len__(self) -> int:
        return len(self.forms)

    @cached_property
    def held(self) -> frozenset[str]:
        """The words that the text holds."""
        return frozenset(self.forms)

    def within(self, start: int, end: int) -> range:
        """Return the indices of the words that have a character in text[start:end]."""
        if end <= start:
            return range(0)
        return range(bisect_left(self.ends, start + 1), bisect_left(self.starts, end))


def words_of(text: str) -> Words:
    """Return the words of a text; linear in its length."""
    found = [match.span() for match in _WORD.finditer(text)]
    return Words(
        text,
        [start for start, _ in found],
        [end for _, end in found],
        [_form(text[start:end]) for start, end in found],
    )


LEAST = 2
"""Texts of a study that hold a word: a slip of typing rarely occurs in two of them."""


def vocabulary(texts: Iterable[str], least: int = LEAST) -> frozenset[str]:
    """Return the words that at least `least` of these texts hold: a study's own dictionary.

    A slip of typing rarely occurs in two documents; a word does.
    """
    counts: dict[str, int] = {}
    for text in texts:
        for word in words_of(text).held:
            counts[word] = counts.get(word, 0) + 1
    return frozenset(word for word, count in counts.items() if count >= least)


def _form(word: str) -> str:
    if word.isascii():
        return word.lower().replace("`", "'")
    return unicodedata.normalize("NFKC", word).casefold().translate(_APOSTROPHES)
