"""Whether two words are one word in two spellings, or two words.

No rule knows every word of a language. A form that both revisions hold, or that the study's other documents
hold, counts as a word. Two such words are two words however alike they look. So `thier` for `their` is a slip
where `thier` occurs nowhere else, and `form` for `from` is another word.
"""

from __future__ import annotations

from collections.abc import Container

from rapidfuzz.distance import OSA

from cothemes.records.spelling import another_word, normal_spelling
from cothemes.records.telling_words import denies, implies_denial, is_figure

_SHORTEST = 3
"""Letters of a word in which a slip can be recognised."""
_SHORT = 5
"""Letters below which another letter is a slip only from the key beside: `tjat`, not `sun` for `son`."""
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONG = 8
"""Letters from which a word may have two slips."""
_DENYING = ("a", "an", "un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "de")
"""Beginnings that turn a word into its opposite."""


def spelled_alike(a: str, b: str) -> bool:
    """Return whether one may be the other with a slip of typing, another spelling or no apostrophe.

    Two different words may be spelled alike.
    """
    if a == b or a.replace("'", "") == b.replace("'", ""):
        return True
    if _digits(a) or _digits(b):
        return False
    if normal_spelling(a) == normal_spelling(b):
        return True
    short, long = sorted((len(a), len(b)))
    if short < _SHORTEST or long - short > 2 or opposites(a, b):
        return False
    if short < _SHORT:
        return OSA.distance(a, b) <= 1 and (len(a) != len(b) or _keys_beside(a, b))
    return OSA.distance(a, b) <= (2 if short >= _LONG else 1)


def same_word(a: str, b: str, known: Container[str], others: Container[str] = frozenset()) -> bool:
    """Return whether a changed spelling is typing: the same word, neither a negation nor a figure.

    `known`: words that both revisions hold. `others`: words of the study's other documents.
    """
    if a == b:
        return True
    if a.replace("'", "") == b.replace("'", ""):
        return denies(a) == denies(b)
    if any(judge(a) or judge(b) for judge in (denies, implies_denial, is_figure)):
        return False
    if not spelled_alike(a, b) or another_word(a, b):
        return False
    if normal_spelling(a) == normal_spelling(b):
        return True
    return not all(word in known or word in others for word in (a, b))


def opposites(a: str, b: str) -> bool:
    """Return whether a beginning or an ending turns one word into the opposite of the other."""
    short, long = sorted((a, b), key=len)
    if len(short) >= _SHORTEST and long.endswith(short) and long[: -len(short)] in _DENYING:
        return True
    if len(short) >= _SHORTEST and long == short + "less":
        return True
    return _stem(a, "ful") == _stem(b, "less") != "" or _stem(a, "less") == _stem(b, "ful") != ""


def _stem(word: str, ending: str) -> str:
    return word.removesuffix(ending) if word.endswith(ending) else ""


def _digits(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _keys_beside(a: str, b: str) -> bool:
    """Return whether two words of one length and a slip apart differ by an exchange or by the key beside."""
    differ = [one + other for one, other in zip(a, b, strict=True) if one != other]
    if len(differ) != 1:
        return True
    if min(len(a), len(b)) <= _SHORTEST:
        return False
    return any(differ[0] in row or differ[0][::-1] in row for row in _KEYS)
