"""The first page of each person: what waits for them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from cothemes.web.pages import page
from cothemes.web.visitor import Asking

router = APIRouter(include_in_schema=False)

ABOUT = {
    "/review": "code the passages that wait for you",
    "/adjudication": "rule on passages that were coded differently",
    "/overview": "counts, and how far each reviewer is",
    "/documents": "what was read, and adding files",
    "/codebook": "every code with its definition",
    "/routing": "assign passages to reviewers",
    "/runs": "what coders did and what it cost",
    "/agreement": "how far people and coders agree",
    "/disagreements": "passages to talk about",
    "/report": "findings and methods, to open or download",
    "/people": "invite people and revoke",
    "/webhooks": "where events are sent, and what did not arrive",
}
"""Path of a page → what it is for."""


@router.get("/")
def home(request: Request, asking: Asking) -> Response:
    """Show the person's own work."""
    return page(request, "home", title="Start", visitor=asking, about=ABOUT)
