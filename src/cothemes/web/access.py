"""Logging in and out, and accepting an invitation."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.users import accept, invited, log_in, log_out
from cothemes.errors import AccessRefused, UsageError
from cothemes.web.pages import page
from cothemes.web.service import Service
from cothemes.web.visitor import Asking, Form, only, refuse_foreign, service_of, session_secret

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request) -> Response:
    """Show the form."""
    return page(request, "login", title="Log in", name="", message="", hint="")


@router.post("/login")
def login(request: Request, form: Form) -> Response:
    """Begin a session, or say that name and password do not fit."""
    refuse_foreign(request)
    service = service_of(request)
    name, password = only(form, "name"), only(form, "password")
    address = request.client.host if request.client else ""
    service.tries.check(name, address)
    try:
        with service.hashing:
            secret = log_in(service.study, name, password, service.study.settings.serve.session_hours)
    except AccessRefused as error:
        service.tries.failed(name, address)
        return page(
            request, "login", title="Log in", status=403, name=name, message=error.message, hint=error.hint
        )
    service.tries.succeeded(name)
    return _begun(service, secret)


@router.post("/logout")
def logout(request: Request, asking: Asking) -> Response:
    """End the session, here and in the records."""
    service = asking.service
    log_out(service.study, session_secret(request))
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(service.cookie, path="/", secure=service.behind_tls, httponly=True, samesite="lax")
    return answer


@router.get("/invite/{secret}")
def invitation_page(request: Request, secret: str) -> Response:
    """Show the form that sets a password. The link is not used up by looking."""
    user = invited(service_of(request).study, secret)
    return page(
        request, "invite", title="Set your password", name=user.name, roles=user.roles, message="", hint=""
    )


@router.post("/invite/{secret}")
def accept_invitation(request: Request, secret: str, form: Form) -> Response:
    """Set the password and log in."""
    refuse_foreign(request)
    service = service_of(request)
    address = request.client.host if request.client else ""
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
            begun = log_in(service.study, user.name, password, service.study.settings.serve.session_hours)
    except UsageError as error:
        return page(
            request,
            "invite",
            title="Set your password",
            status=400,
            name=user.name,
            roles=user.roles,
            message=error.message,
            hint=error.hint,
        )
    return _begun(service, begun)


def _begun(service: Service, secret: str) -> Response:
    answer = RedirectResponse("/", status_code=303)
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
