"""Posting to an address that a lead named: no redirect, no proxy, and no way into a private network.

The name is resolved here, and the connection goes to an address that was checked. A name that points at
another address a moment later reaches nothing else.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from cothemes.records.event import Reply

_NAT64 = IPv6Network("64:ff9b::/96")


class _Refused(OSError):
    """The address is not one that may be called."""


@dataclass(frozen=True)
class WebhookPost:
    """`ports.WebhookSender`."""

    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, timeout: float, private: bool
    ) -> Reply:
        """Post a body, and follow no redirect; see the port."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not private:
            return Reply(told="http is refused: nothing encrypts what is sent. Use https")
        connection: http.client.HTTPConnection | None = None
        held: list[socket.socket] = []
        expired: list[bool] = []

        def expire() -> None:
            expired.append(True)
            for each in held:
                # Another thread is waiting on the socket: this ends its wait, whatever trickles in.
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

        watch = Timer(timeout, expire)
        watch.daemon = True
        watch.start()
        try:
            connection = self._connected(parts, timeout, private, held)
            if expired:
                raise TimeoutError
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return Reply(status=answer.status, retry_after=_seconds(answer.getheader("Retry-After")))
        except _Refused as error:
            return Reply(told=str(error))
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            if expired or isinstance(error, TimeoutError):
                return Reply(told=f"no answer within {timeout:g} seconds")
            return Reply(told=_said(error))
        finally:
            watch.cancel()
            if connection is not None:
                connection.close()

    def _connected(
        self, parts: SplitResult, timeout: float, private: bool, held: list[socket.socket]
    ) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        last: OSError | None = None
        for address in _addresses(host, port, private):
            try:
                connected = socket.create_connection((address, port), timeout=timeout)
            except OSError as error:
                last = error
                continue
            if secure:
                connected = self.tls.wrap_socket(
                    connected, server_hostname=host, do_handshake_on_connect=False
                )
            held.append(connected)
            try:
                if isinstance(connected, ssl.SSLSocket):
                    connected.do_handshake()
            except OSError:
                connected.close()
                raise
            made = http.client.HTTPConnection(host, port, timeout=timeout)
            if secure:
                made = http.client.HTTPSConnection(host, port, timeout=timeout, context=self.tls)
            made.sock = connected
            return made
        raise last or _Refused(f"{host} has no address")


def _addresses(host: str, port: int, private: bool) -> Iterator[str]:
    """Yield the addresses of a host that may be called; raise _Refused where none may."""
    found = list(
        dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )
    allowed = [each for each in found if private or is_public(each)]
    if not allowed:
        raise _Refused(
            f"{host} is on this machine or in a private network, which only `private = true` allows"
        )
    yield from allowed


def is_public(address: str) -> bool:
    """Return whether an address is one of the open internet, however it is written."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


def _seconds(given: str | None) -> float | None:
    """Return the seconds of a header Retry-After; None where it says nothing that can be used."""
    if not given:
        return None
    if given.strip().isdigit():
        return float(given)
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _said(error: Exception) -> str:
    """A short reason without what the receiver sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message})"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached ({error.strerror})"
    return f"it did not answer as a server does ({type(error).__name__})"
