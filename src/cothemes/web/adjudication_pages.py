"""Pages of adjudication: what is in dispute, and a case with its readers by number."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.review.disputes import dispute_list
from cothemes.app.review.own_keys import own_keys
from cothemes.app.review.repeated_acts import SentAct
from cothemes.app.review.ruled import ruled_case
from cothemes.errors import CothemesError, StateConflict
from cothemes.records.adjudication import Ruling
from cothemes.records.record import canonical_json
from cothemes.web.advice import for_pages
from cothemes.web.card_view import act_of, attributes_of, by_theme, pieces_of
from cothemes.web.key_pages import shown_keys
from cothemes.web.pages import page
from cothemes.web.review import table_of
from cothemes.web.visitor import Adjudicating, Form, Visitor, only

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 100
"""Passages in dispute on one page."""

RoundName = Annotated[str, Query(alias="round", max_length=200)]


@router.get("/adjudication")
def cases(
    request: Request,
    asking: Adjudicating,
    round_name: RoundName = "",
    at: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List the passages in dispute, without anyone's codes."""
    study = asking.study()
    rounds = sorted({each.round for each in study.store.reviews.assignments(every=True)})
    refused = None
    found = None
    try:
        found = dispute_list(table_of(asking, study, round_name))
    except CothemesError as error:
        refused = error
    # What waits for a ruling comes first, whatever part of the list is shown.
    listed = sorted(found.cases, key=lambda each: not each.left) if found else []
    return page(
        request,
        "disputes",
        title="Adjudication",
        visitor=asking,
        found=found,
        shown=listed[(at - 1) * ON_A_PAGE : at * ON_A_PAGE],
        at=at,
        pages=-(-len(listed) // ON_A_PAGE),
        refused=refused,
        nothing=isinstance(refused, StateConflict) and not rounds,
        rounds=rounds,
        round_name=round_name,
    )


@router.post("/adjudication/{passage}/open")
def open_case(asking: Adjudicating, passage: str, form: Form) -> Response:
    """Open a case, which is recorded, and show it."""
    round_name = only(form, "round")
    study = asking.study()
    with study.store.together():
        ruled_case(study, table_of(asking, study, round_name), passage)
    return _on(passage, round_name)


@router.get("/adjudication/{passage}")
def case(request: Request, asking: Adjudicating, passage: str, round_name: RoundName = "") -> Response:
    """Show a case that was opened."""
    study = asking.study()
    table = table_of(asking, study, round_name)
    if not _opened(asking, passage, table.round):
        raise StateConflict(
            f"{passage} was not opened yet", hint="Open it on the page of adjudication: that is recorded."
        )
    found = ruled_case(study, table, passage)
    dispute = table.dispute(passage)
    shown = found.case.case
    assert shown is not None
    keys = own_keys(asking.service.study, asking.name)
    marked = [(each.code, [a.span for a in each.answers if a.span]) for each in shown.codes]
    return page(
        request,
        "dispute",
        title=dispute.setting.title,
        visitor=asking,
        case=shown,
        tag=found.case.tag,
        key=secrets.token_urlsafe(12),
        keys=keys,
        shown_keys=shown_keys(keys),
        following=found.next,
        round_name=table.round,
        setting=dispute.setting,
        passage=dispute.case.passage,
        pieces=pieces_of(dispute.case.passage, marked),
        attributes={each.code: attributes_of(table.codebook, each.code) for each in shown.codes},
        codes=by_theme(table.codebook, table.codebook.codes),
        transcript=table.transcript(dispute, 6),
        said=asking.service.told.take(asking.name, passage),
    )


@router.post("/adjudication/{passage}")
def rule(asking: Adjudicating, passage: str, form: Form) -> Response:
    """Do what a form of the case says."""
    round_name = only(form, "round")
    study = asking.study()
    try:
        with study.store.together():
            table = table_of(asking, study, round_name)
            act = act_of(form, table.dispute(passage).case.passage)
            said = canonical_json([round_name, passage, act.model_dump(mode="json")])
            sent = SentAct(
                act=act,
                key=f"{only(form, 'key')}-{asking.service.keyed('form', said)[:16]}",
                digest=asking.service.keyed("act", said),
                tag=only(form, "tag"),
            )
            found = ruled_case(study, table, passage, sent)
        told, repeated = found.said, found.repeated
    except CothemesError as error:
        told, repeated = f"Not recorded: {error.message}. {for_pages(error.hint)}".strip(), False
    asking.service.told.put(asking.name, passage, told, repeated=repeated)
    return _on(passage, round_name)


def _on(passage: str, round_name: str) -> Response:
    where = f"/adjudication/{quote(passage)}?{urlencode({'round': round_name})}"
    return RedirectResponse(where, status_code=303)


def _opened(asking: Visitor, passage: str, round_name: str) -> bool:
    records = asking.service.study.store.settlements.all(passage=passage)
    return any(each.round == round_name and each.ruling is Ruling.OPENED for each in records)
