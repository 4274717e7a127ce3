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
_MOST_READ = 4000
"""Characters of an answer that are looked through for words."""
_OUT_OF_MONEY = (
    "insufficient_quota",
    "billing",
    "credit balance",
    "insufficient balance",
    "insufficient credits",
    "insufficient_balance",
    "payment required",
    "exceeded your current quota",
)
_OUT_OF_MONEY_400 = (
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
    "billing_error",
    "credit balance is too low",
    "billing hard limit has been reached",
    "insufficient balance",
    "insufficient credits",
)
"""Most characters kept of a refused request's message: fewer, since it may repeat the request's own words."""
_PACE = re.compile(r"per[ _-]?(?:day|min)|daily (?:limit|quota)|\b[rt]p[dm]\b", re.IGNORECASE)
_BY_THE_DAY = re.compile(r"day|daily|pd\b", re.IGNORECASE)
"""A rate that is counted by the day will not pass while a run waits; one by the minute will, though Google
speaks of billing in both."""
_NO_ONE_BEHIND = (
    "no healthy upstream",
    "upstream connect error",
    "no server is available",
    "connection refused",
    "could not connect",
    "unable to connect",
    "no available server",
    "default backend",
)
"""Words by which a gateway says that it passed the request to no one."""
_GATEWAY_LOST = frozenset({408, 499, 502, 504, 520, 522, 524, 598, 599})
"""Statuses of gateways that passed the request on and do not know what became of it."""
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
_NEVER_CONNECTED = (
    "ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror", "PoolTimeout",
    "ClientConnectorError", "ClientConnectorDNSError", "ClientConnectorSSLError",
    "ClientConnectorCertificateError", "ConnectionTimeoutError", "EndpointConnectionError",
    "ConnectTimeoutError", "NewConnectionError", "SSLCertVerificationError",
)  # fmt: skip
"""Exceptions of a connection that was never made, TLS included: nothing was sent."""

SHAPE_ERRORS = (AttributeError, LookupError, TypeError)
"""Errors raised by a client that walks a reply of another shape than it knows."""

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
        "the account has nothing left to pay with, or its quota is used up",
        "Raise the limit at the provider, or wait until it is renewed, and start again; replies are kept.",
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


class Refused(Exception):
    """An error that came as the content of an answer, in the form in which a client would raise it."""

    def __init__(self, status_code: int, body: Any) -> None:
        super().__init__("")
        self.status_code = status_code
        self.body = body


def refused_within(answer: Any) -> Refused | None:
    """The error that an answer of status 200 holds, as some gateways send it; None where it holds none."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or answer.get("choices"):
        return None
    code = error.get("code")
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    if isinstance(code, int) and 300 <= code < 600:
        return Refused(code, error)
    said = f"{code} {error.get('type')}".lower()
    if "rate_limit" in said or "insufficient_quota" in said:
        return Refused(429, error)
    return None


def model_error(
    error: Exception | None,
    endpoint: str,
    secrets: Iterable[str] = (),
    fault: ModelFault | None = None,
    *,
    sent: bool | None = None,
) -> ModelError:
    """The typed error for a provider's exception; `fault` where the caller knows better than it says, and
    `sent` where it knows whether anything of the request went out."""
    error = _with_status(error)
    status = _status(error)
    unsent = status is None and (_unsent(error) if sent is None else not sent)
    fault = fault or (ModelFault.CONNECTION if unsent and error is not None else fault_of(error))
    what, hint = _WORDS[fault]
    said = scrub(_message(error), secrets)
    if fault is ModelFault.SERVER and status is not None:
        what = f"{what} with status {status}"
    return ModelError(
        f"{what}: {said}" if said else what,
        hint=hint,
        where=endpoint,
        fault=fault,
        retry_after=_retry_after(error),
        unsent=fault is ModelFault.CONNECTION and unsent,
        lost=status in _GATEWAY_LOST and not _no_one_behind(error),
        foreign=fault is ModelFault.UNREADABLE or (status is not None and not _own_words(error)),
    )


def fault_of(error: Exception | None) -> ModelFault:
    """The kind of fault, by the HTTP status where there is one, else by the kind of exception."""
    status = _status(error)
    if status is not None:
        said = _message(error).lower()
        if status == 429 and (pace := _PACE.findall(f"{said} {_body_text(error)}")):
            return ModelFault.QUOTA if any(_BY_THE_DAY.search(one) for one in pace) else ModelFault.RATE_LIMIT
        if status in (403, 429) and any(word in said for word in _OUT_OF_MONEY):
            return ModelFault.QUOTA
        if status == 400 and any(word in said for word in _OUT_OF_MONEY_400):
            return ModelFault.QUOTA
        if status == 404 and _no_one_behind(error):
            return ModelFault.SERVER
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


def _no_one_behind(error: Exception | None) -> bool:
    said = _body_text(error).lower()
    return any(words in said for words in _NO_ONE_BEHIND)


def _own_words(error: Exception | None) -> bool:
    """Return whether an answer is an error in the form of an API, and no page or line of something
    between.
    """
    return isinstance(getattr(error, "body", None), dict) or isinstance(getattr(error, "details", None), dict)


def _body_text(error: Exception | None) -> str:
    """The whole of what came, to look for words in; never printed."""
    for name in ("body", "details"):
        if body := getattr(error, name, None):
            return str(body)[:_MOST_READ]
    try:
        return str(getattr(getattr(error, "response", None), "text", "") or "")[:_MOST_READ]
    except (RuntimeError, ValueError):
        return ""  # a stream that was not read has no text


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
