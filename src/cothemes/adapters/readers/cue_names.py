"""Names in brackets that open captions: `[SPEAKER_00]: words`, `(Jane Roe) words`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cothemes.records.source import Line

_BRACKETED = re.compile(
    r"^\s*(?:\[(?P<square>[^\[\]\n]{1,40})\]|\((?P<round>[^()\n]{1,40})\))\s*[:：]?\s+(?=\S)"
)
_WORDS = 4
"""Words of a name at most."""
_SHARE = 0.3
"""Share of the captions that must open with a name in brackets."""
_SOUNDS = re.compile(
    r"\b(?:music|applause|laugh\w*|chuckl\w*|inaudible|indistinct|crosstalk|cross talk|silence|pause|noise"
    r"|sighs?|cough\w*|phone|background|unintelligible|foreign|speaking|cheering|clears|crying|whisper\w*|both|all)\b",
    re.IGNORECASE,
)
"""Descriptions of what is heard, which stand in the same brackets."""


def with_names(lines: Sequence[Line]) -> list[Line]:
    """Return captions with the names in their brackets as voices, where these are names.

    They are if nobody is named otherwise, at least two of them come back, and three of ten captions or more
    open so. `(laughs) I did` is no name: what is heard is left in the words.
    """
    if any(line.speaker is not None for line in lines):
        return list(lines)
    found = {at: match for at, line in enumerate(lines) if (match := _BRACKETED.match(line.text))}
    names = {at: name for at, match in found.items() if (name := _name(match))}
    counts = Counter(name.casefold() for name in names.values())
    returning = [name for name, count in counts.items() if count > 1]
    if len(returning) < 2 or len(names) < _SHARE * len(lines):
        return list(lines)
    return [
        line.model_copy(update={"speaker": names[at], "text": line.text[found[at].end() :]})
        if at in names
        else line
        for at, line in enumerate(lines)
    ]


def _name(match: re.Match[str]) -> str:
    """The name in the brackets; empty for what is none."""
    name = " ".join((match["square"] or match["round"]).rstrip(":： ").split())
    if not name or len(name.split()) > _WORDS or _SOUNDS.search(name) or not name[0].isalnum():
        return ""
    # A name begins with a capital, or is a number or a mark such as SPEAKER_00.
    cased = name[0].isupper() or not name[0].isalpha() or name[0].lower() == name[0].upper()
    return name if cased and not re.fullmatch(r"[\d:.,\s]+", name) else ""
