"""What a provider's exception means, in the project's own words and without a trace of a key.

Providers' exceptions hold the request, and with it the key, and some services repeat the key in what they
say. A ModelError made here holds neither: it keeps no reference to the exception, and known secrets and
whatever looks like a key are struck from the message.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from cothemes.errors import ModelError, ModelFault

_SOMETHING_LIKE_A_KEY = re.compile(
    r"\b(?:(?:sk|pk|key|lsv2|gsk|xai)[-_]|AIza)[\w\-*.…]{6,}|Bearer\s+\S+", re.IGNORECASE
)
_LONGEST = 240
_OUT_OF_MONEY = (
    "insufficient_quota",
    "billing",
    "credit balance",
    "insufficient balance",
    "payment required",
)
_RAISED_BY = (
    ("langchain_core.exceptions", "LangChainException"),
    ("openai", "OpenAIError"),
    ("httpx", "HTTPError"),
    ("httpx2", "HTTPError"),
    ("anthropic", "AnthropicError"),
    ("google.genai.errors", "APIError"),
    ("langchain_google_genai._common", "GoogleGenerativeAIError"),
    ("google.api_core.exceptions", "GoogleAPIError"),
    ("groq", "GroqError"),
    ("ollama", "ResponseError"),
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
)
_NEVER_CONNECTED = ("ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror", "PoolTimeout")

SHAPE_ERRORS = (AttributeError, LookupError, TypeError)
"""What falls out of a client that walks a reply of another shape than it knows."""

_WORDS: Mapping[ModelFault, tuple[str, str]] = {
    ModelFault.AUTHENTICATION: (
        "the service did not take the key",
        "Set the provider's key in the environment (openai: OPENAI_API_KEY), then start again.",
    ),
    ModelFault.PERMISSION: (
        "the key may not use this model",
        "Ask the provider, or name another model with --model.",
    ),
    ModelFault.QUOTA: (
        "the account has nothing left to pay with",
        "Raise the limit at the provider and start again; replies are kept.",
    ),
    ModelFault.UNKNOWN_MODEL: (
        "there is no such model, or no such path",
        "Check the model's name and base_url in cothemes.toml.",
    ),
    ModelFault.REQUEST: (
        "the service calls the request wrong",
        "If it names a parameter, change it in [model] of cothemes.toml: some take no temperature, others no "
        "schema of many codes (structured, or codes_per_call in [coder])."
    ),
    ModelFault.RATE_LIMIT: (
        "too many requests at once",
        "Start again later, or with a lower --concurrency; replies are kept.",
    ),
    ModelFault.SERVER: ("the service failed", "Start again later; replies are kept."),
    ModelFault.TIMEOUT: (
        "no reply came in time",
        "Start again; a longer `timeout` in [model] helps slow models.",
    ),
    ModelFault.CONNECTION: (
        "the service cannot be reached, or hung up",
        "Check the network and base_url, then start again; replies are kept.",
    ),
    ModelFault.UNFINISHED: (
        "the batch ended before it was this request's turn",
        "Nothing was paid for it; start again.",
    ),
    ModelFault.UNREADABLE: (
        "what came back is no reply of a chat model",
        "Check base_url: it should end where /chat/completions begins.",
    ),
}  # fmt: skip
_BY_STATUS = {
    400: ModelFault.REQUEST, 401: ModelFault.AUTHENTICATION, 402: ModelFault.QUOTA,
    403: ModelFault.PERMISSION, 404: ModelFault.UNKNOWN_MODEL,
    408: ModelFault.TIMEOUT, 409: ModelFault.SERVER, 413: ModelFault.REQUEST,
    422: ModelFault.REQUEST, 425: ModelFault.SERVER, 429: ModelFault.RATE_LIMIT, 504: ModelFault.TIMEOUT,
}  # fmt: skip


def provider_errors(*further: type[Exception]) -> tuple[type[Exception], ...]:
    """The exceptions by which loaded clients say that no reply came; those not loaded cannot be raised."""
    found: list[type[Exception]] = [ValueError, OSError, RecursionError, *further]
    for module, name in _RAISED_BY:
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            found.append(kind)
    return tuple(found)


def model_error(
    error: Exception | None, endpoint: str, secrets: Iterable[str] = (), fault: ModelFault | None = None
) -> ModelError:
    """The typed error for a provider's exception; `fault` where the caller knows better than it says."""
    error = _with_status(error)
    fault = fault or fault_of(error)
    what, hint = _WORDS[fault]
    said = scrub(_message(error), secrets)
    if fault is ModelFault.SERVER and (status := _status(error)) is not None:
        what = f"{what} with status {status}"
    return ModelError(
        f"{what}: {said}" if said else what,
        hint=hint,
        where=endpoint,
        fault=fault,
        retry_after=_retry_after(error),
        unsent=fault is ModelFault.CONNECTION and _unsent(error),
    )


def fault_of(error: Exception | None) -> ModelFault:
    """The kind of fault, by the HTTP status where there is one, else by the kind of exception."""
    status = _status(error)
    if status is not None:
        if status in (403, 429) and any(word in _message(error).lower() for word in _OUT_OF_MONEY):
            return ModelFault.QUOTA
        if status in _BY_STATUS:
            return _BY_STATUS[status]
        return ModelFault.SERVER if status >= 500 else ModelFault.UNREADABLE
    name = type(error).__name__.lower()
    if isinstance(error, TimeoutError) or "timeout" in name:
        return ModelFault.TIMEOUT
    if isinstance(error, OSError) or "connect" in name or "protocol" in name or "readerror" in name:
        return ModelFault.CONNECTION
    return ModelFault.UNREADABLE


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """One short line without secrets, keys or control characters."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, "[key]")
    text = _SOMETHING_LIKE_A_KEY.sub("[key]", text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _unsent(error: BaseException | None) -> bool:
    while error is not None:
        if type(error).__name__ in _NEVER_CONNECTED:
            return True
        error = error.__cause__ or error.__context__
    return False


def _message(error: Exception | None) -> str:
    body: Any = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            parts = (inner.get(name) for name in ("code", "type", "message"))
            return " ".join(str(part) for part in parts if part)
    if _status(error) is None or isinstance(body, str):
        return ""  # no words of the service: a client's own text may hold anything, a page of HTML too
    return str(error)


def _with_status(error: Exception | None) -> Exception | None:
    """The error itself, or the one it was made from, where only that one knows what the service answered."""
    cause = error.__cause__ if error is not None else None
    return cause if _status(error) is None and isinstance(cause, Exception) and _status(cause) else error


def _status(error: Exception | None) -> int | None:
    response = getattr(error, "response", None)
    for status in (
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "code", None),
    ):
        if isinstance(status, int) and status >= 300:
            return status
    return None


def _retry_after(error: Exception | None) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            return max(0.0, float(milliseconds) / 1000)
        if (value := headers.get("retry-after")) is None:
            return None
        if value.strip().replace(".", "", 1).isdigit():
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
