"""Pages of the codebook: its codes in full, and its history."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.codebook.drafts import Draft, discard_draft, drafts_for_lead, publish_draft
from cothemes.app.codebook.operations import described
from cothemes.app.review.blindness import codebook_seen_by
from cothemes.app.reviewers import ADJUDICATOR, enrol
from cothemes.app.study import Study
from cothemes.errors import CothemesError, StateConflict, UsageError
from cothemes.records.code_operation import DraftAct
from cothemes.records.user import UserRole
from cothemes.stages.review.code_search import LONGEST_NAME
from cothemes.web import reports
from cothemes.web.card_view import by_theme
from cothemes.web.pages import page
from cothemes.web.visitor import Asking, Finding, Form, Leading, Visitor, only

router = APIRouter(include_in_schema=False)

TOLD, PUBLISHED = "codebook", "code published"


@router.get("/codebook")
def codebook(request: Request, asking: Asking) -> Response:
    """Show every code with its definition and rules."""
    return _shown(request, asking)


@router.post("/codebook/drafts/{code}")
def settle_draft(request: Request, asking: Leading, code: str, form: Form) -> Response:
    """Publish a draft, or discard it."""
    service = asking.service
    try:
        with service.study.store.together():
            enrol(service.study, asking.name, ADJUDICATOR)
            told, published = _settled(service.study, asking.name, code, form)
    except CothemesError as error:
        return _shown(request, asking, refused=error)
    service.told.put(asking.name, TOLD, told)
    if published:
        service.told.put(asking.name, PUBLISHED, published)
    return RedirectResponse("/codebook", status_code=303)


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


def _shown(request: Request, asking: Visitor, *, refused: CothemesError | None = None) -> Response:
    study = asking.study()
    book = codebook_seen_by(asking.service.study.beside(), asking.name)
    waiting: list[Draft] = []
    hidden = 0
    if asking.has(UserRole.LEAD):
        found = drafts_for_lead(study, asking.name)
        waiting = [each for each in found.drafts if each.state is DraftAct.CREATED]
        hidden = found.hidden
    return page(
        request,
        "codebook",
        title="Codebook",
        visitor=asking,
        status=400 if refused else 200,
        book=book,
        themes=by_theme(book, book.codes),
        drafts=waiting,
        hidden=hidden,
        longest=LONGEST_NAME,
        refused=refused,
        said=asking.service.told.take(asking.name, TOLD),
        published=asking.service.told.take(asking.name, PUBLISHED),
    )


def _settled(study: Study, who: str, code: str, form: dict[str, list[str]]) -> tuple[str, str]:
    """Do what the form says with a draft. Return it in a sentence, with the id of a code now published."""
    known = drafts_for_lead(study, who).drafts
    if all(each.code.id != code for each in known):
        raise StateConflict(
            "this draft is not among those that you see",
            hint="A draft made on a passage that you still have to code blind is shown once you are done.",
        )
    reason = only(form, "reason")
    if only(form, "do") == "discard":
        found = discard_draft(study, code, by=who, reason=reason, leads=True)
        return f"{found.code.label} is discarded. What {found.by} decided with it counts nowhere.", ""
    if only(form, "do") != "publish":
        raise UsageError("nothing was chosen", hint="Use a button of the page.")
    made = publish_draft(
        study,
        code,
        by=who,
        new_id=only(form, "id").strip(),
        label=only(form, "label"),
        definition=only(form, "definition"),
        theme=only(form, "theme"),
        reason=reason,
        leads=True,
    )
    words = f"{made.code.id} {made.code.label} is in the codebook: everybody codes by it from now on."
    return words, made.code.id
