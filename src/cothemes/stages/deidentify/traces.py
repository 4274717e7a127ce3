"""Stretches by which a document's words are known again wherever they were copied to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SHORTEST = 24
"""Characters below which a stretch may stand anywhere by chance."""
LONGEST = 160
_PLAIN = re.compile(rf"[ !#-\[\]-~]{{{SHORTEST},}}")
"""What is written alike in text and in JSON within JSON: ASCII without quotes and line ends."""
_ANY = re.compile(rf"[^\x00-\x1f\"\\\ud800-\udfff]{{{SHORTEST},}}")


def traces_of(texts: Iterable[str], others: Sequence[str]) -> list[str]:
    """The longest stretch of each text that no other text of the study holds; a short text may give none."""
    found: dict[str, None] = {}
    for text in texts:
        stretches = [*_longest_first(_PLAIN, text), *_longest_first(_ANY, text)]
        for stretch in stretches:
            piece = stretch[:LONGEST]
            if not any(piece in other for other in others):
                found[piece] = None
                break
    return list(found)


def _longest_first(pattern: re.Pattern[str], text: str) -> list[str]:
    stretches = (match.group().strip() for match in pattern.finditer(text))
    return sorted((s for s in stretches if len(s) >= SHORTEST), key=lambda s: -len(s))
