"""Pages of documents and speakers, and of adding documents: looked at first, then stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from cothemes.app.corpus.ingest import FileReport, FileState, IngestReport, ingest
from cothemes.app.review.blindness import left_out
from cothemes.errors import UsageError
from cothemes.presentation.ingest_check_text import chosen_in_words, convention_in_words, role_in_words
from cothemes.records.document import Kind
from cothemes.records.text import counted
from cothemes.web import reports
from cothemes.web.pages import page
from cothemes.web.uploads import MOST_FILES
from cothemes.web.visitor import Finding, Form, Leading, Visitor, only, sent_form

router = APIRouter(include_in_schema=False)

TOLD, STORED = "documents", "documents stored"
ON_A_PAGE = 100
"""Documents or speakers on one page."""

PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/documents")
def documents(request: Request, asking: Finding, at: PageNumber = 1) -> Response:
    """List the documents with their counts."""
    study = asking.study()
    found = reports.show_documents(asking, study).documents
    return page(
        request,
        "documents",
        title="Documents",
        visitor=asking,
        shown=found[(at - 1) * ON_A_PAGE : at * ON_A_PAGE],
        count=len(found),
        words=sum(each.words for each in found),
        at=at,
        pages=-(-len(found) // ON_A_PAGE),
        kinds=list(Kind),
        said=asking.service.told.take(asking.name, TOLD),
        stored=bool(asking.service.told.take(asking.name, STORED)),
        kept_back=left_out(study),
    )


@router.get("/documents/speakers")
def speakers(request: Request, asking: Leading, at: PageNumber = 1) -> Response:
    """List who speaks in which document."""
    found = reports.show_speakers(asking, asking.study())
    return page(
        request,
        "speakers",
        title="Speakers",
        visitor=asking,
        shown=found.speakers[(at - 1) * ON_A_PAGE : at * ON_A_PAGE],
        without=found.without_speakers,
        at=at,
        pages=-(-len(found.speakers) // ON_A_PAGE),
    )


async def sent_files(request: Request) -> dict[str, bytes]:
    """Return the files of a form by name. Raises UsageError for none, or for two of one name."""
    found: dict[str, bytes] = {}
    form = await sent_form(request)
    for each in form.getlist("file"):
        if not isinstance(each, UploadFile) or not each.filename:
            continue
        if each.filename in found:
            raise UsageError(f"two files are called {each.filename!r}", hint="Rename one of them.")
        found[each.filename] = await each.read()
    if not found:
        raise UsageError("no file was chosen", hint=f"Choose up to {MOST_FILES} files.")
    return found


@router.post("/documents/check")
def check(
    request: Request, asking: Leading, form: Form, files: Annotated[dict[str, bytes], Depends(sent_files)]
) -> Response:
    """Show how each file is understood; nothing is stored."""
    folder = asking.service.uploads.put(asking.name, files)
    kind = only(form, "kind")
    found = _read(asking, folder, kind, check_only=True)
    return page(
        request,
        "upload",
        title="How these files are understood",
        visitor=asking,
        read=[each for each in found.files if each.understood is not None],
        others=[(Path(each.path).name, each) for each in found.files if each.understood is None],
        kind=kind,
        folder=folder.name,
        in_words=convention_in_words,
        chosen=chosen_in_words,
        role=role_in_words,
    )


@router.post("/documents/store")
def store(asking: Leading, form: Form) -> Response:
    """Read the files that were looked at into the study, or delete them unread."""
    uploads, told = asking.service.uploads, asking.service.told
    if only(form, "do") != "store":
        uploads.drop(asking.name)
        told.put(asking.name, TOLD, "Nothing was stored.")
    else:
        folder = uploads.get(asking.name, only(form, "folder"))
        found = _read(asking, folder, only(form, "kind"), check_only=False)
        uploads.drop(asking.name)
        told.put(asking.name, TOLD, _said(found))
        if _read_now(found):
            told.put(asking.name, STORED, STORED)
    return RedirectResponse("/documents", status_code=303)


def _read(asking: Visitor, folder: Path, kind: str, *, check_only: bool) -> IngestReport:
    if kind and kind not in set(Kind):
        raise UsageError(f"no kind is called {kind!r}", hint=f"Choose from: {', '.join(Kind)}.")
    files = sorted(folder.iterdir())
    return ingest(
        asking.service.study.beside(), files, kind=Kind(kind) if kind else None, check_only=check_only
    )


def _read_now(found: IngestReport) -> list[FileReport]:
    return [each for each in found.files if each.state in (FileState.NEW, FileState.UPDATED)]


def _said(found: IngestReport) -> str:
    read = _read_now(found)
    passages = sum(each.passages for each in read)
    words = [f"{counted(len(read), 'document')} stored, {counted(passages, 'passage')}."]
    others = [each for each in found.files if each not in read]
    words += [
        f"{Path(each.path).name}: {each.state.value}{f', {each.reason}' if each.reason else ''}."
        for each in others
    ]
    return " ".join(words)
