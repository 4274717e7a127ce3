"""The review as an API: lease a passage, act on its card, undo, finish; and adjudication.

The rules are those of the terminal (ARCHITECTURE.md, "A sitting over HTTP"). The person is the one who asks;
no parameter names another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Body, Header, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from cothemes.app.review.adjudicate import Adjudication
from cothemes.app.review.disputes import DisputeList, dispute_list
from cothemes.app.review.leased import Lease, LeasedCard, LeasedReview
from cothemes.app.review.repeated_acts import SentAct
from cothemes.app.review.ruled import RuledCase, ruled_case
from cothemes.app.reviewers import ADJUDICATOR, enrol
from cothemes.app.study import Study
from cothemes.records.codebook import Code
from cothemes.records.record import Listing, Record, canonical_json
from cothemes.stages.review.code_search import found_codes
from cothemes.stages.review.context import Turn
from cothemes.stages.review.sitting import Act, Verb
from cothemes.web.answers import document
from cothemes.web.visitor import Adjudicating, Reviewing, Visitor

router = APIRouter(prefix="/api/v1", tags=["review"])

Holder = Annotated[
    str, Header(alias="Lease-Holder", description="Random name of the tab or program, 8 to 100 characters.")
]
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", description="New for each act; the same key does nothing a second time."),
]
IfMatch = Annotated[str, Header(alias="If-Match", description="ETag of the card that the act was chosen on.")]
PassageId = Annotated[str, Path(description="Id of the passage.")]
RoundName = Annotated[str, Query(alias="round", description="Round; required if there are several.")]


class ClaimRequest(Record):
    """A passage that a tab wants."""

    passage: str = ""
    """Empty: the next that waits."""
    put_off: tuple[str, ...] = Field(default=(), max_length=1000)
    """Passages to serve last."""
    take_over: bool = False
    """True if the passage named moves here from another tab of the same person."""


class Transcript(Listing[Turn]):
    """The document around a passage."""


class FoundCodes(Listing[Code]):
    """Codes that fit what was typed, the likeliest first."""


@router.post("/review/claims", response_model=LeasedCard)
def claim(
    request: Request, asking: Reviewing, wanted: Annotated[ClaimRequest, Body()], holder: Holder
) -> Response:
    """Lease a passage, by default the next that waits, and return its card."""
    with _review(asking) as review:
        found = review.claim(holder, wanted.passage, wanted.put_off, take_over=wanted.take_over)
    return document(request, found, tag=found.card.tag)


@router.get("/review/passages/{passage}", response_model=LeasedCard)
def card(request: Request, asking: Reviewing, passage: PassageId) -> Response:
    """Return a card without a lease, also of a passage that is done."""
    with _review(asking, writes=False) as review:
        found = LeasedCard(lease=None, card=review.report(review.opened(passage)))
    return document(request, found, tag=found.card.tag)


@router.post("/review/passages/{passage}/acts", response_model=LeasedCard)
def act(
    request: Request,
    asking: Reviewing,
    passage: PassageId,
    done: Annotated[Act, Body()],
    holder: Holder,
    key: Key,
    if_match: IfMatch = "",
) -> Response:
    """Do an act on a leased card, and return the card after it; after the last act on it, the next card."""
    with _review(asking) as review:
        found = review.act(passage, _asked(asking, passage, done, holder, key, if_match))
    return document(request, found, tag=found.card.tag)


@router.post("/review/undo", response_model=LeasedCard)
def undo(request: Request, asking: Reviewing, holder: Holder, key: Key) -> Response:
    """Take back your last act, on whatever passage, and lease that passage."""
    with _review(asking) as review:
        found = review.undo(_asked(asking, "", None, holder, key, ""))
    return document(request, found, tag=found.card.tag)


@router.put("/review/passages/{passage}/lease", response_model=Lease)
def extend(request: Request, asking: Reviewing, passage: PassageId, holder: Holder) -> Response:
    """Lease the passage for longer: the heartbeat of an open tab."""
    with _review(asking, writes=False) as review:
        return document(request, review.extend(holder, passage))


@router.delete("/review/passages/{passage}/lease", status_code=204, response_model=None)
def release(asking: Reviewing, passage: PassageId, holder: Holder) -> Response:
    """End the lease, so that another tab may have the passage."""
    with _review(asking, writes=False) as review:
        review.release(holder, passage)
    return Response(status_code=204)


@router.get("/review/passages/{passage}/transcript", response_model=Transcript)
def transcript(
    request: Request,
    asking: Reviewing,
    passage: PassageId,
    turns: Annotated[int, Query(ge=0, le=100_000, description="Turns before and after.")] = 10,
) -> Response:
    """Return the document around a passage that is assigned to you."""
    with _review(asking, writes=False) as review:
        return document(request, Transcript(tuple(review.transcript(review.opened(passage), turns))))


@router.get("/review/passages/{passage}/codes", response_model=FoundCodes)
def codes(
    request: Request,
    asking: Reviewing,
    passage: PassageId,
    typed: Annotated[str, Query(alias="q", max_length=200, description="Words of a code.")] = "",
) -> Response:
    """Find codes that may be given on the card."""
    with _review(asking, writes=False) as review:
        return document(request, FoundCodes(tuple(found_codes(review.book(review.opened(passage)), typed))))


@router.get("/adjudication", response_model=DisputeList, tags=["adjudication"])
def disputes(request: Request, asking: Adjudicating, round_name: RoundName = "") -> Response:
    """List the passages in dispute, without anyone's codes."""
    return document(request, dispute_list(table_of(asking, asking.study(), round_name)))


@router.post("/adjudication/{passage}/open", response_model=RuledCase, tags=["adjudication"])
def open_case(
    request: Request, asking: Adjudicating, passage: PassageId, round_name: RoundName = ""
) -> Response:
    """Open a case. That it was opened is recorded: its readers cannot change their codes any more."""
    study = asking.study()
    with study.store.together():
        found = ruled_case(study, table_of(asking, study, round_name), passage)
    return document(request, found, tag=found.case.tag)


@router.post("/adjudication/{passage}/acts", response_model=RuledCase, tags=["adjudication"])
def rule(
    request: Request,
    asking: Adjudicating,
    passage: PassageId,
    done: Annotated[Act, Body()],
    key: Key,
    if_match: IfMatch = "",
    round_name: RoundName = "",
) -> Response:
    """Rule on a code of a case, note, or undo your last ruling of the round."""
    study = asking.study()
    asked = _asked(asking, f"{round_name}\0{passage}", done, "", key, if_match)
    with study.store.together():
        found = ruled_case(study, table_of(asking, study, round_name), passage, asked)
    return document(request, found, tag=found.case.tag)


@contextmanager
def _review(asking: Visitor, *, writes: bool = True) -> Iterator[LeasedReview]:
    """The person's review. With `writes`, all that the request reads and writes is one transaction.

    The desk sees the whole study and asks for nothing that would unblind. What it may ask for changes within
    a request: once blind codes are locked, the suggestions come.
    """
    desks = asking.service.desks
    at = desks.writing(asking.name) if writes else desks.reading(asking.name)
    with at as (study, desk):
        minutes = study.settings.serve.lease_minutes
        yield LeasedReview(study, desk, minutes, reads_findings=asking.reads_findings)


def table_of(asking: Visitor, study: Study, round_name: str) -> Adjudication:
    """Return a round for the person to adjudicate. Their role is enough: they are registered here."""
    enrol(asking.service.study, asking.name, ADJUDICATOR)
    return Adjudication(study, asking.name, round_name)


def _asked(asking: Visitor, place: str, done: Act | None, holder: str, key: str, if_match: str) -> SentAct:
    """The act with the digest by which a key that comes again is compared."""
    act = done or Act(verb=Verb.UNDO)
    said = canonical_json([place, done.model_dump(mode="json") if done else "undo"])
    return SentAct(
        holder=holder,
        act=act,
        key=key,
        digest=asking.service.keyed("act", said),
        tag=if_match.strip().removeprefix("W/").strip('"'),
    )
