"""The first page of each person: what waits for them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from cothemes.web.pages import page
from cothemes.web.visitor import Asking

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, asking: Asking) -> Response:
    """Show the person's own work."""
    return page(request, "home", title="Start", visitor=asking)
