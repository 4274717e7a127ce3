"""What providers' langchain classes call by other names, and what they need from the environment.

Each line stands here because a test on a loopback server that speaks the provider's API failed without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from cothemes.adapters.reply_form import FORM
from cothemes.errors import ModelError, ModelFault
from cothemes.records.endpoint import is_loopback
from cothemes.settings import ModelSettings

AZURE, ANTHROPIC, GOOGLE, OLLAMA = "azure_openai", "anthropic", "google_genai", "ollama"

_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    AZURE: (
        ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
        ("OPENAI_API_VERSION",),
        ("AZURE_OPENAI_ENDPOINT",),
    ),
    ANTHROPIC: (("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),),
    GOOGLE: (("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"),),
}
"""Names in the environment; of each group one is enough."""
_KEYS = ("_KEY", "_TOKEN", "_SECRET")
_SHORTEST = 6
"""Characters of a value that may be struck from what a service says without making it unreadable."""


def arguments(provider: str, settings: ModelSettings) -> dict[str, Any]:
    """Return what the provider's class is made with. Its own retries are off: they would pay again unseen."""
    made: dict[str, Any] = {"timeout": settings.timeout, "max_retries": 0}
    made["max_tokens"] = settings.max_output_tokens
    if settings.temperature is not None:
        made["temperature"] = settings.temperature
    if settings.base_url:
        made["base_url"] = settings.base_url
    if provider == GOOGLE:
        # Google's client takes 0 for its own default, which is several tries.
        made["max_retries"] = 1
    if provider == AZURE:
        made["use_responses_api"] = False
        if settings.base_url:
            made["azure_endpoint"] = made.pop("base_url")
    if provider == OLLAMA:
        made["num_predict"] = made.pop("max_tokens")
        del made["max_retries"]
        local = is_loopback(settings.base_url)
        made["client_kwargs"] = {"timeout": made.pop("timeout"), "trust_env": not local}
    return made


def binding(provider: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a call is given besides its messages: the form of the reply, which the classes
    translate.
    """
    form = {FORM: body[FORM]} if FORM in body else {}
    # Given plainly, OpenAI's client would parse the reply itself and raise on one that it cannot read.
    return {"extra_body": form} if form and provider == AZURE else form


def lacking(settings: ModelSettings, environment: Mapping[str, str]) -> ModelError | None:
    """Return what the environment does not hold and the provider needs, as an error; None where all is
    there.
    """
    provider = settings.name.partition(":")[0]
    environment = (
        {**environment, "AZURE_OPENAI_ENDPOINT": settings.base_url} if settings.base_url else environment
    )
    missing = [
        " or ".join(names)
        for names in _NEEDED.get(provider, ())
        if not any(environment.get(name) for name in names)
    ]
    if not missing:
        return None
    return ModelError(
        f"{provider} needs {', '.join(missing)} in the environment",
        where=f"provider://{provider}",
        hint="Set it where cothemes is started, then start again. Keys are read from nowhere else.",
        fault=ModelFault.AUTHENTICATION,
    )


def secrets(environment: Mapping[str, str]) -> list[str]:
    """Return what no error may show: every value of the environment whose name says that it is a key."""
    return [value for name, value in environment.items() if name.endswith(_KEYS) and len(value) >= _SHORTEST]


def through_a_proxy(provider: str, address: str) -> bool:
    """Return whether what is meant for this machine would leave it, by a client that heeds proxies set around
    it.
    """
    parts = urlsplit(address)
    if provider == OLLAMA or not is_loopback(address):
        return False
    proxies = getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.hostname or "")
