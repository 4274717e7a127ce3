"""The report of the study: opened in the browser, or downloaded as a page or a Word document."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from cothemes.app import wiring
from cothemes.app.findings.coders_by_number import coder_numbers, with_numbers
from cothemes.app.findings.report import report
from cothemes.app.privacy.access import published_words, record_access
from cothemes.app.review.blindness import left_out
from cothemes.presentation.pages import PageHead
from cothemes.presentation.report_page import report_page
from cothemes.records.access import AccessKind
from cothemes.web.pages import page
from cothemes.web.visitor import Finding, Visitor

router = APIRouter(include_in_schema=False)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)

Quotes = Annotated[int, Query(ge=0, le=50)]


@router.get("/report")
def choices(request: Request, asking: Finding) -> Response:
    """Show what can be chosen of the report."""
    return page(
        request, "report", title="Report", visitor=asking, kept_back=left_out(asking.study()), most_quotes=50
    )


@router.get("/report/page")
def opened(asking: Finding, quotes: Quotes = 3, memos: bool = False, numbered: bool = False) -> Response:
    """Show the report. It is a page of its own that may do nothing: no script, no form, no request."""
    text = _text(asking, quotes=quotes, memos=memos, numbered=numbered)
    style = _STYLE.search(text)
    digest = b64encode(sha256(style[1].encode() if style else b"").digest()).decode()
    policy = f"sandbox; default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


@router.get("/report/file")
def downloaded(
    asking: Finding,
    form: Literal["html", "docx"] = "html",
    quotes: Quotes = 3,
    memos: bool = False,
    numbered: bool = False,
) -> Response:
    """Send the report as a file, which is recorded."""
    text = _text(asking, quotes=quotes, memos=memos, numbered=numbered)
    study = asking.service.study
    record_access(
        study,
        AccessKind.EXPORT,
        "report",
        words=published_words(study, originals=False),
        by=asking.name,
    )
    headers = {"Content-Disposition": f'attachment; filename="report.{form}"'}
    if form == "html":
        return HTMLResponse(text, headers=headers)
    with TemporaryDirectory(prefix="cothemes-report-") as folder:
        path = Path(folder) / "report.docx"
        wiring.write_docx_page(path, text)
        return Response(path.read_bytes(), headers=headers, media_type=WORD)


def _text(asking: Visitor, *, quotes: int, memos: bool, numbered: bool) -> str:
    study = asking.study()
    found = report(study, quotes=quotes, memos=memos)
    if numbered:
        found = with_numbers(found, coder_numbers(study))
    former = asking.service.former_codes()
    return report_page(found, PageHead(found.title, wiring.clock().now(), former=former))
