"""Text as it may be shown: nothing in it can steer a terminal, and no offset moves."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown_text(text: str) -> str:
    """Control and bidirectional characters one for one replaced by U+FFFD; tab and line feed stay."""
    return _STEERING.sub("\ufffd", text)
