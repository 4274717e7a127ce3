"""The provider of batches on loopback, with every fault of the wire before a deed and after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.doubles.batch_provider import BatchProvider, Refusal, Says
from tests.doubles.chat_server import gives_nothing, honest, keeps
from tests.doubles.loopback import Answer, LoopbackServer

Faults = dict[str, Callable[[], Answer | None]]


class BatchServer(BatchProvider, LoopbackServer):
    """Runs while its context is open."""

    def __init__(self, answer: Says = honest, critic: Says = keeps, repair: Says = gives_nothing) -> None:
        BatchProvider.__init__(self, answer, critic, repair)
        LoopbackServer.__init__(self)
        self._lock = threading.RLock()

    def reset(self) -> None:
        super().reset()
        self.seen: list[tuple[str, str]] = []
        """Method and path of everything that arrived."""
        self.spoil: Faults = {}
        """`METHOD /path-prefix` → what happens instead; None lets it happen."""
        self.after: Faults = {}
        """The same, after the deed was done: its answer is lost."""

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return f"{self.address}/v1"

    def finish(self) -> None:
        with self._lock:
            super().finish()

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(path)
        asked = parts.path.removeprefix("/v1")
        instead = _fault(self.spoil, f"{method} {asked}")
        if instead is not None:
            return instead
        with self._lock:
            status, data = self._done(method, parts.path, parse_qs(parts.query), headers, body)
            self.seen.append((method, asked))
        return _fault(self.after, f"{method} {asked}") or Answer(data, status)

    def _done(
        self, method: str, path: str, query: dict[str, list[str]], headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        try:
            return 200, self.do(method, path, query, headers.get("content-type", ""), body)
        except Refusal as refusal:
            error = {"message": refusal.message, "code": refusal.code, "type": "invalid_request_error"}
            return refusal.status, {"error": error}


def _fault(faults: Faults, key: str) -> Answer | None:
    for prefix, act in list(faults.items()):
        if key.startswith(prefix):
            return act()
    return None
