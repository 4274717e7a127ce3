"""Pages: templates in which every word is escaped, and the frame that they share."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

import cothemes
from cothemes.presentation.pages import marked_interval, page_as_read
from cothemes.records.numbers import coefficient, number, percent
from cothemes.records.text import counted, shown_text
from cothemes.records.user import UserRole
from cothemes.web.advice import for_pages, sentence
from cothemes.web.visitor import Visitor, service_of

_PACKAGE = "cothemes.web"

_LEAD = frozenset({UserRole.LEAD})
_FINDINGS = frozenset({UserRole.LEAD, UserRole.READER})
MENU: tuple[tuple[str, str, frozenset[UserRole]], ...] = (
    ("Start", "/", frozenset(UserRole)),
    ("My passages", "/review", frozenset({UserRole.REVIEWER})),
    ("Adjudication", "/adjudication", frozenset({UserRole.ADJUDICATOR, UserRole.LEAD})),
    ("Overview", "/overview", _LEAD),
    ("Documents", "/documents", _FINDINGS),
    ("Codebook", "/codebook", frozenset(UserRole)),
    ("Routing", "/routing", _LEAD),
    ("Runs", "/runs", _LEAD),
    ("Agreement", "/agreement", _FINDINGS),
    ("Disagreements", "/disagreements", _FINDINGS),
    ("Report", "/report", _FINDINGS),
    ("People", "/people", _LEAD),
    ("Webhooks", "/webhooks", _LEAD),
)
"""Entries of the menu: words, path, roles that see it. A module that adds a page adds its entry here."""


def page(
    request: Request,
    template: str,
    *,
    title: str,
    visitor: Visitor | None = None,
    status: int = 200,
    **fields: Any,
) -> HTMLResponse:
    """Return a page from `templates/NAME.html.jinja`; everything in `fields` is escaped."""
    roles = set(visitor.user.roles) if visitor else set()
    menu = [(words, path) for words, path, seen_by in MENU if not seen_by.isdisjoint(roles)]
    text = (
        environment()
        .get_template(f"{template}.html.jinja")
        .render(
            title=title,
            study=service_of(request).study.settings.study.title,
            visitor=visitor,
            csrf=visitor.csrf if visitor else "",
            menu=menu,
            here=request.url.path,
            version=cothemes.__version__,
            leaving=fields.get("tab", ""),
            **fields,
        )
    )
    if "~" in text:
        text = page_as_read(text, service_of(request).former_codes())
    return HTMLResponse(text, status)


def error_page(request: Request, status: int, message: str, hint: str) -> HTMLResponse:
    """Return a page that says what is wrong and what to do."""
    title = "Not found" if status == 404 else "That did not work"
    return page(request, "error", title=title, status=status, message=message, hint=hint)


@cache
def environment() -> Environment:
    """Templates in which every word is escaped and nothing undefined passes."""
    made = Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    made.filters.update(count_of=counted, number=number, percent=percent)
    made.filters.update(advice=for_pages, sentence=sentence)
    made.filters.update(figure=coefficient, interval=marked_interval)
    made.globals.update(static=static)
    return made


@cache
def static(name: str) -> str:
    """Return the path of one of our static files, with its version."""
    content = (files(_PACKAGE) / "static" / name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"


def _harmless(value: Any) -> Any:
    """Words without control and bidirectional characters; markup of our own stays as it is."""
    return shown_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
