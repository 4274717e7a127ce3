"""Where OpenAI's API is spoken, and with which key: settled once for chat and for batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

from cothemes.adapters.chat_faults import model_error
from cothemes.errors import ModelFault, SettingsError
from cothemes.records.endpoint import is_loopback, public_address
from cothemes.settings import ModelSettings

DEFAULT_URL = "https://api.openai.com/v1"
CHAT = "/chat/completions"
_NO_KEY = "none"


@dataclass(frozen=True)
class Access:
    """An address and a key; the key is never shown."""

    url: str = field(repr=False)
    endpoint: str
    """Scheme, host, port and path of the chat API; no key and no password in it."""
    key: str = field(repr=False)
    local: bool
    """True if it is on this machine."""
    proxy: str | None = field(repr=False, default=None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be printed."""
        return (self.key if self.key != _NO_KEY else "", urlsplit(self.url).password or "")

    @property
    def own(self) -> bool:
        """Return whether this is OpenAI itself."""
        return urlsplit(self.url).hostname == urlsplit(DEFAULT_URL).hostname

    def transport(self) -> dict[str, Any]:
        """Return the options of an HTTP client: no redirects, and no proxy to a loopback address, so that
        passages go where the endpoint says and nowhere else.
        """
        return {
            "follow_redirects": False,
            "trust_env": not self.local,
            "proxy": None if self.local else self.proxy,
            "verify": _authorities(not self.local),
        }


@cache
def _authorities(of_environment: bool) -> SSLContext:
    """Whom a client trusts; read once, for every client would read them anew, in 25 ms each."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=of_environment)


def openai_access(settings: ModelSettings, environment: Mapping[str, str]) -> Access:
    """Raise ModelError where a remote endpoint has no key, SettingsError for a base_url that is none."""
    url = (
        settings.base_url
        or environment.get("OPENAI_BASE_URL")
        or environment.get("OPENAI_API_BASE")
        or DEFAULT_URL
    )
    endpoint = f"{_checked(url)}{CHAT}"
    local = is_loopback(url)
    key = environment.get("OPENAI_API_KEY") or (_NO_KEY if local else "")
    if not key:
        raise model_error(None, endpoint, fault=ModelFault.AUTHENTICATION)
    return Access(url, endpoint, key, local, environment.get("OPENAI_PROXY") or None)


def _checked(url: str) -> str:
    try:
        address = public_address(url)
        parts = urlsplit(url)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            "base_url is no http address",
            where="[model] base_url",
            hint="Write it like http://127.0.0.1:8080/v1, without /chat/completions.",
        )
    return address
