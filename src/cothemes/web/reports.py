"""The reports of the commands as endpoints: one table of report, use case and roles.

Each answers with the document that the command prints with `--json`, of the study as the person may see it:
what others said of passages that the person has still to code blind is in none of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from cothemes.app.codebook.candidates import CandidateList, ClusterList, candidate_list, cluster_list
from cothemes.app.codebook.check import (
    CodebookCheck,
    CodebookFaults,
    CodeList,
    chosen_codes,
    codebook_check,
    codebook_faults,
)
from cothemes.app.codebook.diff import CodebookDiff, codebook_diff
from cothemes.app.codebook.drafts import DraftList
from cothemes.app.codebook.drafts import drafts as drafts_of
from cothemes.app.codebook.operations import OperationList, operation_list
from cothemes.app.codebook.versions import CodebookLog, codebook_log, under, version_named
from cothemes.app.corpus.document_names import document_ids
from cothemes.app.corpus.documents import documents as listed_documents
from cothemes.app.corpus.index import Hits
from cothemes.app.corpus.index import search as nearest
from cothemes.app.corpus.repeats import RepeatedList, repeated_passages
from cothemes.app.corpus.speakers import speakers as listed_speakers
from cothemes.app.events.deliveries import DeliveryList, EndpointList, delivery_list, endpoint_list
from cothemes.app.figures.agreement import study_agreement
from cothemes.app.figures.anchoring import anchoring as run_anchoring
from cothemes.app.figures.certificates import certificate_list
from cothemes.app.figures.disagreements import disagreements as found_differences
from cothemes.app.figures.prevalence import study_prevalence
from cothemes.app.findings.audit import Audit
from cothemes.app.findings.audit import audit as run_audit
from cothemes.app.findings.coders_by_number import coder_numbers, with_numbers
from cothemes.app.findings.codings import (
    GROUP,
    CodingFilter,
    CodingList,
    CodingSequence,
    coding_list,
    coding_sequence,
)
from cothemes.app.findings.explanation import Explanation, explain
from cothemes.app.findings.find import OWN_VOICES, FindOptions, FindReport
from cothemes.app.findings.find import find as run_find
from cothemes.app.findings.framework import CaseBy, Framework, FrameworkOptions
from cothemes.app.findings.framework import framework as run_framework
from cothemes.app.findings.matrix import Crossing, MatrixReport
from cothemes.app.findings.matrix import matrix as run_matrix
from cothemes.app.findings.passage import ShownPassage, shown_passage
from cothemes.app.findings.quote_states import ALL, Beside, QuoteStates, QuoteStatesOptions, quote_states
from cothemes.app.findings.quotes import CodesInUse, QuoteList, codes_in_use, quote_list
from cothemes.app.overview.doctor import Findings, examine
from cothemes.app.overview.status import Status, status
from cothemes.app.privacy.access import AccessLog, access_log, record_access
from cothemes.app.privacy.forget import ForgottenList, forgotten
from cothemes.app.privacy.held import Held, held
from cothemes.app.review.blindness import codebook_seen_by
from cothemes.app.review.confirm import ConfirmReport, confirm
from cothemes.app.review.memos import About, MemoList, MemoReport, memo_list, memo_report
from cothemes.app.review.readings import ReviewQueue, review_queue
from cothemes.app.review.review import Desk
from cothemes.app.reviewers import ReviewerList, reviewer_list
from cothemes.app.runs.costs import By, Costs, costs
from cothemes.app.study import Study, load_codebook, with_auto_accepted
from cothemes.app.users import UserList, user_list
from cothemes.errors import AccessRefused, CodebookError, UsageError
from cothemes.records.access import AccessKind, WordsHeld
from cothemes.records.certificate import CertificateList
from cothemes.records.codebook import Code, Codebook
from cothemes.records.combine import Combine
from cothemes.records.document import Kind, Role
from cothemes.records.documents_read import DocumentList
from cothemes.records.event import DeliveryState
from cothemes.records.speaker import SpeakerList
from cothemes.records.user import UserRole
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import ArmChoice
from cothemes.stages.evaluate.agreement.selection import Request as AgreementRequest
from cothemes.stages.evaluate.anchoring.report import Anchoring
from cothemes.stages.evaluate.differences import DifferenceMap
from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
from cothemes.stages.review.codings import Status as CodingStatus
from cothemes.web.answers import document
from cothemes.web.paging import After, Limit, is_long, link_to, part_of
from cothemes.web.visitor import Asking, Visitor, having

router = APIRouter(prefix="/api/v1", tags=["reports"])

LEAD, FINDINGS = (UserRole.LEAD,), (UserRole.LEAD, UserRole.READER)
REVIEWER, EVERYBODY = (UserRole.REVIEWER,), tuple(UserRole)

Codes = Annotated[Sequence[str], Query(alias="code", description="Code or theme. Repeatable, or `A,B`.")]
Where = Annotated[Sequence[str], Query(description="Filter on a metadata column, `NAME=VALUE`. Repeatable.")]
OfKind = Annotated[Kind | None, Query(description="Kind of document.")]
Combined = Annotated[Combine, Query(description="How several people's codings of a passage are combined.")]
RollUp = Annotated[bool, Query(alias="roll-up", description="Count a code together with those below it.")]
Group = Annotated[str, Query(description="Group of documents.")]
OfStatus = Annotated[CodingStatus | None, Query(description="Status of the codings.")]
WithAuto = Annotated[
    bool, Query(alias="with-auto", description="Count what was accepted under a certificate, marked.")
]
AsCoded = Annotated[bool, Query(alias="as-coded", description="Spans in the text as it was coded.")]
Queried = Annotated[str, Query(description="Query over codes and fields, as `--query`.")]
RoundName = Annotated[str, Query(alias="round", description="Round. Rounds are never pooled.")]
Originals = Annotated[bool, Query(description="Real names instead of pseudonyms; for the lead, recorded.")]
Numbered = Annotated[bool, Query(alias="coders-by-number", description="Numbers instead of names.")]
PassageId = Annotated[str, Path(description="Id of the passage.")]
Documents = Annotated[Sequence[str], Query(description="Documents. Repeatable, or `A,B`.")]


@dataclass(frozen=True)
class Endpoint:
    """A report as an endpoint."""

    command: str
    """Command that prints the report."""
    path: str
    run: Callable[..., BaseModel]
    """Use case: the visitor and the study as they may see it come first, then parameters of the query."""
    roles: tuple[UserRole, ...]
    """Roles that may read it."""


def show_status(_: Visitor, study: Study) -> Status:
    """Where the study stands."""
    return status(study)


def show_doctor(_: Visitor, study: Study) -> Findings:
    """What works on this machine, and what to do about what does not."""
    return Findings(tuple(examine(study)))


def show_documents(_: Visitor, study: Study, documents: Documents = ()) -> DocumentList:
    """The documents that were read."""
    return listed_documents(study, document_ids(study, _names(documents)))


def show_speakers(_: Visitor, study: Study) -> SpeakerList:
    """Who speaks in which document."""
    return listed_speakers(study)


def show_reviewers(_: Visitor, study: Study) -> ReviewerList:
    """Registered people and how far they are."""
    return reviewer_list(study)


def show_users(_: Visitor, study: Study) -> UserList:
    """Everybody who may log in, with their tokens' names."""
    return user_list(study)


