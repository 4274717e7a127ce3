"""The report that each command prints with `--json`, listed once, and the JSON Schemas made from them.

A report is a frozen record, declared beside the function that fills it: figures in their stage, everything
else with its use case in `app/`. Its `model_dump(mode="json")` is the document.
"""

from __future__ import annotations

import json
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any

from pydantic import BaseModel, Field, RootModel, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from cothemes.cli.field_words import field_words
from cothemes.records.event import MESSAGES
from cothemes.records.record import Record, absent

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EVENT_SCHEMA = "webhook-event.json"
"""File of the schema of webhooks."""

REPORTS: dict[str, tuple[str, ...]] = {
    "access-log": ("app.privacy.access:AccessLog",),
    "adjudicate": (
        "app.review.disputes:DisputeList",
        "app.review.disputes:DisputeReport",
        "app.review.disputes:RulingUndone",
    ),
    "agreement": ("stages.evaluate.agreement.figures:AgreementTable",),
    "anchoring": ("stages.evaluate.anchoring.report:Anchoring",),
    "audit": ("app.findings.audit:Audit",),
    "auto-accept": ("records.certificate:CertificateList",),
    "auto-accept apply": ("app.figures.auto_accept:AutoAcceptReport",),
    "auto-accept certify": ("app.figures.auto_accept:AutoAcceptReport",),
    "auto-accept revoke": ("app.figures.auto_accept:Revoked",),
    "backup": ("app.privacy.backup:BackupReport",),
    "calibration": ("app.coders.calibration:CalibrationReport",),
    "cancel": ("app.runs.batches:Cancelled",),
    "codebook add": ("app.codebook.operations:OperationReport",),
    "codebook adopt": (
        "app.codebook.adopt:Adopted",
        "app.codebook.by_hand:HandEditReport",
    ),
    "codebook candidates": (
        "app.codebook.candidates:ClusterList",
        "app.codebook.candidates:CandidateList",
    ),
    "codebook check": (
        "app.codebook.check:CodebookCheck",
        "app.codebook.check:CodebookFaults",
    ),
    "codebook diff": ("app.codebook.diff:CodebookDiff",),
    "codebook discard": ("app.codebook.drafts:Draft",),
    "codebook dismiss": ("app.codebook.adopt:Dismissed",),
    "codebook drafts": ("app.codebook.drafts:DraftList",),
    "codebook history": ("app.codebook.operations:OperationList",),
    "codebook export": ("app.handover.project_export:CodebookExport",),
    "codebook import": ("app.handover.codebook_import:CodebookImport",),
    "codebook log": ("app.codebook.versions:CodebookLog",),
    "codebook merge": ("app.codebook.operations:OperationReport",),
    "codebook move": ("app.codebook.operations:OperationReport",),
    "codebook note": ("records.revision:Revision",),
    "codebook publish": ("app.codebook.drafts:Published",),
    "codebook recode": ("app.codebook.recode:RecodeReport",),
    "codebook rename": ("app.codebook.operations:OperationReport",),
    "codebook retest": (
        "app.codebook.retest:RetestReport",
        "app.codebook.retest:RetestPlan",
    ),
    "codebook retire": ("app.codebook.operations:OperationReport",),
    "codebook show": (
        "records.codebook:Codebook",
        "records.codebook:Code",
        "app.codebook.check:CodeList",
    ),
    "codebook split": ("app.codebook.operations:OperationReport",),
    "codebook undo": ("app.codebook.operations:OperationReport",),
    "codings": (
        "app.findings.codings:CodingList",
        "app.findings.codings:CodingSequence",
    ),
    "confirm": ("app.review.confirm:ConfirmReport",),
    "costs": (
        "app.runs.costs:Costs",
        "app.runs.reconcile:LostCalls",
        "app.runs.reconcile:ReconciledLot",
    ),
    "decide": ("app.review.readings:ReadingReport",),
    "decide-once": ("app.review.decided_once:DecidedOnce",),
    "deidentify": (
        "app.privacy.deidentify:SearchReport",
        "app.privacy.deidentify:AcceptedList",
    ),
    "demo": ("app.overview.demo:DemoReport",),
    "disagreements": ("stages.evaluate.differences:DifferenceMap",),
    "doctor": ("app.overview.doctor:Findings",),
    "documents": ("records.documents_read:DocumentList",),
    "done": ("app.review.readings:ReadingReport",),
    "duplicates": ("app.corpus.repeats:RepeatedList",),
    "evaluate": (
        "app.figures.evaluate:EvaluationReport",
        "app.figures.evaluate:EvaluationPlan",
        "stages.evaluate.workload.report:WorkloadReport",
    ),
    "explain": ("app.findings.explanation:Explanation",),
    "export": (
        "app.handover.tables:TableExport",
        "app.handover.sheet:SheetExport",
        "app.handover.project_export:ProjectExport",
        "app.handover.project_export:CodebookExport",
    ),
    "find": ("app.findings.find:FindReport",),
    "forget": (
        "app.privacy.forget:ForgetReport",
        "app.privacy.forget:ForgottenParticipant",
        "app.privacy.forget:ForgottenList",
        "app.privacy.tombstones:TombstonesWritten",
    ),
    "framework": ("app.findings.framework:Framework",),
    "framework write": ("app.review.memos:MemoReport",),
    "held": ("app.privacy.held:Held",),
    "import": (
        "app.handover.tables:RatingsImport",
        "app.handover.sheet:SheetImport",
        "app.handover.unpack:PackageImport",
        "app.handover.project_import:ProjectImport",
        "app.handover.segment_import:SegmentImport",
    ),
    "index": ("stages.index.passages:IndexReport", "app.corpus.index:IndexForecast"),
    "ingest": ("app.corpus.ingest:IngestReport",),
    "matrix": ("app.findings.matrix:MatrixReport",),
    "memo": ("app.review.memos:MemoList",),
    "memo add": ("app.review.memos:MemoReport",),
    "memo edit": ("app.review.memos:MemoReport",),
    "memo remove": ("app.review.memos:MemoReport",),
    "memo show": ("app.review.memos:MemoReport",),
    "pack": ("app.handover.pack:PackReport",),
    "prevalence": ("stages.evaluate.prevalence.figures:PrevalenceTable",),
    "propose": (
        "app.coders.propose:ProposeReport",
        "app.coders.forecast:PlanReport",
        "app.coders.replay:ReplayReport",
    ),
    "queue": ("app.review.readings:ReviewQueue",),
    "quotes": (
        "app.findings.quotes:QuoteList",
        "app.findings.quotes:CodesInUse",
        "app.findings.quote_states:QuoteStates",
    ),
    "renew": ("app.pipeline:RenewReport",),
    "report": ("app.findings.report:ReportMade",),
    "restore": ("app.privacy.backup:RestoreReport",),
    "reviewers": ("app.reviewers:ReviewerList",),
    "reviewers add": ("app.reviewers:AddedReviewer",),
    "reviewers merge": ("app.raters:RatersJoined",),
    "reviewers pause": ("app.reviewers:ReviewerProgress",),
    "reviewers reassign": ("app.routing.reassign:Reassigned",),
    "reviewers resume": ("app.reviewers:RegisteredReviewer",),
    "reviewers set": ("app.reviewers:RegisteredReviewer",),
    "route": ("app.routing.route:RouteReport",),
    "run": ("app.pipeline:RunReport",),
    "search": ("app.corpus.index:Hits",),
    "show": (
        "app.findings.passage:ShownPassage",
        "app.review.readings:CardReport",
    ),
    "speakers": ("records.speaker:SpeakerList",),
    "stability": (
        "app.figures.stability:StabilityReport",
        "app.figures.stability:StabilityPlan",
    ),
    "status": ("app.overview.status:Status",),
    "undo": ("app.review.readings:UndoReport",),
    "users": ("app.users:UserList",),
    "users invite": ("app.users:Invitation",),
    "users revoke": ("app.users:UserRevoked",),
    "users token": ("app.users:TokenMade",),
    "webhooks": ("app.events.deliveries:EndpointList",),
    "webhooks deliveries": ("app.events.deliveries:DeliveryList",),
    "webhooks retry": ("app.events.deliveries:Revived",),
    "webhooks test": ("app.events.deliveries:Tried",),
}
"""Command → `module:class` of its report, below `cothemes`; several where options choose among
reports. In alphabetical order."""


class Ended(Record):
    """The end of a command that did not end with 0."""

    code: int
    """The exit code."""
    error: str
    hint: str


def report_types(command: str) -> tuple[type[BaseModel], ...]:
    """Return the classes of the reports that the command may print."""
    return tuple(_imported(target) for target in REPORTS[command])


def schema(command: str) -> dict[str, Any]:
    """Return the JSON Schema of the command's document; an object may also say how the command ended."""
    union: Any = reduce(or_, map(_with_ended, report_types(command)))
    made = TypeAdapter(union).json_schema(mode="serialization", schema_generator=_ReportSchema)
    return {"$schema": DIALECT, **made}


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema of the bodies of all webhooks."""
    made = MESSAGES.json_schema(mode="serialization", schema_generator=_ReportSchema)
    return {"$schema": DIALECT, **made}


def schema_files() -> dict[str, str]:
    """Return the name of each schema's file and its text."""
    made = {f"{command.replace(' ', '-')}.json": schema(command) for command in REPORTS}
    made[EVENT_SCHEMA] = event_schema()
    return {name: json.dumps(each, ensure_ascii=False, indent=2) + "\n" for name, each in made.items()}


def _imported(target: str) -> type[BaseModel]:
    module, _, name = target.partition(":")
    found: type[BaseModel] = getattr(import_module(f"cothemes.{module}"), name)
    return found


def _with_ended(report: type[BaseModel]) -> type[BaseModel]:
    """Return the report as it is printed: a list stands as it is, an object may have `ended`."""
    if issubclass(report, RootModel):
        return report
    ended: Any = (Ended | None, Field(default=None, exclude_if=absent))
    return create_model(report.__name__, __base__=report, __doc__=report.__doc__, ended=ended)


class _ReportSchema(GenerateJsonSchema):
    """A schema of what is written: every field is there unless `exclude_if` may leave it out."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ARG002
        return "serialization_exclude_if" not in field

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().model_schema(schema)
        record: type[BaseModel] = schema["cls"]
        described, words = made.get("properties", {}), field_words(record)
        for name, field in record.model_fields.items():
            written = field.serialization_alias or name
            if name in words and written in described:
                described[written].setdefault("description", words[name])
        return made
