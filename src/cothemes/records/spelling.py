"""Spellings of one word, and words that differ by a slip of typing and are other words all the same."""

from __future__ import annotations

import re

_OTHER = frozenset(
    frozenset(pair.split())
    for pair in (
        "casual causal", "trial trail", "county country", "patient patent", "marital martial",
        "united untied", "desert dessert", "moral morale", "through though", "thorough through",
        "thought though", "patients patents", "trials trails", "perform preform", "tired tried",
        "carer career", "carers careers", "carers cares", "board broad", "filed field",
        "scared sacred", "heath health", "signing singing",
    )
)  # fmt: skip
"""Words a slip apart that are other words."""
_SPELLINGS = (
    (re.compile(r"is(e|ed|es|ing|ations?|ers?)$"), r"iz\1"),
    (re.compile(r"our"), "or"),
    (re.compile(r"tre(s?)$"), r"ter\1"),
    (re.compile(r"mmes?$"), "m"),
    (re.compile(r"ll(ed|ing|ers?)$"), r"l\1"),
)


def another_word(a: str, b: str) -> bool:
    """Return whether two words that a slip of typing could confuse are known to be different words."""
    return frozenset((a, b)) in _OTHER


def normal_spelling(word: str) -> str:
    """Return the American spelling of a word, so that `organise` and `organize` compare equal."""
    for pattern, instead in _SPELLINGS:
        word = pattern.sub(instead, word)
    return word
