"""What the lead changes over the API: who is let in, and who codes what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from pydantic import Field
from starlette.responses import Response

from cothemes.app.review.blindness import left_out
from cothemes.app.routing.route import RouteReport, route
from cothemes.app.users import Invitation, TokenMade, UserRevoked, invite, make_token, revoke
from cothemes.records.record import Record
from cothemes.records.user import UserRole
from cothemes.stages.route.design import ServingOrder
from cothemes.web.answers import document
from cothemes.web.visitor import Leading

router = APIRouter(prefix="/api/v1", tags=["lead"])

Name = Annotated[str, Path(description="Person's name.")]


class InvitationRequest(Record):
    """A person to invite, or to give other roles."""

    name: str = Field(max_length=60)
    roles: tuple[UserRole, ...]
    email: str = Field(default="", max_length=254)
    """Address of the account at the login provider that alone may accept; empty for whoever has the link."""


class TokenRequest(Record):
    """A token to make."""

    label: str = Field(default="", max_length=200)
    """Purpose of the token."""
    days: int | None = Field(default=None, ge=1, le=3660)
    """Days until it ends; null for no end."""


class RevokeRequest(Record):
    """What to revoke."""

    token: str = ""
    """Id or label of one token; empty: let the person in no more."""


class DrawRequest(Record):
    """A draw of passages for reviewers; what is left out is as in the settings."""

    reviewers: tuple[str, ...]
    documents: tuple[str, ...] = ()
    round: str = ""
    overlap: float | None = Field(default=None, ge=0, le=1)
    blind: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = Field(default=None, ge=0, lt=2**63)
    priority: float | None = Field(default=None, ge=0, le=0.9)
    order: ServingOrder | None = None
    reorder: bool = False
    """True to put passages that nobody has begun in order anew."""
    seeded: float = Field(default=0.0, ge=0, le=0.2)
    dry_run: bool = False
    """True to show what would be drawn and store nothing."""


@router.post("/users", response_model=Invitation, status_code=201)
def invite_person(
    request: Request, asking: Leading, wanted: Annotated[InvitationRequest, Body()]
) -> Response:
    """Invite a person; the link in the answer works once."""
    service = asking.service
    made = invite(service.study, wanted.name, wanted.roles, service.address, email=wanted.email)
    return document(request, made, status=201)


@router.post("/users/{name}/revoke", response_model=UserRevoked)
def revoke_person(
    request: Request, asking: Leading, name: Name, wanted: Annotated[RevokeRequest, Body()]
) -> Response:
    """Let a person in no more, or end one of their tokens, from this moment."""
    return document(request, revoke(asking.service.study, name, wanted.token))


@router.post("/users/{name}/tokens", response_model=TokenMade, status_code=201)
def give_token(
    request: Request, asking: Leading, name: Name, wanted: Annotated[TokenRequest, Body()]
) -> Response:
    """Make a token of the API for a person. It is shown here and nowhere else."""
    made = make_token(asking.service.study, name, wanted.label, wanted.days)
    return document(request, made, status=201)


@router.post("/route", response_model=RouteReport)
def draw(request: Request, asking: Leading, wanted: Annotated[DrawRequest, Body()]) -> Response:
    """Assign passages to reviewers and arms at random.

    The draw is over the whole study, as on the command line. A lead who has passages to code blind is not
    told how many positives are expected: others' codings are in these figures.
    """
    found = route(
        asking.service.study.beside(),
        wanted.reviewers,
        documents=wanted.documents,
        round_name=wanted.round or None,
        overlap=wanted.overlap,
        blind=wanted.blind,
        seed=wanted.seed,
        priority=wanted.priority,
        order=wanted.order,
        reorder=wanted.reorder,
        seeded=wanted.seeded,
        dry_run=wanted.dry_run,
    )
    if kept_back := left_out(asking.study()):
        found = found.model_copy(update={"expected": (), "expected_from": kept_back})
    return document(request, found)
