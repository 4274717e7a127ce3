"""A request as text: for its key, its size and its row. What requests share is spelt once and kept.

That is the form of the reply and the system message: nine tenths of a request and of the time to spell it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """Request with its system message and form as hashes: the run stores these nine tenths of it once."""

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
    _spoken: dict[Any, tuple[str, str]] = field(default_factory=dict)
    """JSON, and abridged JSON, of each message that is not the user's."""

    def of(self, body: Mapping[str, Any]) -> Request:
        """The body as text."""
        parts = {key: canonical_json(body[key]) for key in body if key not in (FORM, "messages")}
        messages = [self._message(message) for message in body["messages"]]
        whole = {**parts, "messages": _list(text for text, _ in messages)}
        row = {**parts, "messages": _list(text for _, text in messages)}
        if FORM in body:
            form, digest = self._form(body[FORM])
            whole[FORM], row[FORM] = form, canonical_json({"sha256": digest})
        return Request(body, _object(whole), _object(row))

    def _message(self, message: Mapping[str, Any]) -> tuple[str, str]:
        if message["role"] == "user":
            text = canonical_json(message)
            return text, text
        name = tuple(message.items())
        if name not in self._spoken:
            if len(self._spoken) >= _FORMS:
                self._spoken.clear()
            self._spoken[name] = canonical_json(message), canonical_json(_short(message))
        return self._spoken[name]

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
    return [dict(message) if message["role"] == "user" else _short(message) for message in body["messages"]]


def _short(message: Mapping[str, Any]) -> dict[str, Any]:
    return {**message, "content": {"sha256": content_hash(message["content"])}}


def _list(parts: Iterable[str]) -> str:
    return "[" + ",".join(parts) + "]"


def _object(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{canonical_json(key)}:{parts[key]}" for key in sorted(parts)) + "}"
