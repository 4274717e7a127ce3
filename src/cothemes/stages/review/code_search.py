"""All codes, found by typing: what fits the id first, then the label, then the brief words."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.records.codebook import Code, Codebook

LONGEST_NAME = 120
"""Characters of a label."""
_TOLD = 4
"""Codes that a sentence names."""


def found_codes(codebook: Codebook, typed: str) -> Sequence[Code]:
    """Codes that fit, the likeliest first, within that in the codebook's order; nothing typed finds all.

    Every word typed must occur in the id, the label, the theme's label or the brief definition.
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
    """Return the name that a new code would get from what was typed; empty where it cannot be one."""
    name = " ".join(typed.split())
    return "" if code_named(codebook, name) or len(name) > LONGEST_NAME else name


def code_named(codebook: Codebook, name: str) -> Code | None:
    """Return the code that has this label or id, in whatever case."""
    wanted = " ".join(name.split()).casefold()
    return next((c for c in codebook.codes if wanted in (c.label.casefold(), c.id.casefold())), None)


def codebook_change(before: Codebook, after: Codebook) -> str:
    """Return what changed between two states of a codebook, as a sentence for whoever codes by it."""
    came = {code.label: code for code in after.codes if code.id not in before.by_id}
    went = [code for code in before.codes if code.id not in after.by_id]
    renamed = [f"{code.id} to {_named(came.pop(code.label))}" for code in went if code.label in came]
    gone = [_named(code) for code in went if code.label not in {each.label for each in after.codes}]
    new = [_named(code) for code in came.values()]
    changed = [
        _named(code)
        for code in after.codes
        if code.id in before.by_id and before.by_id[code.id].text_hash != code.text_hash
    ]
    parts = [
        f"{word} {', '.join(codes[:_TOLD])}{f' and {len(codes) - _TOLD} more' if len(codes) > _TOLD else ''}"
        for word, codes in (("new", new), ("renamed", renamed), ("changed", changed), ("gone", gone))
        if codes
    ]
    return f"the codebook has changed: {'; '.join(parts) or 'its rules or attributes'}"


def _named(code: Code) -> str:
    return f"{code.id} {code.label}"


def _rank(code: Code, typed: str) -> int:
    label = code.label.casefold()
    if code.id.casefold() == typed:
        return 0
    if code.id.casefold().startswith(typed):
        return 1
    if label.startswith(typed):
        return 2
    return 3 if all(word in label for word in typed.split()) else 4
