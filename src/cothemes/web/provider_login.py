"""Logging in through a provider: to it, and back with its answer.

What a login needs to be finished is in a signed cookie of the browser that began it. So the answer to a login
that another browser began is refused, and nothing is kept here for logins that nobody finishes.
"""

from __future__ import annotations

import hmac
import logging
import re
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from cothemes.app.identities import log_in_through, new_attempt
from cothemes.app.users import invited
from cothemes.errors import AccessRefused, CothemesError
from cothemes.ports import LoginProvider
from cothemes.records.identity import LoginAttempt
from cothemes.web.access import begun, caller, local_path, login_form
from cothemes.web.pages import page
from cothemes.web.problems import status_of
from cothemes.web.service import ATTEMPT_SECONDS, Service
from cothemes.web.visitor import service_of

router = APIRouter(include_in_schema=False)

_LOG = logging.getLogger(__name__)
_ERROR_CODE = re.compile(r"[a-z_]{1,60}")


@router.get("/login/provider")
def to_provider(
    request: Request, back: Annotated[str, Query(alias="next", max_length=2000)] = ""
) -> Response:
    """Send the browser to the provider; afterwards it goes on to `next`."""
    service = service_of(request)
    return _sent(service, _provider(service), new_attempt(local_path(back)))


@router.get("/invite/{secret}/provider")
def accept_through_provider(request: Request, secret: str) -> Response:
    """Send the browser to the provider; the person then logs in with the account that it names.

    Only the page of the invitation leads here: it shows under which name the person joins. Else a link could
    tie the account of whoever follows it to a name that they never saw.
    """
    service = service_of(request)
    provider = _provider(service)
    if not _from_our_page(request):
        return RedirectResponse(f"/invite/{quote(secret, safe='')}", status_code=303)
    service.tries.check("", caller(request))
    try:
        invited(service.study, secret)
    except AccessRefused:
        service.tries.failed("", caller(request))
        raise
    return _sent(service, provider, new_attempt(invitation=secret))


@router.get("/login/provider/callback")
def from_provider(
    request: Request,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    iss: Annotated[str, Query(max_length=2000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Begin a session with the account that the provider's answer proves."""
    service = service_of(request)
    provider = _provider(service)
    service.tries.check("", caller(request))
    attempt = service.attempt(request.cookies.get(service.attempt_cookie, ""))
    try:
        answer = _answered(service, provider, attempt, code, state, iss, error)
    except CothemesError as refusal:
        if isinstance(refusal, AccessRefused):
            service.tries.failed("", caller(request))
        answer = login_form(
            request,
            status=status_of(refusal),
            message=refusal.message,
            hint=refusal.hint,
            back=attempt.back if attempt else "/",
        )
    # Whatever came of it, an attempt is made once.
    answer.delete_cookie(
        service.attempt_cookie, path="/", secure=service.behind_tls, httponly=True, samesite="lax"
    )
    return answer


@router.get("/logged-out")
def logged_out(request: Request) -> Response:
    """Say that the login here has ended, and go on to the provider to end its own.

    A page comes between, because the content security policy lets no form lead to another site.
    """
    provider = _provider(service_of(request))
    address = provider.logout_address()
    shown = page(request, "logged_out", title="Logged out", provider=provider.name, address=address)
    if address:
        shown.headers["Refresh"] = f"0; url={address}"
    return shown


def _provider(service: Service) -> LoginProvider:
    if service.provider is None:
        raise HTTPException(404, "no login provider is set")
    return service.provider


def _from_our_page(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # A browser that says nothing of the kind still names the page, as our policy has it.
    return urlsplit(request.headers.get("referer", "")).netloc == request.headers.get("host", "")


def _sent(service: Service, provider: LoginProvider, attempt: LoginAttempt) -> Response:
    answer = RedirectResponse(provider.begin(attempt), status_code=303)
    answer.set_cookie(
        service.attempt_cookie,
        service.signed_attempt(attempt),
        max_age=ATTEMPT_SECONDS,
        path="/",
        secure=service.behind_tls,
        httponly=True,
        samesite="lax",
    )
    return answer


def _answered(
    service: Service,
    provider: LoginProvider,
    attempt: LoginAttempt | None,
    code: str,
    state: str,
    issuer: str,
    error: str,
) -> Response:
    if attempt is None or not hmac.compare_digest(attempt.state.encode(), state.encode()):
        raise AccessRefused(
            "this login was not begun in this browser, or it took too long",
            hint="Log in again.",
        )
    if error or not code:
        said = error if _ERROR_CODE.fullmatch(error) else "no reason"
        _LOG.warning("a login through %s was refused there: %s", provider.name, said)
        raise AccessRefused(
            f"the login provider {provider.name} did not let you in ({said})",
            hint="Log in again. If it happens again, ask the lead of the study.",
        )
    account = provider.account(attempt, code, issuer)
    hours = service.study.settings.serve.session_hours
    secret = log_in_through(service.study, account, hours, attempt.invitation)
    return begun(service, secret, attempt.back)
