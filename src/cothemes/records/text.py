"""Text for people: made safe to show without moving an offset; counts with nouns, words of any script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown_text(text: str) -> str:
    """Return the text with each control and bidirectional character replaced by U+FFFD.

    Tab and line feed stay. The length stays, so that offsets still hold; nothing can steer a terminal.
    """
    return _STEERING.sub("\ufffd", text)


_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+|"
    "[\u2e80-\u2fdf\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
"""Runs of letters that are written without blanks between words: Thai, Lao, Burmese and Khmer; Chinese
characters and kana."""
LETTERS_A_WORD = {"alphabetic": 4.5, "characters": 1.5}
"""Letters that count as one word where no blank parts words: alphabets, and Chinese characters or kana."""


def letters_a_word(text: str) -> float:
    """Return how many letters count as one word in a text without blanks, by its first such letter."""
    run = _UNSPACED.search(text)
    alphabetic = run is not None and "\u0e00" <= run.group()[0] <= "\u17ff"
    return LETTERS_A_WORD["alphabetic" if alphabetic else "characters"]


def is_unspaced(text: str) -> bool:
    """Return whether more than half of a text is written without blanks between words."""
    if text.isascii():
        return False
    return 2 * sum(len(run) for run in _UNSPACED.findall(text)) > len("".join(text.split()))


def count_words(text: str) -> int:
    """Return the number of words: by white space, and by number of letters where a script writes no blanks.

    Three Chinese characters or kana count as two words, nine Thai letters as two; a punctuation mark beside
    them counts as none.
    """
    if text.isascii():
        return len(text.split())
    runs = _UNSPACED.findall(text)
    if not runs:
        return len(text.split())
    rest = sum(any(letter.isalnum() for letter in word) for word in _UNSPACED.sub(" ", text).split())
    return rest + sum(max(1, round(len(run) / letters_a_word(run))) for run in runs)


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: `1 passage`, `2 passages`, `1,204 entries` (with `plural="entries"`)."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def attributes_line(attributes: Mapping[str, Sequence[str]]) -> str:
    """Return `valence: helps; status: experienced, intended`."""
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in attributes.items())
