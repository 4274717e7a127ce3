"""The form of a reply, as JSON Schema that strict endpoints take.

Every property is required and no other is allowed. Each code of the codebook is a required key, in codebook
order, so that no code is passed over. A code that does not apply takes the short form; the long form puts
evidence before reason and reason before decision, so that a model commits itself last, and may still end in
"no". Sentence ids are plain text and not listed: the schema is the same for every passage, which keeps
providers' caches of prefix and grammar warm. Which sentences exist is checked when the reply is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cothemes.records.codebook import Attribute, Code, Codebook

_TEXT: dict[str, Any] = {"type": "string"}


def reply_schema(codebook: Codebook, codes: Sequence[Code] | None = None) -> dict[str, Any]:
    """The schema for these codes of the codebook, in their order; all of them by default."""
    codes = codebook.codes if codes is None else codes
    quote = {"sentences": {"type": "array", "items": _TEXT}, "quote": _TEXT}
    definitions: dict[str, Any] = {
        "quote": _object(quote),
        "no": _object({"decision": {"type": "string", "enum": ["no"]}}),
    }
    names: dict[tuple[str, ...], str] = {}
    answers: dict[str, Any] = {}
    for code in codes:
        attributes = codebook.attributes_of(code.id)
        name = names.setdefault(tuple(attribute.name for attribute in attributes), f"answer{len(names) + 1}")
        definitions.setdefault(name, _answer(attributes))
        answers[code.id] = {"anyOf": [_ref("no"), _ref(name)]}
    uncoded = {**quote, "label": _TEXT, "criterion": _TEXT}
    return {
        **_object(
            {
                "codes": _object(answers),
                "uncoded": {"type": "array", "items": _object(uncoded)},
                "instruction_like": {"type": "boolean"},
            }
        ),
        "$defs": definitions,
    }


def _answer(attributes: Sequence[Attribute]) -> dict[str, Any]:
    return _object(
        {
            "evidence": {"type": "array", "items": _ref("quote")},
            "reason": _TEXT,
            "exclusion_checked": _TEXT,
            "decision": {"type": "string", "enum": ["yes", "borderline", "no"]},
            "attributes": _object({attribute.name: _value(attribute) for attribute in attributes}),
            "confidence": {"type": "number"},
        }
    )


def _value(attribute: Attribute) -> dict[str, Any]:
    if attribute.many:
        return {"type": "array", "items": {"type": "string", "enum": list(attribute.values)}}
    return {"type": ["string", "null"], "enum": [*attribute.values, None]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}
