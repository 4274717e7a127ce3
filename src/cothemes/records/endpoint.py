"""Where a request goes: what may be shown of an address, and whether it leaves this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def public_address(url: str) -> str:
    """Scheme, host, port and path. User names, passwords and queries may hold keys and are left out."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{host}{port}{parts.path}".rstrip("/")


def is_loopback(url: str) -> bool:
    """Return whether the address can only be this machine: `localhost`, 127.0.0.0/8 or ::1, written plainly.

    A name that merely resolves to this machine today counts as remote, and so does what cannot be read.
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
