"""All codes, found by typing: what fits the id first, then the label, then the brief words."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.records.codebook import Code, Codebook


def found_codes(codebook: Codebook, typed: str) -> Sequence[Code]:
    """Codes that fit, the likeliest first, within that in the codebook's order; nothing typed finds all.

    Every word typed must stand somewhere in the id, the label, the theme's label or the brief definition.
    """
    words = typed.casefold().split()
    ranked = []
    for place, code in enumerate(codebook.codes):
        theme = codebook.theme_by_id.get(code.theme or "")
        fields = (code.id, code.label, code.brief, theme.label if theme else "")
        haystack = " ".join(fields).casefold()
        if all(word in haystack for word in words):
            ranked.append((_rank(code, " ".join(words)), place, code))
    return [code for _, _, code in sorted(ranked, key=lambda found: found[:2])]


def new_name(codebook: Codebook, typed: str) -> str:
    """Return the name that a new code would get from what was typed; empty where a code has it already."""
    name = " ".join(typed.split())
    known = {each.casefold() for code in codebook.codes for each in (code.id, code.label)}
    return "" if name.casefold() in known else name


def _rank(code: Code, typed: str) -> int:
    label = code.label.casefold()
    if code.id.casefold() == typed:
        return 0
    if code.id.casefold().startswith(typed):
        return 1
    if label.startswith(typed):
        return 2
    return 3 if all(word in label for word in typed.split()) else 4
