"""Pages of assigning: who has which passages, and a draw that is looked at before it is stored."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.review.blindness import left_out
from cothemes.app.reviewers import ADJUDICATOR
from cothemes.app.routing.route import RouteReport, route
from cothemes.errors import CothemesError, UsageError
from cothemes.records.text import counted
from cothemes.web import reports
from cothemes.web.pages import page
from cothemes.web.visitor import Form, Leading, Visitor, only

router = APIRouter(include_in_schema=False)

TOLD = "routing"
SHARES = {
    "overlap": "Share of passages that all of them code blind",
    "blind": "Share of the remaining passages that is coded blind by one",
}
"""Field that holds a percentage → its label."""


@router.get("/routing")
def routing(request: Request, asking: Leading) -> Response:
    """Show who has which passages, and the form of a draw."""
    return _shown(request, asking, {})


@router.post("/routing")
def draw(request: Request, asking: Leading, form: Form) -> Response:
    """Show what a draw would assign, or store it where the form says so."""
    store = only(form, "do") == "store"
    try:
        made = _drawn(asking, form, dry_run=not store)
    except CothemesError as error:
        return _shown(request, asking, form, refused=error)
    if not store:
        return _shown(request, asking, form, preview=made)
    asking.service.told.put(
        asking.name, TOLD, f"Assigned: {counted(made.drawn, 'passage')} in round {made.round}."
    )
    return RedirectResponse("/routing", status_code=303)


def _drawn(asking: Visitor, form: dict[str, list[str]], *, dry_run: bool) -> RouteReport:
    """Draw over the whole study. The page shows counts of passages only: expected positives would tell a
    lead who codes blind of others' codings.
    """
    return route(
        asking.service.study.beside(),
        form.get("reviewer", []),
        round_name=only(form, "round").strip() or None,
        overlap=_share(form, "overlap"),
        blind=_share(form, "blind"),
        dry_run=dry_run,
    )


def _share(form: dict[str, list[str]], name: str) -> float | None:
    given = only(form, name).strip()
    if not given:
        return None
    try:
        found = float(given)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise UsageError(f"“{SHARES[name]}” is {given!r}", hint="Enter a number from 0 to 100.")
    return found / 100


def _shown(
    request: Request,
    asking: Visitor,
    form: dict[str, list[str]],
    *,
    preview: RouteReport | None = None,
    refused: CothemesError | None = None,
) -> Response:
    study = asking.study()
    people = reports.show_reviewers(asking, study).root
    design = study.settings.route
    return page(
        request,
        "routing",
        title="Routing",
        visitor=asking,
        status=400 if refused else 200,
        people=people,
        able=[each for each in people if each.role != ADJUDICATOR and not each.paused],
        chosen=set(form.get("reviewer", [])),
        round_name=only(form, "round"),
        overlap=only(form, "overlap") or f"{design.overlap * 100:g}",
        blind=only(form, "blind") or f"{design.blind * 100:g}",
        shares=SHARES,
        preview=preview,
        refused=refused,
        said=asking.service.told.take(asking.name, TOLD),
        kept_back=left_out(study),
    )
