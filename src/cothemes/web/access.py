"""Logging in and out, and accepting an invitation."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.identities import through_provider
from cothemes.app.users import accept, invited, invited_address, log_in, log_out
from cothemes.errors import AccessRefused, UsageError
from cothemes.web.pages import page
from cothemes.web.service import Service
from cothemes.web.visitor import SAFE, Asking, Form, only, refuse_foreign, service_of, session_secret

router = APIRouter(include_in_schema=False)


def login_before(request: Request) -> str:
    """Return the address of a login that leads back to the page asked for, or that sent the form."""
    url = urlsplit(str(request.url))
    if request.method not in SAFE:
        url = urlsplit(request.headers.get("referer", ""))
        if url.netloc != request.headers.get("host", ""):
            url = urlsplit("/")
    back = f"{url.path}?{url.query}" if url.query else url.path
    asked = {} if local_path(back) == "/" else {"next": back}
    lost = {} if request.method in SAFE else {"ended": "yes"}
    query = urlencode({**asked, **lost})
    return f"/login?{query}" if query else "/login"


def local_path(given: str) -> str:
    """Return an address of this service as it was given; the start for anything else."""
    parts = urlsplit(given)
    fits = given.startswith("/") and not given.startswith("//") and not parts.scheme and not parts.netloc
    here = ("/login", "/logout", "/logged-out")
    harmless = "\\" not in given and given.isprintable() and not parts.path.startswith(here)
    return given if fits and harmless else "/"


@router.get("/login")
def login_page(
    request: Request,
    back: Annotated[str, Query(alias="next", max_length=2000)] = "",
    ended: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show the form. After it, the browser goes on to `next`."""
    message = "your login had ended: what you did last was not recorded" if ended else ""
    hint = "Log in and do it again. A note or memo that you were typing is kept where scripts run."
    return login_form(request, message=message, hint=hint if ended else "", back=local_path(back))


def login_form(
    request: Request, *, status: int = 200, name: str = "", message: str, hint: str, back: str
) -> Response:
    """Return the page on which people log in, by whatever way the settings allow."""
    service = service_of(request)
    return page(
        request,
        "login",
        title="Log in",
        status=status,
        name=name,
        message=message,
        hint=hint,
        back=back,
        provider=service.provider.name if service.provider else "",
        passwords=service.study.settings.serve.passwords,
    )


@router.post("/login")
def login(request: Request, form: Form) -> Response:
    """Begin a session, or say that name and password do not fit."""
    refuse_foreign(request)
    service = service_of(request)
    name, password = only(form, "name"), only(form, "password")
    address = caller(request)
    service.tries.check(name, address)
    try:
        with service.hashing:
            secret = log_in(service.study, name, password, service.study.settings.serve.session_hours)
    except AccessRefused as error:
        service.tries.failed(name, address)
        back = local_path(only(form, "next"))
        return login_form(request, status=403, name=name, message=error.message, hint=error.hint, back=back)
    service.tries.succeeded(name)
    return begun(service, secret, local_path(only(form, "next")))


def caller(request: Request) -> str:
    """Return the address from which a request comes."""
    return request.client.host if request.client else ""


@router.post("/logout")
def logout(request: Request, asking: Asking) -> Response:
    """End the session, here and in the records."""
    service = asking.service
    away = service.provider is not None and through_provider(service.study, asking.name)
    log_out(service.study, session_secret(request))
    answer = RedirectResponse("/logged-out" if away else "/login", status_code=303)
    answer.delete_cookie(service.cookie, path="/", secure=service.behind_tls, httponly=True, samesite="lax")
    return answer


@router.get("/invite/{secret}")
def invitation_page(request: Request, secret: str) -> Response:
    """Show how to accept the invitation. The link is not used up by looking."""
    return _invitation(request, secret, message="", hint="")


def _invitation(request: Request, secret: str, *, status: int = 200, message: str, hint: str) -> Response:
    service = service_of(request)
    user = invited(service.study, secret)
    provider = service.provider.name if service.provider else ""
    passwords = service.study.settings.serve.passwords and not invited_address(service.study, secret)
    return page(
        request,
        "invite",
        title="Set your password" if passwords and not provider else "Your invitation",
        status=status,
        name=user.name,
        roles=user.roles,
        message=message,
        hint=hint,
        secret=secret,
        provider=provider,
        passwords=passwords,
    )


@router.post("/invite/{secret}")
def accept_invitation(request: Request, secret: str, form: Form) -> Response:
    """Set the password and log in."""
    refuse_foreign(request)
    service = service_of(request)
    address = caller(request)
    service.tries.check("", address)
    try:
        user = invited(service.study, secret)
    except AccessRefused:
        service.tries.failed("", address)
        raise
    password = only(form, "password")
    try:
        if password != only(form, "again"):
            raise UsageError("the two passwords differ", hint="Type the same password twice.")
        with service.hashing:
            accept(service.study, secret, password)
            session = log_in(service.study, user.name, password, service.study.settings.serve.session_hours)
    except UsageError as error:
        return _invitation(request, secret, status=400, message=error.message, hint=error.hint)
    return begun(service, session)


def begun(service: Service, secret: str, back: str = "/") -> Response:
    """Return the answer that gives the browser its session's cookie and leads on."""
    answer = RedirectResponse(back, status_code=303)
    answer.set_cookie(
        service.cookie,
        service.signed(secret),
        max_age=int(service.study.settings.serve.session_hours * 3600),
        path="/",
        secure=service.behind_tls,
        httponly=True,
        samesite="lax",
    )
    return answer
