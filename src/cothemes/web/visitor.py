"""Who asks: a session's cookie or a token of the API, the person's roles, and the check against forgery."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from cothemes.app.study import Study
from cothemes.app.users import holder
from cothemes.errors import AccessRefused, NotLoggedIn
from cothemes.records.user import CredentialKind, User, UserRole
from cothemes.web.service import Service
from cothemes.web.uploads import MOST_FILES

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYBODY = frozenset(UserRole)
_FORM, _WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True)
class Visitor:
    """A person who asks, and the service they ask."""

    user: User
    service: Service
    csrf: str
    """Value that forms and scripts of this session send back; empty for a token."""

    @property
    def name(self) -> str:
        """Name under which the person's decisions are stored."""
        return self.user.name

    def has(self, *roles: UserRole) -> bool:
        """Return whether the person has one of these roles."""
        return not {*self.user.roles}.isdisjoint(roles)

    @property
    def reads_findings(self) -> bool:
        """Return whether the person has a role that shows others' codings."""
        return self.has(UserRole.READER, UserRole.ADJUDICATOR, UserRole.LEAD)

    def study(self) -> Study:
        """Return the study as the person may see it at this moment."""
        return self.service.seen_by(self.user)


def service_of(request: Request) -> Service:
    """Return the service that the app serves."""
    found: Service = request.app.state.service
    return found


def csrf_of(service: Service, secret: str) -> str:
    """Return the value that stands against forged requests in this session."""
    return service.keyed("csrf", secret)


async def sent_form(request: Request) -> FormData:
    """Return a form with files. It is read once, whoever asks for it first."""
    return await request.form(max_files=MOST_FILES, max_fields=20)


async def form_of(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form that was sent, without its files; empty for a body of another kind."""
    if request.headers.get("content-type", "").startswith(_WITH_FILES):
        sent = await sent_form(request)
        return {name: [each for each in sent.getlist(name) if isinstance(each, str)] for name in sent}
    if not request.headers.get("content-type", "").startswith(_FORM):
        return {}
    body = (await request.body()).decode("utf-8", "replace")
    return parse_qs(body, keep_blank_values=True, max_num_fields=500)


Form = Annotated[dict[str, list[str]], Depends(form_of)]


def only(form: dict[str, list[str]], field: str) -> str:
    """Return the one value of a field; empty where it was not sent."""
    return form.get(field, [""])[0]


def refuse_foreign(request: Request) -> None:
    """Raise AccessRefused where a page of another site sent the request."""
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if foreign or request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise AccessRefused("a page of another site sent this", hint="Open the page here and try again.")


def session_secret(request: Request) -> str:
    """Return the secret of the request's session; empty where it has none that this study signed."""
    service = service_of(request)
    return service.unsigned(request.cookies.get(service.cookie, ""))


async def visitor(request: Request) -> Visitor:
    """Return who asks. Raises NotLoggedIn, and AccessRefused where a change may be forged."""
    service = service_of(request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        user = await run_in_threadpool(holder, service.study, CredentialKind.TOKEN, token.strip())
        return Visitor(user, service, "")
    secret = session_secret(request)
    if not secret:
        raise NotLoggedIn("nobody is logged in", hint="Log in at /login, or send a token of the API.")
    user = await run_in_threadpool(holder, service.study, CredentialKind.SESSION, secret)
    expected = csrf_of(service, secret)
    if request.method not in SAFE:
        refuse_foreign(request)
        given = request.headers.get(CSRF_HEADER) or only(await form_of(request), CSRF_FIELD)
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise _unproved(request)
    return Visitor(user, service, expected)


def _unproved(request: Request) -> AccessRefused:
    if request.url.path.startswith("/api/"):
        return AccessRefused(
            "the request has no proof that this page sent it",
            hint=f"Send the page's value as the field `{CSRF_FIELD}` or the header X-CSRF-Token.",
        )
    return AccessRefused(
        "nothing was recorded: this page is older than your login",
        hint="Load the page anew and do it again.",
    )


Asking = Annotated[Visitor, Depends(visitor)]
"""Anybody who is logged in."""


_ROLE_NAMES = {
    UserRole.LEAD: "a lead",
    UserRole.REVIEWER: "a reviewer",
    UserRole.ADJUDICATOR: "an adjudicator",
    UserRole.READER: "a reader",
}


def having(*roles: UserRole) -> Callable[[Visitor], Coroutine[Any, Any, Visitor]]:
    """Return a dependency: a visitor with one of these roles. It raises AccessRefused for others."""

    async def allowed(asking: Asking) -> Visitor:
        if not asking.has(*roles):
            raise AccessRefused(
                f"this is for {' or '.join(_ROLE_NAMES[role] for role in roles)}",
                hint="Ask the lead of the study for the role.",
            )
        return asking

    return allowed


Leading = Annotated[Visitor, Depends(having(UserRole.LEAD))]
Reviewing = Annotated[Visitor, Depends(having(UserRole.REVIEWER))]
Adjudicating = Annotated[Visitor, Depends(having(UserRole.ADJUDICATOR, UserRole.LEAD))]
Finding = Annotated[Visitor, Depends(having(UserRole.LEAD, UserRole.READER))]
"""Who may read findings."""
