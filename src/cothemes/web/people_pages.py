"""The page of people: who may log in, invitations, and revoking."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.users import INVITATION_DAYS, invite, revoke
from cothemes.errors import CothemesError, UsageError
from cothemes.records.user import UserRole
from cothemes.web import reports
from cothemes.web.pages import page
from cothemes.web.visitor import Form, Leading, Visitor, only

router = APIRouter(include_in_schema=False)

TOLD, LINK = "people", "invitation"

MAY = {
    UserRole.LEAD: "reads every report, assigns passages, adds documents, invites people, adjudicates",
    UserRole.REVIEWER: "codes the passages assigned to them",
    UserRole.ADJUDICATOR: "rules on disagreements, names hidden",
    UserRole.READER: "reads findings, changes nothing",
}


@router.get("/people")
def people(request: Request, asking: Leading) -> Response:
    """Show everybody who was invited."""
    return _shown(request, asking)


@router.post("/people")
def invite_person(request: Request, asking: Leading, form: Form) -> Response:
    """Invite a person; the link is shown once, on the page that comes then."""
    name, roles, email = only(form, "name"), form.get("role", []), only(form, "email")
    try:
        chosen = [UserRole(role) for role in roles if role in set(UserRole)]
        if " ".join(name.split()) == asking.name and UserRole.LEAD not in chosen:
            raise UsageError("you would no longer be a lead", hint="Ask another lead to change your roles.")
        made = invite(asking.service.study, name, chosen, asking.service.address, email=email)
    except CothemesError as error:
        return _shown(request, asking, name=name, roles=roles, email=email, refused=error)
    told = asking.service.told
    told.put(asking.name, TOLD, f"{made.name} is invited as {', '.join(made.roles)}.")
    told.put(asking.name, LINK, made.link)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/revoke")
def revoke_person(request: Request, asking: Leading, form: Form) -> Response:
    """Let a person in no more, from this moment."""
    name = only(form, "name")
    try:
        if name == asking.name:
            raise UsageError("you cannot revoke yourself", hint="Ask another lead to do it.")
        revoke(asking.service.study, name)
    except CothemesError as error:
        return _shown(request, asking, refused=error)
    asking.service.told.put(
        asking.name, TOLD, f"{name} can no longer log in. What {name} decided stays in the study."
    )
    return RedirectResponse("/people", status_code=303)


def _shown(
    request: Request,
    asking: Visitor,
    *,
    name: str = "",
    roles: list[str] | None = None,
    email: str = "",
    refused: CothemesError | None = None,
) -> Response:
    told = asking.service.told
    return page(
        request,
        "people",
        title="People",
        visitor=asking,
        status=400 if refused else 200,
        users=reports.show_users(asking, asking.service.study).root,
        may=MAY,
        days=INVITATION_DAYS,
        name=name,
        email=email,
        provider=asking.service.provider.name if asking.service.provider else "",
        roles=roles or [],
        refused=refused,
        said=told.take(asking.name, TOLD),
        link=told.take(asking.name, LINK),
    )
