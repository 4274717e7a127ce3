"""What front matter, header rows and the --meta table say of a document, as flat text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cothemes.records.document import Kind

_APART = frozenset(("title", "kind", "synthetic", "file", "draft"))
"""Keys that become fields of the document, or that name its file."""
_KINDS = tuple(kind.value for kind in Kind)
_LONGEST_ID = 24
"""Characters of a participant's short name; what is longer is a description."""


def flat(value: Any) -> str:
    """Lists joined by `; `, mappings as `key: value`; nothing for nothing."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {flat(item)}" for key, item in value.items() if flat(item))
    if isinstance(value, list | tuple):
        return "; ".join(text for item in value if (text := flat(item)))
    return " ".join(str(value).split()) if value is not None else ""


def combined(*layers: Mapping[str, Any]) -> dict[str, str]:
    """Later layers win; empty values win over nothing. Keys in lower case with underscores."""
    merged: dict[str, str] = {}
    for layer in layers:
        for key, value in layer.items():
            name = "_".join(str(key).strip().casefold().split())
            text = flat(value)
            if name and text and name not in _APART:
                merged[name] = text
    return with_short_participant(merged)


def with_short_participant(metadata: dict[str, str]) -> dict[str, str]:
    """`P3, locality manager` becomes participant `P3` and participant_description with the whole."""
    named = metadata.get("participant", "")
    short = named.split(",")[0].split("(")[0].strip()
    if named and short and short != named and len(short) <= _LONGEST_ID:
        return {**metadata, "participant": short, "participant_description": named}
    return metadata


def kind_in(*layers: Mapping[str, Any]) -> Kind | None:
    """The kind that the first layer with one gives; a word that is no kind gives none."""
    said = _kind_said(layers)
    return Kind(said) if said in _KINDS else None


def no_kind_in(*layers: Mapping[str, Any]) -> str:
    """Return, in words, that the first layer with a kind has a word that is none; empty otherwise."""
    said = _kind_said(layers)
    if not said or said in _KINDS:
        return ""
    return f"“{said}” is no kind of source: write {', '.join(_KINDS[:-1])} or {_KINDS[-1]}."


def _kind_said(layers: Iterable[Mapping[str, Any]]) -> str:
    words = (flat(layer.get("kind")).casefold() for layer in layers)
    return next(filter(None, words), "")


def title_in(*layers: Mapping[str, Any]) -> str:
    """The title that the first layer with one gives."""
    return next((title for layer in layers if (title := flat(layer.get("title")))), "")
