"""What every request meets first: the host it names, the size of its body, headers of the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cothemes.web.problems import answer
from cothemes.web.uploads import LARGEST

_LOG = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes of a request."""
LARGER_BODIES = {"/documents/check": LARGEST}
"""Path → bytes of a request, where files are sent."""
PROBES = frozenset({"/health", "/ready"})
"""Paths that answer under any name: what watches the service may not know it. Nothing of the study is in
these answers."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With `no-referrer` a browser sends forms with `Origin: null`, as from anywhere.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class _TooLarge(Exception):
    """A body grew beyond what is taken."""


class Guard:
    """Outermost layer of the app. `hosts`: names by which it may be called; another name is a page of someone
    else that has its own name point at this machine. `broken` makes the answer to a fault.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        behind_tls: bool,
        broken: Callable[[Request], Response],
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._behind_tls = behind_tls
        self._broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sent = False

        async def with_headers(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.start":
                sent = True
                self._set(MutableHeaders(scope=message))
            await send(message)

        most = LARGER_BODIES.get(scope["path"], LARGEST_BODY)
        refusal: Any = None
        if scope["path"] not in PROBES and _host(headers.get("host", "")) not in self._hosts:
            refusal = answer(
                421,
                "unknown-host",
                "the service is not called by this name",
                "Use the address that the lead of the study gave you.",
            )
        elif _length(headers) > most:
            refusal = _too_large(most)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLarge
            return message

        try:
            await self._app(scope, limited, with_headers)
        except _TooLarge:
            if not sent:
                await _too_large(most)(scope, receive, with_headers)
        except Exception:
            # The one broad handler: what went wrong is in the log, and nothing of it in the answer.
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            if sent:
                raise
            await self._broken(Request(scope))(scope, receive, with_headers)

    def _set(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        if self._behind_tls:
            headers["Strict-Transport-Security"] = "max-age=31536000"


def _too_large(most: int) -> Any:
    return answer(413, "too-large", "the request is too large", f"Send at most {most:,} bytes.")


def _length(headers: Headers) -> int:
    given = headers.get("content-length", "0")
    return int(given) if given.isdigit() else 0


def _host(given: str) -> str:
    """The host without its port."""
    if given.startswith("["):
        return given.partition("]")[0].lower() + "]"
    return given.partition(":")[0].lower()