def show_costs(
    _: Visitor, study: Study, by: Annotated[By, Query(description="What to group the costs by.")] = "run"
) -> Costs:
    """What models cost, by the provider's own count."""
    return costs(study, by)


def show_access_log(_: Visitor, study: Study) -> AccessLog:
    """Who logged in, and who saw, wrote or sent words of the study."""
    return access_log(study)


def show_webhooks(_: Visitor, study: Study) -> EndpointList:
    """The endpoints that events are sent to, and how their deliveries are."""
    return endpoint_list(study)


def show_deliveries(
    _: Visitor,
    study: Study,
    endpoint: Annotated[str, Query(description="Only this endpoint.", max_length=40)] = "",
    state: Annotated[DeliveryState | None, Query(description="Only deliveries in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Largest number listed.")] = 100,
) -> DeliveryList:
    """Events and how far they are on their way, newest first."""
    return delivery_list(study, endpoint, state, limit)


def show_forgotten(_: Visitor, study: Study) -> ForgottenList:
    """What was erased, when and why."""
    return forgotten(study)


def show_held(
    _: Visitor, study: Study, participant: Annotated[str, Path(description="Participant's short name.")]
) -> Held:
    """All that is held about a participant. Names are not replaced."""
    return held(study, participant)


def show_queue(
    asking: Visitor,
    study: Study,
    limit: int = 0,
) -> ReviewQueue:
    """Your open passages, in the order in which they are served."""
    return review_queue(Desk(study, asking.name), limit)


