"""Two texts word by word: what went, what came, what stayed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_CONTEXT = 5
"""Unchanged words shown on either side of a change."""


@dataclass(frozen=True)
class Stretch:
    """Words that share one fate."""

    fate: Literal["same", "gone", "new"]
    words: tuple[str, ...]


def compared(old: str, new: str) -> tuple[Stretch, ...]:
    """The stretches in reading order; where words were replaced, what went stands before what came.

    Without those that are `new`, the words are the old text's; without those that are `gone`, the new one's.
    """
    before, after = _words(old), _words(new)
    found: list[Stretch] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Stretch("same", tuple(before[i:j])))
            continue
        if j > i:
            found.append(Stretch("gone", tuple(before[i:j])))
        if m > k:
            found.append(Stretch("new", tuple(after[k:m])))
    return tuple(found)


def likeness(old: str, new: str) -> float:
    """Share of words in common, in order: 2 × common ÷ all. 1.0 for two texts without words."""
    return SequenceMatcher(None, _words(old), _words(new), autojunk=False).ratio()


def marked(stretches: Sequence[Stretch]) -> str:
    """Return the change as one line: `[-gone-]`, `{+new+}`, long unchanged stretches cut to the words next to
    a change.
    """
    parts = []
    for at, stretch in enumerate(stretches):
        if stretch.fate == "gone":
            parts.append(f"[-{' '.join(stretch.words)}-]")
        elif stretch.fate == "new":
            parts.append(f"{{+{' '.join(stretch.words)}+}}")
        else:
            parts.append(_cut(stretch.words, first=at == 0, last=at == len(stretches) - 1))
    return " ".join(parts)


def _cut(words: Sequence[str], *, first: bool, last: bool) -> str:
    head, tail = (0 if first else _CONTEXT), (0 if last else _CONTEXT)
    if len(words) <= head + tail + 1:
        return " ".join(words)
    return " ".join([*words[:head], "…", *(words[-tail:] if tail else ())])


def _words(text: str) -> list[str]:
    return re.findall(r"\S+", text)
