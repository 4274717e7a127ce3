"""Text for people: made safe to show without moving an offset, and counts with their nouns."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown_text(text: str) -> str:
    """Return the text with each control and bidirectional character replaced by U+FFFD.

    Tab and line feed stay. The length stays, so that offsets still hold; nothing can steer a terminal.
    """
    return _STEERING.sub("\ufffd", text)


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: `1 passage`, `2 passages`, `1,204 entries` (with `plural="entries"`)."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
