"""A request as text: for its key, its size and its row. The form of the reply is spelt once and kept.

Spelling a schema of forty codes takes longer than all the rest of a request, and it is the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cothemes.records.record import canonical_json, content_hash

FORM = "response_format"
_FORMS = 64
"""Forms kept: one for proposing, one for each code that is read a second time."""


@dataclass(frozen=True)
class Request:
    """One body."""

    body: Mapping[str, Any]
    text: str
    """Its canonical JSON."""
    row: str
    """The same with system message and form as hashes: nine tenths of it, kept once by the run."""

    @property
    def size(self) -> int:
        """Bytes of UTF-8."""
        return len(self.text.encode("utf-8", "surrogatepass"))

    def key(self, endpoint: str, stage: str, repeat: int, retry: int = 0) -> str:
        """The ledger's key: equal keys are one call, bought once, whatever run asks for it.

        sha256 of the canonical JSON of [endpoint, body, stage, repeat]; `retry` above 0, after a reply that
        was of no use, is one more element and makes it another call.
        """
        rest = canonical_json([stage, repeat, *([retry] if retry else [])])[1:]
        return content_hash(f"[{canonical_json(endpoint)},{self.text},{rest}")


@dataclass
class Requests:
    """Spells bodies."""

    _forms: list[tuple[Any, str, str]] = field(default_factory=list)

    def of(self, body: Mapping[str, Any]) -> Request:
        """The body as text."""
        if FORM not in body:
            return Request(body, canonical_json(body), canonical_json(abridged(body)))
        form, digest = self._form(body[FORM])
        parts = {key: canonical_json(body[key]) for key in body if key != FORM}
        whole = _object({**parts, FORM: form})
        row = {**parts, "messages": canonical_json(_messages(body)), FORM: canonical_json({"sha256": digest})}
        return Request(body, whole, _object(row))

    def _form(self, form: Any) -> tuple[str, str]:
        for known, text, digest in self._forms:
            if known == form:
                return text, digest
        made = (form, canonical_json(form), content_hash(form))
        self._forms = [made, *self._forms[: _FORMS - 1]]
        return made[1:]


def abridged(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body whose constant parts, system message and form, stand as their hashes."""
    short = {**body, "messages": _messages(body)}
    if FORM in body:
        short[FORM] = {"sha256": content_hash(body[FORM])}
    return short


def _messages(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**message, "content": {"sha256": content_hash(message["content"])}}
        if message["role"] != "user"
        else message
        for message in body["messages"]
    ]


def _object(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{canonical_json(key)}:{parts[key]}" for key in sorted(parts)) + "}"
