"""Pages of agreement and of disagreements: figures with their intervals, and passages to talk about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from cothemes.app.kept import kept
from cothemes.app.review.blindness import left_out
from cothemes.app.study import Study
from cothemes.errors import CothemesError, RatingsError, StateConflict
from cothemes.records.record import canonical_json
from cothemes.stages.evaluate.agreement.codes import Code
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import ArmChoice
from cothemes.stages.evaluate.differences import DifferenceMap
from cothemes.web import reports
from cothemes.web.pages import page
from cothemes.web.visitor import Finding, Visitor

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 20
"""Passages of disagreements on one page."""

ARMS: dict[ArmChoice, str] = {
    "blind": "coded without suggestions, and never read with them",
    "reveal": "the blind part of passages that were read again with suggestions",
    "revealed": "that second reading, with suggestions",
    "assisted": "coded with suggestions from the start",
    "all": "all of these together",
}
"""Choice of decisions → what it counts."""

RoundName = Annotated[str, Query(alias="round", max_length=200)]


@router.get("/agreement")
def agreement(
    request: Request, asking: Finding, arm: ArmChoice = "blind", round_name: RoundName = ""
) -> Response:
    """Show agreement by code, over all codes, and pair by pair."""
    study = asking.study()
    table: AgreementTable | None = None
    refused: CothemesError | None = None
    nothing = False
    try:
        table = kept(
            study,
            f"agreement {arm} {round_name}",
            _mark(study),
            lambda: reports.show_agreement(asking, study, arm=arm, round_name=round_name),
        )
    except RatingsError as error:
        nothing = not round_name and (arm == "all" or not _comparable(asking, study))
        refused = None if nothing else error
    except CothemesError as error:
        refused = error
    codes = table.codes if table else ()
    without = [each for each in codes if each.alpha.value is None]
    reasons: dict[str, list[Code]] = {}
    for each in without:
        reasons.setdefault(each.alpha.reason or "not computable", []).append(each)
    return page(
        request,
        "agreement",
        title="Agreement",
        visitor=asking,
        table=table,
        computable=[each for each in codes if each.alpha.value is not None],
        without=without,
        reasons=reasons,
        refused=refused,
        nothing=nothing,
        arm=arm,
        arms=ARMS,
        round_name=round_name,
        kept_back=left_out(study),
    )


def _comparable(asking: Visitor, study: Study) -> bool:
    """Return True if some arm has codings of two raters."""
    try:
        reports.show_agreement(asking, study, arm="all")
    except RatingsError:
        return False
    return True


@router.get("/disagreements")
def disagreements(
    request: Request,
    asking: Finding,
    code: Annotated[str, Query(max_length=200)] = "",
    document: Annotated[str, Query(max_length=200)] = "",
    round_name: RoundName = "",
    at: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show where readers code a passage differently."""
    study = asking.study()
    found: DifferenceMap | None = None
    refused: CothemesError | None = None
    nothing = False
    try:
        found = kept(
            study,
            f"disagreements {canonical_json([code, document, round_name])}",
            _mark(study),
            lambda: reports.show_disagreements(
                asking, study, code=code, document=document, round_name=round_name
            ),
        )
    except StateConflict as error:
        nothing, refused = not round_name, error if round_name else None
    except CothemesError as error:
        refused = error
    passages = found.passages if found else ()
    return page(
        request,
        "disagreements",
        title="Disagreements",
        visitor=asking,
        found=found,
        refused=refused,
        nothing=nothing,
        code=code,
        document=document,
        round_name=round_name,
        shown=passages[(at - 1) * ON_A_PAGE : at * ON_A_PAGE],
        at=at,
        pages=-(-len(passages) // ON_A_PAGE),
        kept_back=left_out(study),
    )


def _mark(study: Study) -> str:
    """Return a word that differs once the figures may have changed."""
    return f"{study.codebook.hash}/{study.store.changes.mark(decisions=True)}"
