"""A chat server that goes down in the middle of a run and comes back, in each way in which services do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.doubles.chat_server import Answer, Body, ChatServer, completion, honest, keeps

from cothemes.records.record import content_hash

Fault = Callable[["OutageServer"], Answer]

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def _error(code: object, message: str) -> Body:
    return {"error": {"code": code, "message": message}}


def _hang(server: OutageServer) -> Answer:
    server.back.wait(60)
    return Answer(reset=True)


KINDS: dict[str, Fault] = {
    "connection refused": lambda _: Answer(reset=True),
    "503": lambda _: Answer(_error("overloaded", "The engine is overloaded"), 503),
    "503 with Retry-After": lambda server: Answer(
        _error("overloaded", "The engine is overloaded"), 503, {"Retry-After": str(server.retry_after)}
    ),
    "429": lambda _: Answer(_error("rate_limit_exceeded", "Slow down"), 429),
    "502 page": lambda _: Answer(PAGE, 502, {"Content-Type": "text/html"}),
    "half a reply": lambda _: Answer(completion("x" * 999), cut=120),
    "hang, then closed": _hang,
    "404 no healthy upstream": lambda _: Answer(
        b"no healthy upstream", 404, {"Content-Type": "text/plain"}
    ),
    "200 with an error 429": lambda _: Answer(_error(429, "Provider returned error")),
    "529": lambda _: Answer({"error": {"type": "overloaded_error", "message": "Overloaded"}}, 529),
}  # fmt: skip
"""What requests get while the service is down. Where connections are refused, those under way are reset."""


class OutageServer(ChatServer):
    """Answers `after` requests, is down for `seconds`, and answers again.

    Those under way when it goes down are struck too.
    """

    def __init__(self, kind: str, *, after: int, seconds: float, delay: float = 0.02) -> None:
        super().__init__(self._honestly, self._kept)
        self.kind = kind
        self.retry_after = seconds / 2
        self.back = threading.Event()
        self.down_at: float | None = None
        self.lost: list[str] = []
        """Hashes of requests that were read, and of which nobody knows what became."""
        self._after = after
        self._seconds = seconds
        self._delay = delay
        self._change = threading.Lock()

    def _honestly(self, body: Body, number: int) -> Answer:
        return honest(body, number)

    def _kept(self, body: Body, number: int) -> Answer:
        return keeps(body, number)

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = super()._answered(method, path, headers, body)
        with self._change:
            if self.down_at is None and len(self.requests) > self._after:
                self.down_at = time.monotonic()
                self._go_down()
        if not self._down:
            time.sleep(self._delay)
        if self._down:
            answer = KINDS[self.kind](self)
            if answer.reset or answer.cut is not None or answer.status == 502:
                self.lost.append(content_hash(json.loads(body)))
        return answer

    @property
    def _down(self) -> bool:
        return self.down_at is not None and not self.back.is_set()

    def _go_down(self) -> None:
        threading.Timer(self._seconds, self._come_back).start()
        if self.kind == "connection refused":
            threading.Thread(target=self._stop_listening, daemon=True).start()

    def _stop_listening(self) -> None:
        self._server.shutdown()
        self._server.socket.close()

    def _come_back(self) -> None:
        if self.kind == "connection refused":
            port = self._server.server_address[1]
            self._server = type(self._server)(("127.0.0.1", port), self._handler())
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.back.set()

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.down_at is not None:
            self.back.wait(60)
        super().__exit__(kind, value, trace)
