"""The form of a reply as OpenAI's API writes it. langchain's other classes translate the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORM = "response_format"


def reply_form(way: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of the reply for `json_schema`, `json_object`, or neither (nothing is asked for)."""
    if way == "json_schema":
        bound = {"name": "coding", "strict": True, "schema": dict(schema)}
        return {FORM: {"type": way, "json_schema": bound}}
    return {FORM: {"type": way}} if way == "json_object" else {}