def show_to_confirm(asking: Visitor, study: Study) -> ConfirmReport:
    """Your decisions on passages that changed in substance since."""
    return confirm(study, asking.name)


def show_codings(
    _: Visitor,
    study: Study,
    codes: Codes = (),
    group: Group = "",
    kind: OfKind = None,
    status: OfStatus = None,
    where: Where = (),
    combine: Combined = Combine.ANY,
    as_coded: AsCoded = False,
    query: Queried = "",
    retired: Annotated[
        bool, Query(description="Codings of codes that were retired, merged or split, and no others.")
    ] = False,
    full: Annotated[bool, Query(description="With their passages, in the order of the decisions.")] = False,
    hide_names: Annotated[
        bool, Query(alias="hide-names", description="With full: number the people.")
    ] = False,
    with_auto: WithAuto = False,
) -> CodingList | CodingSequence:
    """The codings of people and of coders, separately."""
    study = with_auto_accepted(study) if with_auto else study
    wanted = _filter(codes, group, kind, status, where, combine, as_coded=as_coded, query=query)
    wanted = replace(wanted, retired=retired)
    return coding_sequence(study, wanted, hide_names=hide_names) if full else coding_list(study, wanted)


def show_quotes(
    asking: Visitor,
    study: Study,
    codes: Codes = (),
    group: Group = "",
    kind: OfKind = None,
    status: OfStatus = None,
    where: Where = (),
    combine: Combined = Combine.ANY,
    as_coded: AsCoded = False,
    query: Queried = "",
    state: Annotated[Sequence[str], Query(description="States of the codings to quote. Repeatable.")] = (),
    beside: Annotated[
        Beside | None, Query(alias="side-by-side", description="Set quotes side by side.")
    ] = None,
    originals: Originals = False,
    with_auto: WithAuto = False,
) -> QuoteList | CodesInUse | QuoteStates:
    """The quotes that support codes; without a code, the codes in use."""
    study = with_auto_accepted(study) if with_auto else study
    wanted = _filter(codes, group, kind, status, where, combine, as_coded=as_coded, query=query)
    if state or beside is not None:
        if not codes:
            raise UsageError("state and side-by-side need a code", hint="Name it with code=A.")
        if status is not None or as_coded:
            raise UsageError(
                "status and as-coded do not go with state or side-by-side", hint="Leave them out."
            )
        _original_names(asking, study, "quotes", originals)
        return quote_states(
            study,
            QuoteStatesOptions(
                codes=wanted.codes,
                states=_names(state) or [ALL],
                beside=beside,
                kind=kind,
                where=wanted.where,
                query=query,
                originals=originals,
            ),
        )
    return quote_list(study, wanted) if codes else codes_in_use(study, wanted)


def show_passage(_: Visitor, study: Study, passage: PassageId) -> ShownPassage:
    """A passage in context, with its codes."""
    return shown_passage(study, passage)


