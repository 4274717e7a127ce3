"""Which addresses a webhook may reach, and how an attempt ends that gets no answer."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from tests.doubles.receiver import receiver

from cothemes.adapters.webhook_post import WebhookPost, is_public

HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public(address: str) -> None:
    assert is_public(address)


def post(url: str, *, timeout: float = 5.0, private: bool = True) -> tuple[int | None, str]:
    found = WebhookPost().post(url, HEADERS, b"{}", timeout=timeout, private=private)
    return found.status, found.told


def test_a_private_address_is_reached_only_where_it_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as there:
        port = int(there.address.split(":")[2].split("/")[0])
        for url in (f"https://127.0.0.1:{port}/", f"https://localhost:{port}/", f"https://[::1]:{port}/"):
            status, told = post(url, private=False)
            assert status is None
            assert "private" in told
        # A public name that points here is no way around.
        real = socket.getaddrinfo
        monkeypatch.setattr("socket.getaddrinfo", lambda _, *rest, **more: real("127.0.0.1", *rest, **more))
        assert post(f"https://hooks.example.org:{port}/", private=False)[0] is None
        assert there.received == []
        assert post(there.address)[0] == 204


def test_http_is_refused_in_the_open() -> None:
    assert post("http://hooks.example.org/", private=False)[0] is None


def test_a_redirect_is_not_followed() -> None:
    with receiver() as there, receiver() as elsewhere:
        there.answers = [302]
        there.headers = {"Location": elsewhere.address}
        assert post(there.address)[0] == 302
        assert elsewhere.received == []


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    status, told = post(f"http://127.0.0.1:{port}/")
    assert status is None
    assert "reached" in told


@pytest.mark.parametrize("trickle", [False, True], ids=["silent", "byte by byte"])
def test_a_slow_receiver_is_left_after_the_time_limit(trickle: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                while not done.wait(0.1):
                    if trickle:
                        try:
                            connection.send(b"H")
                        except OSError:
                            return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        status, told = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.7)
        assert status is None
        assert "0.7" in told or "answer" in told
        assert time.monotonic() - began < 3
        done.set()
        thread.join(5)


def test_what_is_no_http_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.send(b"220 mail.example.org\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        assert post(f"http://127.0.0.1:{listener.getsockname()[1]}/")[0] is None


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with receiver() as there:
        assert post(there.address.replace("http:", "https:"))[0] is None
        assert there.received == []
