"""Running the app: one process, on this machine's own address unless TLS stands in front."""

from __future__ import annotations

from ipaddress import ip_address

import uvicorn

from cothemes.app.study import Study
from cothemes.app.users import service_address
from cothemes.errors import UsageError
from cothemes.web.app import create_app
from cothemes.web.service import Service


def serve(study: Study, *, host: str = "", port: int = 0, behind_tls: bool = False) -> None:
    """Serve a study until the process is stopped. Raises UsageError for an address that needs TLS."""
    settings = study.settings.serve
    host, port = host or settings.host, port or settings.port
    refuse_open(host, settings.address, behind_tls=behind_tls)
    app = create_app(Service(study, service_address(study, host, port), behind_tls))
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=behind_tls,
        forwarded_allow_ips="127.0.0.1,::1",
        timeout_keep_alive=30,
    )


def refuse_open(host: str, address: str, *, behind_tls: bool) -> None:
    """Raise UsageError where passwords would cross a network in the clear, or where nobody said by which name
    the service is called.
    """
    if not behind_tls and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and nothing encrypts what is sent",
            hint="Put a server with TLS in front and pass --behind-tls; docs/guide/service.md shows how.",
        )
    if behind_tls and not address.startswith("https://"):
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