def show_explanation(
    _: Visitor, study: Study, passage: PassageId, code: Annotated[str, Path(description="Code.")]
) -> Explanation:
    """Why the offline coder suggests a code for a passage, or does not."""
    return explain(study, passage, code)


def show_audit(_: Visitor, study: Study, passage: PassageId) -> Audit:
    """The whole story of a passage, in order."""
    return run_audit(study, passage)


def show_matrix(
    _: Visitor,
    study: Study,
    by: Annotated[str, Query(description="What to cross codes with.")] = "codes",
    codes: Codes = (),
    against: Annotated[Sequence[str], Query(description="Codes that one of each pair must belong to.")] = (),
    kind: OfKind = None,
    where: Where = (),
    round_name: RoundName = "",
    blind: Annotated[bool, Query(description="Blind decisions only.")] = False,
    combine: Combined = Combine.ANY,
    query: Queried = "",
    roll_up: RollUp = False,
    with_auto: WithAuto = False,
) -> MatrixReport:
    """Codes crossed with codes or groups, from people's decisions."""
    study = with_auto_accepted(study) if with_auto else study
    wanted = Crossing(
        by=by,
        rows=_names(codes),
        columns=_names(against),
        kind=kind,
        where=_fields(where),
        round=round_name,
        blind_only=blind,
        combine=combine,
        query=query,
        roll_up=roll_up,
    )
    return run_matrix(study, wanted)


def show_framework(
    asking: Visitor,
    study: Study,
    by: Annotated[CaseBy, Query(description="What a case is.")] = CaseBy.DOCUMENT,
    codes: Codes = (),
    kind: OfKind = None,
    where: Where = (),
    combine: Combined = Combine.ANY,
    query: Queried = "",
    quotes: Annotated[int, Query(ge=0, description="Quotes in a cell; 0 for all.")] = 0,
    originals: Originals = False,
    numbered: Numbered = False,
    with_auto: WithAuto = False,
) -> Framework:
    """Cases against themes, with quotes and summaries."""
    study = with_auto_accepted(study) if with_auto else study
    _original_names(asking, study, "framework", originals)
    wanted = FrameworkOptions(
        by=by,
        columns=_names(codes),
        kind=kind,
        where=_fields(where),
        query=query,
        combine=combine,
        most=quotes,
        originals=originals,
    )
    found = run_framework(study, wanted)
    return with_numbers(found, coder_numbers(study)) if numbered else found


def show_memos(
    _: Visitor,
    study: Study,
    about_document: Annotated[str, Query(alias="document", description="Document.")] = "",
    passage: Annotated[str, Query(description="Passage.")] = "",
    code: Annotated[str, Query(description="Code.")] = "",
    whole: Annotated[bool, Query(alias="study", description="Only about the study as a whole.")] = False,
    by: Annotated[str, Query(description="Author of the last version.")] = "",
) -> MemoList:
    """The memos of the study."""
    return memo_list(study, About(about_document, passage, code, whole), by=by)


def show_memo(
    _: Visitor, study: Study, memo: Annotated[str, Path(description="Id of the memo, or its end.")]
) -> MemoReport:
    """A memo with all its versions."""
    return memo_report(study, memo)


def show_found(
    asking: Visitor,
    study: Study,
    text: Annotated[str, Query(max_length=500, description="Words to find.")],
    regex: Annotated[bool, Query(description="Read the text as a regular expression.")] = False,
    near: Annotated[str, Query(description="Another word that must be near.")] = "",
    within: Annotated[int, Query(ge=1, description="With near: number of words.")] = 10,
    by: Annotated[str, Query(description="Count by this instead of listing lines.")] = "",
    role: Annotated[Sequence[Role], Query(description="Whose words to search. Repeatable.")] = (),
    documents: Documents = (),
    kind: OfKind = None,
    where: Where = (),
    query: Queried = "",
    originals: Originals = False,
) -> FindReport:
    """Words in the texts, each with its context."""
    _original_names(asking, study, "find", originals)
    return run_find(
        study,
        FindOptions(
            text=text,
            regex=regex,
            near=(within, near) if near else None,
            roles=tuple(dict.fromkeys(role)) or OWN_VOICES,
            documents=_names(documents),
            kind=kind,
            where=_fields(where),
            query=query,
            by=by,
            originals=originals,
        ),
    )


