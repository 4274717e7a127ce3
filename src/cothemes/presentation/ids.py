"""Ids where there is little room: cut to a beginning that names one thing, and that commands accept."""

from __future__ import annotations

from collections.abc import Collection


def short_id(name: str, ids: Collection[str], wide: int) -> str:
    """Return the id, or its beginning with … where that fits in `wide` columns and no other id begins so."""
    begun = name[: wide - 1]
    if len(name) <= wide or sum(each.startswith(begun) for each in ids) > 1:
        return name
    return f"{begun}…"
