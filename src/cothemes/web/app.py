"""The app: every route in one place to look, errors as problem documents or pages, headers on all answers."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

import cothemes
from cothemes.errors import CothemesError, NotLoggedIn
from cothemes.web import (
    access,
    adjudication_pages,
    agreement_pages,
    codebook_pages,
    document_pages,
    health,
    home,
    key_pages,
    leading,
    overview_pages,
    people_pages,
    provider_login,
    report_pages,
    reports,
    review,
    review_pages,
    routing_pages,
    stream,
    webhook_pages,
)
from cothemes.web.access import login_before
from cothemes.web.guard import Guard
from cothemes.web.pages import error_page
from cothemes.web.problems import answer, problem, status_of
from cothemes.web.service import Service

API = "/api"
ROUTERS = (
    health.router,
    access.router,
    provider_login.router,
    home.router,
    reports.router,
    review.router,
    leading.router,
    review_pages.router,
    key_pages.router,
    adjudication_pages.router,
    overview_pages.router,
    document_pages.router,
    codebook_pages.router,
    routing_pages.router,
    agreement_pages.router,
    report_pages.router,
    people_pages.router,
    webhook_pages.router,
    stream.router,
)
"""Routes of the API and of pages, each module its own."""


class _Static(StaticFiles):
    """Our own files; they are asked for with their version, so a browser may keep them."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        found = super().file_response(*given, **named)
        found.headers["Cache-Control"] = "public, max-age=3600"
        return found


def create_app(service: Service) -> FastAPI:
    """Return the app that serves a study."""
    app = FastAPI(
        title="cothemes",
        version=cothemes.__version__,
        summary="One study: its reports, and the review of passages.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.state.streams = stream.Streams(service.study)
    for router in ROUTERS:
        app.include_router(router)
    with as_file(files("cothemes.web") / "static") as folder:
        app.mount("/static", _Static(directory=folder), name="static")
    app.add_exception_handler(CothemesError, _failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_middleware(Guard, hosts=service.hosts, behind_tls=service.behind_tls, broken=_broken)
    return app


def _of_api(request: Request) -> bool:
    return request.url.path.startswith(f"{API}/") or request.url.path in ("/health", "/ready", "/events")


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, CothemesError)
    if _of_api(request):
        return problem(error)
    if isinstance(error, NotLoggedIn):
        return RedirectResponse(login_before(request), status_code=303)
    return error_page(request, status_of(error), error.message, error.hint)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"at": ".".join(str(part) for part in each["loc"]), "message": each["msg"]} for each in error.errors()
    ]
    first = wrong[0] if wrong else {"at": "", "message": "the request cannot be read"}
    detail = f"{first['at']}: {first['message']}"
    if _of_api(request):
        return answer(422, "invalid-request", detail, "See /api/docs.", errors=wrong)
    return error_page(request, 422, detail, "Go back and check what you entered.")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _of_api(request):
        kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
        found: JSONResponse = answer(
            error.status_code, kind, str(error.detail), "See /api/docs.", dict(error.headers or {})
        )
        return found
    told = "there is no page at this address" if error.status_code == 404 else str(error.detail)
    return error_page(request, error.status_code, told, "Check the address, or go to the start.")


def _broken(request: Request) -> Response:
    if _of_api(request):
        return answer(500, "fault", "the service failed", "Report it to the lead of the study.")
    return error_page(request, 500, "The service failed", "Report it to the lead of the study.")
