"""Whether the service runs, whether it can answer, and what the API offers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

import cothemes
from cothemes.errors import CothemesError
from cothemes.web.pages import page
from cothemes.web.problems import answer
from cothemes.web.visitor import service_of

router = APIRouter()


@router.get("/health", tags=["service"])
def health() -> dict[str, str]:
    """Return that the process runs."""
    return {"status": "ok", "version": cothemes.__version__}


@router.get("/ready", tags=["service"], response_model=None)
def ready(request: Request) -> Response:
    """Return 200 once the study's records can be read, else 503."""
    study = service_of(request).study
    try:
        study.store.meta.get("ready")
    except CothemesError:
        return answer(503, "not-ready", "the study's records cannot be read", "cothemes doctor says why.")
    return JSONResponse({"status": "ready"})


@router.get("/api/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """Show the API as a page without scripts."""
    schema: dict[str, Any] = request.app.openapi()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    tags = sorted({tag for each in operations for tag in each.get("tags", ["other"])})
    return page(request, "api_docs", title="API", operations=operations, tags=tags)
