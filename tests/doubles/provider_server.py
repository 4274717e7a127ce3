"""A loopback server that answers as it is told: for providers that speak another API than OpenAI's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.doubles.loopback import Answer, Body, LoopbackServer

Reply = tuple[int, Any]
"""Status and JSON; a list is sent as lines of JSON, as Ollama streams it."""


class ProviderServer(LoopbackServer):
    """Runs while its context is open. `requests` keeps path, headers (lower case) and body."""

    def __init__(self, answer: Callable[[Body], Reply]) -> None:
        super().__init__()
        self.answer = answer
        self.requests: list[tuple[str, dict[str, str], Body]] = []

    @property
    def url(self) -> str:
        """Without a path."""
        return self.address

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        asked = json.loads(body or b"{}")
        self.requests.append((path, headers, asked))
        status, reply = self.answer(asked)
        if not isinstance(reply, list):
            return Answer(reply, status)
        lines = "\n".join(map(json.dumps, reply)).encode()
        return Answer(lines, status, {"Content-Type": "application/x-ndjson"})