def show_nearest(
    _: Visitor,
    study: Study,
    text: Annotated[str, Query(max_length=2000, description="Text to compare with.")],
    k: Annotated[int, Query(ge=1, le=1000, description="Passages to list.")] = 5,
) -> Hits:
    """The passages nearest in meaning to a text."""
    return nearest(study, text, k)


def show_agreement(
    _: Visitor,
    study: Study,
    raters: Annotated[Sequence[str], Query(description="Raters to compare. Repeatable, or `A,B`.")] = (),
    arm: Annotated[ArmChoice, Query(description="Arm; only blind decisions measure reliability.")] = "blind",
    round_name: RoundName = "",
    version: Annotated[str, Query(description="Version of the codebook whose meaning counts.")] = "",
    variable: Annotated[Sequence[str], Query(description="`NAME=CODE,CODE`. Repeatable.")] = (),
    margin: Annotated[float | None, Query(ge=0, le=1, description="Margin of a model.")] = None,
    epsilon: Annotated[float, Query(ge=0, le=0.99, description="Cost penalty for a person.")] = 0.15,
    disagreements: Annotated[int, Query(ge=0, description="Units to list.")] = 0,
    roll_up: RollUp = False,
    numbered: Numbered = False,
) -> AgreementTable:
    """Agreement between people and coders."""
    asked = AgreementRequest(
        raters=tuple(_names(raters)),
        arm=arm,
        round=round_name,
        variables={name: tuple(_names([codes])) for name, codes in _fields(variable).items()},
        epsilon=epsilon,
        margin=margin,
        disagreements=disagreements,
        roll_up=roll_up,
    )
    seen = under(study, version_named(study, version, files=False)) if version else study
    table = study_agreement(seen, asked)
    return with_numbers(table, coder_numbers(study)) if numbered else table


def show_disagreements(
    _: Visitor,
    study: Study,
    readers: Annotated[Sequence[str], Query(description="Readers to compare. Repeatable, or `A,B`.")] = (),
    code: Annotated[str, Query(description="Code.")] = "",
    document: Annotated[str, Query(description="Document.")] = "",
    round_name: RoundName = "",
    numbered: Numbered = False,
) -> DifferenceMap:
    """Where readers code a passage differently."""
    found = found_differences(
        study, readers=_names(readers), code=code, document=document, round_name=round_name
    )
    return with_numbers(found, coder_numbers(study)) if numbered else found


def show_anchoring(
    _: Visitor, study: Study, round_name: RoundName = "", numbered: Numbered = False
) -> Anchoring:
    """Blind coding compared with coding under suggestions."""
    found = run_anchoring(study, round_name)
    return with_numbers(found, coder_numbers(study)) if numbered else found


def show_prevalence(
    _: Visitor,
    study: Study,
    run: Annotated[str, Query(description="Run whose suggestions to use.")] = "",
    round_name: RoundName = "",
    kind: OfKind = None,
) -> PrevalenceTable:
    """How often each code applies, corrected by the blind sample."""
    return study_prevalence(study, run=run, round_name=round_name, kind=kind)


def show_codebook(
    asking: Visitor,
    study: Study,
    codes: Codes = (),
    theme: Annotated[str, Query(description="Theme.")] = "",
) -> Codebook | Code | CodeList:
    """The codebook, or some of its codes in full."""
    book = codebook_seen_by(study, asking.name)
    chosen = chosen_codes(book, _names(codes), theme)
    if not chosen.root:
        return book
    return chosen.root[0] if len(chosen.root) == 1 else chosen


