"""What the servers of the tests have in common: a port of their own on loopback, and answers with faults."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Body = dict[str, Any]


@dataclass
class Answer:
    """What the server does with one request."""

    body: Any = None
    """JSON, or bytes as they are."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    """Hangs up with a TCP reset instead of answering."""
    cut: int | None = None
    """Hangs up after so many bytes of the body."""
    drip: float = 0.0
    """Seconds between two bytes."""


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    # With the default of five a client that opens many connections is not heard, and tries again in a second.
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silent about clients that are gone."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class LoopbackServer(ABC):
    """Runs while its context is open, a thread to a connection."""

    def __init__(self) -> None:
        self._server = _Threads(("127.0.0.1", 0), self._handler())

    @abstractmethod
    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """What a request gets; called by several threads at once. Header names are in lower case."""

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:
                    # Its client was killed while it asked.
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = server._answered(self.command, self.path, headers, body)
                time.sleep(answer.delay)
                if answer.reset:
                    self._reset()
                    return
                try:
                    self._write(answer)
                except OSError:
                    self.close_connection = True
                if answer.cut is not None:
                    self.close_connection = True

            do_GET = do_POST = do_DELETE = _any  # noqa: N815

            def _reset(self) -> None:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                self.connection.close()

            def _write(self, answer: Answer) -> None:
                data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                headers = {"Content-Type": "application/json", **answer.headers, "Content-Length": len(data)}
                head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                self.wfile.write(f"HTTP/1.1 {answer.status} X\r\n{head}\r\n".encode())
                if not answer.drip:
                    self.wfile.write(data[: answer.cut])
                    return
                for n in range(len(data)):
                    self.wfile.write(data[n : n + 1])
                    self.wfile.flush()
                    time.sleep(answer.drip)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler
