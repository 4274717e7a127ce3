"""Pages of review: the queue, and the card with its forms. They work without scripts; a script adds keys.

Every form sends a key of its own, so that a form sent twice acts once, and the tag of the card that it was
made for. After an act the browser is sent on to a page that only shows.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.corpus.document_names import document_slugs
from cothemes.app.review.leased import LeasedCard, LeasedReview
from cothemes.app.review.own_keys import own_keys
from cothemes.app.review.readings import review_queue
from cothemes.app.review.repeated_acts import SentAct
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import CothemesError, PassageHeld
from cothemes.presentation.ids import ShortIds
from cothemes.records.record import canonical_json
from cothemes.stages.review.card import reason_shown
from cothemes.stages.review.code_search import found_codes
from cothemes.stages.review.sitting import Act, Verb
from cothemes.stages.review.triage import question_before_done
from cothemes.web.advice import for_pages
from cothemes.web.card_view import act_of, attributes_of, by_theme, pieces_of
from cothemes.web.key_pages import shown_keys
from cothemes.web.pages import page
from cothemes.web.visitor import Form, Reviewing, Visitor, only

router = APIRouter(include_in_schema=False)

LISTED = 100
"""Passages of the queue that are listed."""
SHORTEST_NAME = 8
"""Characters of a tab's name."""
TURNS, ALL_TURNS = 6, 100_000
"""Turns of the transcript on each side of the passage."""

Tab = Annotated[str, Query(max_length=100, description="Name of the tab.")]


@router.get("/review")
def queue(
    request: Request,
    asking: Reviewing,
    left: Annotated[str, Query(max_length=100, description="Name of the tab that came from a card.")] = "",
    at: Annotated[int, Query(ge=1, le=100_000, description="Part of the list.")] = 1,
) -> Response:
    """Show the person's queue. The card that the page comes from is let go."""
    with _reading(asking) as review:
        if left:
            review.leave(left)
        found = review_queue(review.desk, at * LISTED)
    first = (at - 1) * LISTED
    waiting = len(found.waiting) + found.not_listed
    return page(
        request,
        "queue",
        title="My passages",
        visitor=asking,
        queue=found,
        shown=found.waiting[first:],
        first=first + 1,
        waiting=waiting,
        at=at,
        pages=-(-waiting // LISTED),
        ids=ShortIds(frozenset(document_slugs(asking.service.study))),
    )


@router.post("/review/claim")
def claim(asking: Reviewing) -> Response:
    """Show the first passage of the queue; the page that opens takes it over from any other."""
    with _reading(asking) as review:
        place = review.first()
    return RedirectResponse(f"/review/cards/{quote(place)}" if place else "/review", status_code=303)


@router.get("/review/cards/{passage}")
def card(
    request: Request,
    asking: Reviewing,
    passage: str,
    tab: Tab = "",
    turns: Annotated[int, Query(ge=0, le=ALL_TURNS)] = TURNS,
    typed: Annotated[str, Query(alias="q", max_length=200)] = "",
    ask: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show a card, and take the passage over from the page that had it."""
    tab = tab if len(tab) >= SHORTEST_NAME else _new_name()
    with _reading(asking) as review:
        state = review.opened(passage)
        review.take_over(tab, state.place)
        shown, book = review.report(state), review.book(state)
        transcript = review.transcript(state, turns)
        makes_codes, offered = review.makes_codes(state), review.new_name(state, typed)
        final = review.desk.final(state.place) if state.open_card.standing.done else None
    assert state.card is not None
    found = found_codes(book, typed)
    words = state.card.passage
    keys = own_keys(asking.service.study, asking.name)
    numbers = {row.code: row.number for row in shown.rows}
    suggestions = {each.code: each for each in shown.card.suggestions} if shown.card else {}
    return page(
        request,
        "card",
        title=state.card.setting.title,
        visitor=asking,
        tab=tab,
        key=_new_name(),
        shown=shown,
        card=shown.card,
        setting=state.card.setting,
        passage=words,
        standing=state.card.standing,
        pieces=pieces_of(
            words,
            [(row.code, row.spans) for row in shown.rows if row.applies],
            [(code, each.spans) for code, each in suggestions.items() if code in numbers],
        ),
        reasons={each.code: reason_shown(each) for each in state.card.suggestions},
        suggestions=suggestions,
        numbers=numbers,
        keys=keys,
        shown_keys=shown_keys(keys),
        attributes={row.code: attributes_of(book, row.code) for row in shown.rows},
        codes=by_theme(book, found),
        by_id=book.by_id,
        typed=typed,
        makes_codes=makes_codes,
        offered=offered,
        transcript=transcript,
        final=final,
        turns=turns,
        all_turns=ALL_TURNS,
        question=question_before_done(state.card) if ask == "sure" else "",
        said=asking.service.told.take(asking.name, tab),
        lease_seconds=int(asking.service.study.settings.serve.lease_minutes * 60),
    )


@router.post("/review/cards/{passage}")
def act(asking: Reviewing, passage: str, form: Form) -> Response:
    """Do what a form of the card says, and go on to the card that comes then."""
    tab = only(form, "tab") or _new_name()
    try:
        with _writing(asking) as review:
            done = act_of(form, review.opened(passage).open_card.passage)
            sent = _sent(asking, passage, form, done, tab)
            found = review.undo(sent, passage) if done.verb is Verb.UNDO else review.act(passage, sent)
    except CothemesError as error:
        return _refused(asking, passage, tab, error)
    asking.service.told.put(asking.name, tab, found.said, repeated=found.repeated)
    return _on(found, tab)


@router.post("/review/cards/{passage}/leave")
def leave(asking: Reviewing, passage: str, form: Form) -> Response:
    """Let the passage go: the page was closed or left."""
    with _reading(asking) as review:
        review.release(only(form, "tab"), passage)
    return Response(status_code=204)


@router.post("/review/cards/{passage}/lease")
def keep(asking: Reviewing, passage: str, form: Form) -> Response:
    """Extend the lease: the heartbeat of an open page."""
    with _reading(asking) as review:
        review.extend(only(form, "tab"), passage)
    return Response(status_code=204)


def _on(found: LeasedCard, tab: str) -> Response:
    place = found.card.passage
    if not place:
        return RedirectResponse("/review", status_code=303)
    more = {"tab": tab, **({"ask": "sure"} if found.card.asking else {})}
    return RedirectResponse(f"/review/cards/{quote(place)}?{urlencode(more)}", status_code=303)


def _refused(asking: Visitor, passage: str, tab: str, error: CothemesError) -> Response:
    if isinstance(error, PassageHeld):
        error = error.reworded(
            message="you opened this passage on another page since",
            hint="Here is the card as it is now: go on here, or on the other page after opening it anew.",
        )
    words = f"Not recorded: {error.message}. {for_pages(error.hint)}".strip()
    asking.service.told.put(asking.name, tab, words)
    return RedirectResponse(f"/review/cards/{quote(passage)}?{urlencode({'tab': tab})}", status_code=303)


def _sent(asking: Visitor, passage: str, form: dict[str, list[str]], done: Act, tab: str) -> SentAct:
    said = canonical_json(["" if done.verb is Verb.UNDO else passage, done.model_dump(mode="json")])
    return SentAct(
        act=done,
        key=f"{only(form, 'key')}-{asking.service.keyed('form', said)[:16]}",
        digest=asking.service.keyed("act", said),
        holder=tab,
        tag=only(form, "tag"),
    )


@contextmanager
def _writing(asking: Visitor) -> Iterator[LeasedReview]:
    with asking.service.desks.writing(asking.name) as (study, desk):
        yield _review(asking, study, desk)


@contextmanager
def _reading(asking: Visitor) -> Iterator[LeasedReview]:
    with asking.service.desks.reading(asking.name) as (study, desk):
        yield _review(asking, study, desk)


def _review(asking: Visitor, study: Study, desk: Desk) -> LeasedReview:
    """The review of pages: what an act leads to is leased by the page that shows it."""
    minutes = study.settings.serve.lease_minutes
    return LeasedReview(study, desk, minutes, leases_answer=False, reads_findings=asking.reads_findings)


def _new_name() -> str:
    return secrets.token_urlsafe(12)