def show_codebook_check(_: Visitor, study: Study) -> CodebookCheck | CodebookFaults:
    """Every problem in the codebook's file as it is now."""
    try:
        return codebook_check(*load_codebook(study.codebook_path))
    except CodebookError as error:
        return codebook_faults(error)


def show_codebook_diff(
    _: Visitor,
    study: Study,
    old: Annotated[str, Query(description="Older version. Default: that of the last decisions.")] = "",
    new: Annotated[str, Query(description="Newer version. Default: the codebook as it is now.")] = "",
) -> CodebookDiff:
    """What changed in the codebook, and what recoding costs."""
    return codebook_diff(study, old, new, files=False)


def show_codebook_log(_: Visitor, study: Study) -> CodebookLog:
    """The versions in use, what was done under each, and why."""
    return codebook_log(study)


def show_codebook_history(_: Visitor, study: Study) -> OperationList:
    """The operations on codes, with date, person and reason."""
    return operation_list(study)


def show_drafts(asking: Visitor, study: Study) -> DraftList:
    """Your own draft codes."""
    return drafts_of(study, by=asking.name)


def show_candidates(
    _: Visitor,
    study: Study,
    run: Annotated[str, Query(description="Run whose candidates a group must include.")] = "",
    documents: Documents = (),
    flat: Annotated[bool, Query(description="One by one, without groups.")] = False,
) -> ClusterList | CandidateList:
    """What no code fits, in groups of similar passages."""
    chosen = document_ids(study, _names(documents))
    return candidate_list(study, run, chosen) if flat else cluster_list(study, run, chosen)


def show_duplicates(asking: Visitor, study: Study) -> RepeatedList:  # noqa: ARG001
    """Groups of passages that say the same or nearly the same."""
    return repeated_passages(study)


def show_certificates(asking: Visitor, study: Study) -> CertificateList:  # noqa: ARG001
    """Certificates under which suggestions were accepted unread, and what new decisions say of them."""
    return certificate_list(study)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("status", "/status", show_status, LEAD),
    Endpoint("doctor", "/doctor", show_doctor, LEAD),
    Endpoint("documents", "/documents", show_documents, FINDINGS),
    Endpoint("speakers", "/speakers", show_speakers, LEAD),
    Endpoint("reviewers", "/reviewers", show_reviewers, LEAD),
    Endpoint("users", "/users", show_users, LEAD),
    Endpoint("costs", "/costs", show_costs, LEAD),
    Endpoint("access-log", "/access-log", show_access_log, LEAD),
    Endpoint("webhooks", "/webhooks", show_webhooks, LEAD),
    Endpoint("webhooks deliveries", "/webhooks/deliveries", show_deliveries, LEAD),
    Endpoint("forget", "/forgotten", show_forgotten, LEAD),
    Endpoint("held", "/held/{participant}", show_held, LEAD),
    Endpoint("queue", "/queue", show_queue, REVIEWER),
    Endpoint("confirm", "/confirm", show_to_confirm, REVIEWER),
    Endpoint("codings", "/codings", show_codings, FINDINGS),
    Endpoint("quotes", "/quotes", show_quotes, FINDINGS),
    Endpoint("show", "/passages/{passage}", show_passage, FINDINGS),
    Endpoint("explain", "/explain/{passage}/{code}", show_explanation, FINDINGS),
    Endpoint("audit", "/audit/{passage}", show_audit, LEAD),
    Endpoint("matrix", "/matrix", show_matrix, FINDINGS),
    Endpoint("framework", "/framework", show_framework, FINDINGS),
    Endpoint("memo", "/memos", show_memos, FINDINGS),
    Endpoint("memo show", "/memos/{memo}", show_memo, FINDINGS),
    Endpoint("duplicates", "/duplicates", show_duplicates, LEAD),
    Endpoint("find", "/find", show_found, FINDINGS),
    Endpoint("search", "/search", show_nearest, FINDINGS),
    Endpoint("agreement", "/agreement", show_agreement, FINDINGS),
    Endpoint("disagreements", "/disagreements", show_disagreements, FINDINGS),
    Endpoint("auto-accept", "/auto-accepted", show_certificates, FINDINGS),
    Endpoint("anchoring", "/anchoring", show_anchoring, FINDINGS),
    Endpoint("prevalence", "/prevalence", show_prevalence, FINDINGS),
    Endpoint("codebook show", "/codebook", show_codebook, EVERYBODY),
    Endpoint("codebook check", "/codebook/check", show_codebook_check, LEAD),
    Endpoint("codebook diff", "/codebook/diff", show_codebook_diff, LEAD),
    Endpoint("codebook log", "/codebook/log", show_codebook_log, FINDINGS),
    Endpoint("codebook history", "/codebook/history", show_codebook_history, FINDINGS),
    Endpoint("codebook drafts", "/codebook/drafts", show_drafts, REVIEWER),
    Endpoint("codebook candidates", "/codebook/candidates", show_candidates, LEAD),
)


def _registered(endpoint: Endpoint) -> Callable[..., Response]:
    """The use case as a route: its own parameters, and who asks in place of visitor and study."""
    signature = inspect.signature(endpoint.run, eval_str=True)
    parameters = [each for each in list(signature.parameters.values())[2:] if each.name != "limit"]
    stops = len(parameters) + 2 < len(signature.parameters)
    if paged := is_long(signature.return_annotation):
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter("limit", kind, annotation=Limit, default=0))
        parameters.append(inspect.Parameter("after", kind, annotation=After, default=""))

    def answer(request: Request, asking: Asking, **given: Any) -> Response:
        limit, after = (given.pop("limit"), given.pop("after")) if paged else (0, "")
        if stops:
            # One more than is sent, to know whether a part follows.
            given["limit"] = limit + 1 if limit and not after else 0
        found, following = part_of(endpoint.run(asking, asking.study(), **given), limit, after)
        return document(request, found, headers=link_to(request, following))

    first = [
        inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request),
        inspect.Parameter("asking", inspect.Parameter.KEYWORD_ONLY, annotation=Asking),
    ]
    named = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    answer.__signature__ = signature.replace(parameters=[*first, *named])  # type: ignore[attr-defined]
    answer.__name__, answer.__doc__ = endpoint.run.__name__, endpoint.run.__doc__
    return answer


for _each in ENDPOINTS:
    router.add_api_route(
        _each.path,
        _registered(_each),
        methods=["GET"],
        response_model=inspect.signature(_each.run, eval_str=True).return_annotation,
        dependencies=[Depends(having(*_each.roles))],
        name=_each.command,
        summary=_each.command,
    )


def _names(given: Sequence[str]) -> list[str]:
    """Names that were given one by one, or with commas between."""
    return [name.strip() for each in given for name in each.split(",") if name.strip()]


def _fields(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise UsageError(f"{each!r} asks for nothing", hint="Write NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found


def _filter(
    codes: Sequence[str],
    group: str,
    kind: Kind | None,
    status: CodingStatus | None,
    where: Sequence[str],
    combine: Combine,
    *,
    as_coded: bool,
    query: str,
) -> CodingFilter:
    return CodingFilter(
        codes=_names(codes),
        kinds=[kind] if kind else [],
        statuses=[status] if status else [],
        where={**({GROUP: group} if group else {}), **_fields(where)},
        combine=combine,
        as_coded=as_coded,
        query=query,
    )


def _original_names(asking: Visitor, study: Study, command: str, originals: bool) -> None:
    """Refuse real names to anybody but the lead, and record that the lead sees them."""
    if not originals:
        return
    if not asking.has(UserRole.LEAD):
        raise AccessRefused("real names are for the lead", hint="Leave originals out.")
    record_access(study, AccessKind.VIEW, command, words=WordsHeld.ORIGINALS, by=asking.name)
