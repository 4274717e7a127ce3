"""Text made comparable, with the way back: what a typist, a font or a model changes without changing words.

Folding is NFKC; white space as one space; every quotation mark and apostrophe as `'`; every dash, with the
space around it, as `-`; two or more full stops, or the character for three, as `…`; invisible format
characters dropped. Case is kept. Every folded character knows the stretch of source that it stands for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

Span = tuple[int, int]
"""Half-open code points of a document's text."""

ELLIPSIS = "…"

_QUOTES = frozenset("'\"`´‘’‚‛“”„‟«»‹›′″‵‶ʹʺʻʼʽ「」『』〝〞〟＂＇")
_DASHES = frozenset("-‐‑‒–—―−⁃⸺⸻﹘﹣－")
_JOINERS = frozenset("-‐‑'’")
"""Between letters these hold a word together: co-produce, can't."""
_NUMBER_JOINERS = frozenset(".,")


@dataclass(frozen=True)
class Folded:
    """Folded text; character k stands for `source[starts[k]:ends[k]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, first: int, last: int) -> Span:
        """The source of `text[first:last]`."""
        return self.starts[first], self.ends[last - 1]

    @cached_property
    def lower(self) -> str:
        """The text in lower case, character for character."""
        return lower(self.text)


def fold(text: str) -> str:
    """A text on its own, folded, without space at its ends."""
    return fold_stretches(text, [(0, len(text))]).text.strip()


def fold_stretches(text: str, stretches: Iterable[Span]) -> Folded:
    """Stretches of a text, folded one after the other with a space between them."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for character, start, end in _characters(text, stretches):
        last = characters[-1] if characters else ""
        if (character == last and character in " -'") or (character == " " and last == "-"):
            ends[-1] = end
        elif character == "-" and last == " ":
            characters[-1] = "-"
            ends[-1] = end
        elif character == "." and last in (".", ELLIPSIS):
            characters[-1] = ELLIPSIS
            ends[-1] = end
        else:
            characters.append(character)
            starts.append(start)
            ends.append(end)
    return Folded("".join(characters), starts, ends)


def lower(text: str) -> str:
    """Lower case that never changes a length."""
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def cuts_word(text: str, place: int) -> bool:
    """Return whether a cut before `text[place]` parts a word, such as un|able, co-|produce, can|'t or
    1,|000.
    """
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if _in_word(before) and _in_word(after):
        return not (_unspaced(before) or _unspaced(after))
    if after in _JOINERS or after in _NUMBER_JOINERS:
        return place + 1 < len(text) and _joins(before, after, text[place + 1])
    if before in _JOINERS or before in _NUMBER_JOINERS:
        return place > 1 and _joins(text[place - 2], before, after)
    return False


def _joins(before: str, joiner: str, after: str) -> bool:
    if joiner in _NUMBER_JOINERS:
        return before.isdigit() and after.isdigit()
    return _in_word(before) and _in_word(after)


@lru_cache(maxsize=4096)
def _in_word(character: str) -> bool:
    return (
        character.isalnum() or character == "_" or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")
    )


def _unspaced(character: str) -> bool:
    """Scripts that write no space between words: there every character ends a word."""
    return (
        "\u0e00" <= character <= "\u0eff"
        or "\u1000" <= character <= "\u109f"
        or "\u1780" <= character <= "\u17ff"
        or "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
    )


def _characters(text: str, stretches: Iterable[Span]) -> Iterator[tuple[str, int, int]]:
    previous_end: int | None = None
    for start, end in stretches:
        if previous_end is not None:
            yield " ", previous_end, start
        previous_end = end
        for first, last in _clusters(text, start, end):
            for character in _fold_cluster(text[first:last]):
                yield character, first, last


def _clusters(text: str, start: int, end: int) -> Iterator[Span]:
    """The shortest stretches that NFKC treats apart: a character and what composes with it."""
    first = start
    while first < end:
        last = first + 1
        while last < end and text[last] > "\x7f" and _composes(text[first:last], text[last]):
            last += 1
        yield first, last
        first = last


@lru_cache(maxsize=4096)
def _composes(cluster: str, character: str) -> bool:
    if unicodedata.combining(character):
        return True
    joined = unicodedata.normalize("NFKC", cluster + character)
    return joined != unicodedata.normalize("NFKC", cluster) + unicodedata.normalize("NFKC", character)


@lru_cache(maxsize=8192)
def _fold_cluster(cluster: str) -> str:
    if cluster in _QUOTES:
        return "'"
    return "".join(_fold_one(character) for character in unicodedata.normalize("NFKC", cluster))


def _fold_one(character: str) -> str:
    if character in _QUOTES:
        return "'"
    if character in _DASHES:
        return "-"
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) == "Cf" else character
