"""Attributes of a coding, held against what the codebook declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.errors import UsageError
from cothemes.records.codebook import Codebook


def checked_attributes(
    codebook: Codebook, code: str, given: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Name → values in the codebook's order. Raises UsageError for what the code does not take."""
    declared = {attribute.name: attribute for attribute in codebook.attributes_of(code)}
    checked = {}
    for name, values in given.items():
        if name not in declared:
            known = f"{code} takes: {', '.join(declared)}." if declared else f"{code} takes no attributes."
            raise UsageError(f"{code} has no attribute {name!r}", hint=known)
        attribute = declared[name]
        for value in values:
            if value not in attribute.values:
                raise UsageError(
                    f"{value!r} is no value of {name}", hint=f"Values: {', '.join(attribute.values)}."
                )
        if len(set(values)) > 1 and not attribute.many:
            raise UsageError(f"{name} takes one value, not {len(set(values))}", hint="Give one of them.")
        if values:
            checked[name] = tuple(value for value in attribute.values if value in values)
    return checked


def parsed_attributes(words: Sequence[str]) -> dict[str, list[str]]:
    """`K=V` and `K=V1,V2` to name → values; a name may stand several times. Raises UsageError."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, sign, values = word.partition("=")
        given = [value.strip() for value in values.split(",") if value.strip()]
        if not sign or not name.strip() or not given:
            raise UsageError(f"{word!r} is no attribute", hint="Write NAME=VALUE, e.g. valence=helps.")
        found.setdefault(name.strip(), []).extend(given)
    return found


def fitting_attributes(
    codebook: Codebook, code: str, proposed: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return what of a proposal's attributes the codebook allows now; the rest is left out."""
    kept: dict[str, tuple[str, ...]] = {}
    for name, values in proposed.items():
        try:
            kept |= checked_attributes(codebook, code, {name: values})
        except UsageError:
            continue
    return kept
