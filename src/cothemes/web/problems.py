"""Errors as `application/problem+json` (RFC 9457), from the one tree of errors."""

from __future__ import annotations

from typing import Any

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse

from cothemes.errors import (
    AccessRefused,
    BudgetReached,
    CardChanged,
    CodebookError,
    CothemesError,
    InputError,
    NotLoggedIn,
    PassageHeld,
    ServiceError,
    StateConflict,
    TooManyTries,
    UnknownCode,
    UnknownPassage,
    UnknownReviewer,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[CothemesError], int] = {
    CothemesError: 500,
    UsageError: 400,
    UnknownReviewer: 404,
    UnknownPassage: 404,
    UnknownCode: 404,
    InputError: 422,
    CodebookError: 503,
    StateConflict: 409,
    PassageHeld: 423,
    CardChanged: 412,
    AccessRefused: 403,
    NotLoggedIn: 401,
    TooManyTries: 429,
    BudgetReached: 409,
    ServiceError: 503,
}
"""Error → status; an error that is not listed has the status of the nearest class above it."""


def status_of(error: CothemesError) -> int:
    """Return the HTTP status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(error: CothemesError) -> JSONResponse:
    """Return an error as a response. Where it happened on this machine is left out."""
    headers = {}
    if isinstance(error, TooManyTries):
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, NotLoggedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="cothemes"'
    status = status_of(error)
    return answer(status, _kebab(type(error).__name__), error.message, error.hint, headers)


def answer(
    status: int, kind: str, detail: str, hint: str = "", headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """Return a problem document; `kind` names the error, and is stable."""
    content = {
        "type": f"urn:cothemes:problem:{kind}",
        "title": kind.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "hint": hint,
        **more,
    }
    return JSONResponse(jsonable_encoder(content), status, headers, MEDIA_TYPE)


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
