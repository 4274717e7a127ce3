"""Pages of the codebook: its codes in full, and its history."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from cothemes.app.codebook.operations import described
from cothemes.app.review.blindness import codebook_seen_by
from cothemes.web import reports
from cothemes.web.card_view import by_theme
from cothemes.web.pages import page
from cothemes.web.visitor import Asking, Finding

router = APIRouter(include_in_schema=False)


@router.get("/codebook")
def codebook(request: Request, asking: Asking) -> Response:
    """Show every code with its definition and rules."""
    book = codebook_seen_by(asking.study(), asking.name)
    return page(
        request, "codebook", title="Codebook", visitor=asking, book=book, themes=by_theme(book, book.codes)
    )


@router.get("/codebook/history")
def history(request: Request, asking: Finding) -> Response:
    """Show the versions in use and the operations on codes."""
    study = asking.study()
    return page(
        request,
        "codebook_history",
        title="History of the codebook",
        visitor=asking,
        log=reports.show_codebook_log(asking, study),
        operations=reports.show_codebook_history(asking, study).operations,
        described=described,
    )
