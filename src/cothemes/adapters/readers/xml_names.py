"""Names in XML whatever their namespace, and small numbers in its attributes."""

from __future__ import annotations

from typing import Any


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def named(element: Any, name: str) -> str:
    """The attribute of this name in any namespace; empty where there is none."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def whole(text: str | None, default: int) -> int:
    """The number that a text is; `default` for anything else, and for one of seven digits or more."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default
