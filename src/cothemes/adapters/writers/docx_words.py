"""Words as a Word document can hold them."""

from __future__ import annotations

import re

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """Return the text with characters that XML cannot hold replaced by U+FFFD."""
    return _NO_XML.sub("\ufffd", text)
