"""A receiver of webhooks: a real HTTP server with its own check of signatures, by the specification."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@dataclass
class Received:
    """One request."""

    id: str
    timestamp: int
    body: bytes
    headers: dict[str, str]
    signed: bool

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """Says how it answers: `answers` in turn, then 204. A callable is run first and gives the status."""

    address: str
    answers: list[int | Callable[[], int]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    def types(self) -> list[str]:
        return [each.message["type"] for each in self.received]

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Received]:
        until = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.received) >= count, self.types()
        return self.received


def signature(secret: str, id: str, timestamp: str, body: bytes) -> str:
    """The signature that the specification asks for."""
    key = base64.b64decode(secret.split("_", 1)[1])
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest.digest()).decode()


@contextmanager
def receiver(secret: str = SECRET) -> Iterator[Receiver]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            id, timestamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
            expected = signature(secret, id, timestamp, body)
            signed = expected in self.headers["webhook-signature"].split(" ")
            fresh = abs(time.time() - int(timestamp)) < 300
            found.received.append(
                Received(id, int(timestamp), body, dict(self.headers.items()), signed and fresh)
            )
            answer = found.answers.pop(0) if found.answers else 204
            status = answer() if callable(answer) else answer
            self.send_response(status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
