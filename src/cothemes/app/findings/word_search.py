"""Where words are in a text, whatever the case, the kind of quotation marks and dashes, or the white space.

Texts are folded as quotes are before they are checked (stages/propose/quote_folding.py). A literal search
finds whole words: "share" is in "share's" and in "time-share", and not in "shares"; `*` stands for the rest
of a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from cothemes.errors import UsageError
from cothemes.stages.propose.quote_folding import fold, lower

Span = tuple[int, int]
"""Half-open characters."""

REST = "*"
"""Stands for the rest of a word in a literal search."""
_BEGINS = r"(?<!\w)(?<!\w')"
_ENDS = r"(?!\w)(?!'(?!s\b)\w)"
_WITHIN = r"[\w'-]{0,40}"
_MOST_RESTS = 4
_RUN = re.compile(r"[a-z0-9]+")
_CURLY = str.maketrans({**dict.fromkeys("´‘’‚‛“”„‟«»‹›", "'"), **dict.fromkeys("‐‑‒–—―−", r"\-")})


class Words:
    """Words to be found literally."""

    def __init__(self, text: str, name: str = "TEXT") -> None:
        """`name` is what errors call the text. Raises UsageError for a text without letters or digits."""
        folded = lower(fold(text))
        if not any(character.isalnum() for character in folded):
            raise UsageError(f"{name} holds no word: {text!r}", hint="Name a word or a phrase.")
        if folded.count(REST) > _MOST_RESTS:
            raise UsageError(
                f"{name} has more than {_MOST_RESTS} {REST}", hint="Use --regex for such a search."
            )
        self._pattern = re.compile(_pattern(folded))
        runs = _RUN.findall(folded)
        self._run = max(runs, key=len) if runs and folded.isascii() else ""

    def may_be_in(self, text: str) -> bool:
        """Return False where a glance shows that the words are not in a text, before it is folded."""
        if not self._run or self._run in (lowered := text.lower()):
            return True
        return not text.isascii() and self._run in _plain(lowered)

    def spans(self, folded: str) -> list[Span]:
        """Return the places in a folded text, in order and without overlap."""
        return [match.span() for match in self._pattern.finditer(lower(folded))]


def folded_pattern(pattern: str) -> str:
    """Return a regular expression for folded texts, with quotation marks and dashes as these have them."""
    return pattern.translate(_CURLY)


def nearest(folded: str, span: Span, others: Sequence[Span], reach: int) -> Span | None:
    """Return the place within `reach` words of a place that is nearest to it; None where there is none.

    Words next to each other are one word apart. Places that overlap are not near each other.
    """
    found: list[tuple[int, Span]] = []
    for other in others:
        if other[0] < span[1] and span[0] < other[1]:
            continue
        between = folded[min(span[1], other[1]) : max(span[0], other[0])]
        apart = len(re.findall(r"[\w'-]*\w[\w'-]*", between)) + 1
        if apart <= reach:
            found.append((apart, other))
    return min(found)[1] if found else None


def _pattern(folded: str) -> str:
    """Return the regular expression of a folded, lower-case literal."""
    parts = re.split(r"\*+", folded)
    middle = _WITHIN.join(map(re.escape, parts))
    begins = _BEGINS if parts[0][:1].isalnum() else ""
    ends = _ENDS if parts[-1][-1:].isalnum() else ""
    return f"{begins}{middle}{ends}"


def _plain(text: str) -> str:
    """Return a text without the characters that folding drops or writes as others."""
    return unicodedata.normalize("NFKC", text).translate(_dropped()).lower()


@cache
def _dropped() -> dict[int, None]:
    return {code: None for code in range(0xFFFF) if unicodedata.category(chr(code)) == "Cf"}
