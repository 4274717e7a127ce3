"""Running the app: one process, on this machine's own address unless TLS stands in front."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from threading import Thread
from types import FrameType

import uvicorn

from cothemes.app import wiring
from cothemes.app.events.dispatcher import dispatching
from cothemes.app.study import Study
from cothemes.app.users import service_address
from cothemes.errors import ServiceError, UsageError
from cothemes.ports import LoginProvider
from cothemes.web.app import create_app
from cothemes.web.service import Service
from cothemes.web.stream import Streams

KEPT = timedelta(days=30)
"""Time for which a key of an act that was done is remembered."""


def serve(
    study: Study,
    tell: Callable[[str], None],
    warn: Callable[[str], None],
    *,
    host: str = "",
    port: int | None = None,
    behind_tls: bool = False,
) -> None:
    """Serve a study until the process is stopped. `tell` takes the address once it is listened on,
    `warn` a sentence about what does not work.

    Raises UsageError for an address that needs TLS, ServiceError for one that cannot be listened on, and
    SettingsError or InputError for a login provider that is not fully set.
    """
    settings = study.settings.serve
    host, port = host or settings.host, port or settings.port
    refuse_open(host, settings.address, behind_tls=behind_tls)
    study.store.claims.sweep(wiring.clock().now() - KEPT)
    address = service_address(study, host, port)
    provider = wiring.login_provider(study.settings, study.root, address)
    app = create_app(Service(study, address, behind_tls, provider))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=behind_tls,
        forwarded_allow_ips=list(settings.proxies),
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    # Ctrl-C is how a service is stopped, and nothing is left undone by it.
    with (
        listening(host, port) as listener,
        dispatching(study, warn),
        suppress(KeyboardInterrupt),
    ):
        tell(address)
        if provider is not None:
            # The provider may be silent for long, and a start does not wait for it.
            Thread(target=warn_of_provider, args=(provider, settings.passwords, warn), daemon=True).start()
        _Server(config, app.state.streams).run(sockets=[listener])


def warn_of_provider(provider: LoginProvider, passwords: bool, warn: Callable[[str], None]) -> None:
    """Warn where nobody can log in through the provider."""
    trouble = provider.trouble()
    if trouble:
        who = "People with passwords can log in." if passwords else "Nobody can log in meanwhile."
        warn(f"{trouble[:1].upper()}{trouble[1:]}. {who}")


class _Server(uvicorn.Server):
    """A server that ends streams before it waits for requests to end."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note that the process is asked to stop."""
        self._streams.end()
        super().handle_exit(sig, frame)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises ServiceError where it cannot."""
    host = host.strip("[]")
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024
        )
    except OSError as error:
        raise ServiceError(
            f"{host}:{port} cannot be listened on ({error.strerror})",
            hint="Is it served already? Another port: cothemes serve --port N.",
        ) from error


def refuse_open(host: str, address: str, *, behind_tls: bool) -> None:
    """Raise UsageError where passwords would cross a network in the clear, or where nobody said by which name
    the service is called.
    """
    if not behind_tls and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and nothing encrypts what is sent",
            hint="Put a server with TLS in front and pass --behind-tls; docs/guide/service.md shows how.",
        )
    if behind_tls and address and not address.startswith("https://"):
        raise UsageError(
            f"the address of the service does not begin with https:// ({address})",
            hint=f'Write it in full in cothemes.toml: [serve] address = "https://{address.rpartition("//")[2]}".',
        )
    if behind_tls and not address:
        raise UsageError(
            "the address of the service is not known",
            hint='Set it in cothemes.toml: [serve] address = "https://…".',
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
