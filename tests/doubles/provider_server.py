"""A loopback server that answers as it is told: for providers that speak another API than OpenAI's."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Body = dict[str, Any]
Reply = tuple[int, Any]
"""Status and JSON; a list is sent as lines of JSON, as Ollama streams it."""


@dataclass
class ProviderServer:
    """Runs while its context is open. `requests` keeps path, headers (lower case) and body."""

    answer: Callable[[Body], Reply]
    requests: list[tuple[str, dict[str, str], Body]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ProviderServer:
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

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                )
                status, reply = server.answer(body)
                lines = reply if isinstance(reply, list) else [reply]
                data = "\n".join(map(json.dumps, lines)).encode()
                kind = "application/x-ndjson" if isinstance(reply, list) else "application/json"
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler
