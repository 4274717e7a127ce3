"""Pages on the state of the study: the overview, and the runs with what they cost."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from cothemes.app.review.blindness import left_out
from cothemes.app.runs.costs import CostGroup
from cothemes.presentation.auto_accept_text import certificate_words
from cothemes.web import reports
from cothemes.web.pages import page
from cothemes.web.visitor import Leading

router = APIRouter(include_in_schema=False)


@router.get("/overview")
def overview(request: Request, asking: Leading) -> Response:
    """Show counts of the study and how far each reviewer is."""
    study = asking.study()
    found = reports.show_status(asking, study)
    return page(
        request,
        "overview",
        title="Overview",
        visitor=asking,
        found=found,
        words=certificate_words,
        kept_back=left_out(study),
    )


@router.get("/runs")
def runs(request: Request, asking: Leading) -> Response:
    """Show every run with its progress and its costs."""
    study = asking.study()
    found = reports.show_status(asking, study)
    spent = reports.show_costs(asking, study, "run")
    by_run: dict[str, list[CostGroup]] = {}
    for group in spent.groups:
        by_run.setdefault(group.run or "", []).append(group)
    return page(
        request,
        "runs",
        title="Runs",
        visitor=asking,
        found=found,
        costs=spent,
        by_run=by_run,
        kept_back=left_out(study),
    )
