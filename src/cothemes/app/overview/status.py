"""Where a study stands, in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from importlib import import_module

from pydantic import Field

from cothemes.app.auto_accepted import certificates_of
from cothemes.app.codebook.recode import older_wording
from cothemes.app.events.deliveries import WebhookSummary, webhook_summary
from cothemes.app.kept import kept
from cothemes.app.privacy.retention import Retention, retention
from cothemes.app.privacy.sent import SentWithoutConsent, sent_without_consent
from cothemes.app.ratings import imported_ratings
from cothemes.app.review.blindness import open_blind
from cothemes.app.reviewers import ReadingProgress, progress_with
from cothemes.app.runs.activity import AtWork, CommandProcess, Process, commands, look_at_all
from cothemes.app.runs.batches import BatchUnderWay, under_way
from cothemes.app.runs.outcomes import FINAL, PARKED_AFTER, reason_of
from cothemes.app.runs.unattended import LastRun, last_run, overdue
from cothemes.app.runs.unconfirmed import Unconfirmed, unconfirmed
from cothemes.app.study import Study
from cothemes.records.certificate import CertificateEntry
from cothemes.records.document import Kind
from cothemes.records.rating import RaterKind
from cothemes.records.record import Moment, Record, absent
from cothemes.records.review import Arm, Reviewer
from cothemes.records.suggestion import OutcomeState
from cothemes.records.work import RunProgress
from cothemes.stages.evaluate.anchoring.blind_share import BlindShare, blind_share_of, compared_of


class CodebookInUse(Record):
    """The codebook as it is now."""

    id: str
    version: str
    hash: str
    """Its first 12 characters."""
    codes: int


class OlderWording(Record):
    """Finished readings that do not count for some codes, because these were reworded or made since."""

    readings: int
    codes: dict[str, int]
    """Code → readings."""
    before: dict[str, int] = Field(default={}, exclude=True)
    """Of these, readings that were finished before the code was there."""


class RunStatus(Record):
    """Results and state of a run."""

    run: str
    rater: str
    state: RunProgress
    told: str
    """A sentence for the reader; empty where the state says all."""
    at_work: tuple[Process, ...]
    """Processes that did not end in order yet."""
    passages: int
    """Passages coded."""
    parked: tuple[str, ...]
    """Passages that are not asked about again, after three unusable replies."""
    other_outcomes: dict[str, int]
    """Outcome → passages."""
    skipped: dict[str, int]
    """Reason → passages."""
    reasons: dict[str, int]
    """Reason for having no usable reply → passages."""
    suggestions: int
    passages_with_a_code: int
    candidates: int
    """Places that no code fits."""
    flags: dict[str, int]
    codebook_is_current: bool


class Registered(Record):
    """A registered reviewer."""

    name: str
    role: str
    capacity: int | None
    """Passages a week; None where none is set."""
    paused: Moment | None
    """Since when the person gets no more passages."""


class ReviewerStatus(ReadingProgress, Registered):
    """A reviewer with their progress."""

    anchoring: BlindShare


class ImportedStatus(Record):
    """A rater whose codings were imported."""

    name: str
    kind: RaterKind
    codings: int
    """Codes that apply, on current passages."""
    passages: int
    """Passages with one."""


class Status(Record):
    """State of a study."""

    study: str
    """Its title."""
    folder: str
    synthetic: int
    """Documents that are invented."""
    codebook: CodebookInUse
    older_wording: OlderWording
    documents: dict[str, int]
    """Kind → documents."""
    unknown_kind: tuple[str, ...]
    """Documents whose kind is not known."""
    passages: int
    words: int
    runs: tuple[RunStatus, ...]
    commands: tuple[CommandProcess, ...]
    batches: tuple[BatchUnderWay, ...]
    unconfirmed: tuple[Unconfirmed, ...]
    sent_without_consent: tuple[SentWithoutConsent, ...]
    retention: Retention | None
    """The retention date of the settings; None where none is set."""
    last_run: LastRun | None
    overdue: str
    """A sentence where a run is missing by the study's schedule; else empty."""
    reviewers: tuple[ReviewerStatus, ...]
    webhooks: WebhookSummary | None
    """Events that are sent to other programs; None where no endpoint is set."""
    imported: tuple[ImportedStatus, ...]
    """Raters of imported files; findings count them beside the reviewers. Passages that somebody has still to
    code blind are not counted here until then."""
    certificates: tuple[CertificateEntry, ...] | None = Field(default=None, exclude_if=absent)
    """Certificates under which suggestions were accepted unread, with new blind decisions held against the
    promise; absent if there is none."""


def status(study: Study) -> Status:
    """Return counts of everything in the study."""
    documents = study.store.documents.heads()
    mark = study.store.changes.mark()
    passages = kept(study, "passages", mark, lambda: _passages(study))
    last = last_run(study)
    older = older_wording(study)
    clusters = {document.slug: document.cluster for document in documents}
    return Status(
        study=study.settings.study.title,
        folder=str(study.root),
        synthetic=sum(document.synthetic for document in documents),
        codebook=CodebookInUse(
            id=study.codebook.id,
            version=study.codebook.version,
            hash=study.codebook.hash[:12],
            codes=len(study.codebook.codes),
        ),
        older_wording=OlderWording(readings=older.readings, codes=older.codes, before=older.before),
        documents=dict(Counter(document.kind.value for document in documents)),
        unknown_kind=tuple(document.slug for document in documents if document.kind is Kind.UNKNOWN),
        passages=len(passages.ids),
        words=passages.words,
        runs=tuple(_run(study, found) for found in look_at_all(study).values()),
        commands=commands(study, last.at if last else None),
        batches=under_way(study),
        unconfirmed=unconfirmed(study),
        sent_without_consent=sent_without_consent(study),
        retention=retention(study),
        last_run=last,
        overdue=overdue(study),
        webhooks=webhook_summary(study),
        imported=_imported(study),
        certificates=_certificates(study),
        reviewers=tuple(
            _reviewer(study, reviewer, passages.ids, clusters) for reviewer in study.store.reviews.reviewers()
        ),
    )


def _certificates(study: Study) -> tuple[CertificateEntry, ...] | None:
    if not certificates_of(study):
        return None
    # Intervals load scipy, which takes longer than all else here; few studies have a certificate.
    certificates = import_module("cothemes.app.figures.certificates")
    found: tuple[CertificateEntry, ...] = certificates.certificate_list(study).certificates
    return found


@dataclass(frozen=True)
class _Passages:
    """The current passages."""

    ids: frozenset[str]
    words: int


def _passages(study: Study) -> _Passages:
    heads = study.store.passages.heads()
    return _Passages(frozenset(head.id for head in heads), sum(head.words for head in heads))


def _imported(study: Study) -> tuple[ImportedStatus, ...]:
    """Return the raters of imported files. Anybody reads `status`, so passages that somebody has still to
    code blind are not counted until then.
    """
    given: dict[tuple[str, RaterKind], list[str]] = {}
    ratings = kept(study, "ratings", study.store.changes.mark(), lambda: imported_ratings(study))
    people = study.store.reviews.reviewers() if ratings else []
    hidden = frozenset[str]().union(*(open_blind(study, each.name) for each in people))
    for each in ratings:
        if each.unit not in hidden and each.code in study.codebook.by_id and each.value in (1, None):
            given.setdefault((each.rater, each.kind), []).append(each.unit)
    return tuple(
        ImportedStatus(name=name, kind=kind, codings=len(units), passages=len(set(units)))
        for (name, kind), units in sorted(given.items())
    )


@dataclass(frozen=True)
class _Coded:
    """What a run left on passages."""

    coded: int
    parked: tuple[str, ...]
    other_outcomes: dict[str, int]
    skipped: dict[str, int]
    reasons: dict[str, int]
    flags: dict[str, int]
    suggestions: int
    passages_with_a_code: int
    candidates: int


def _run(study: Study, found: AtWork) -> RunStatus:
    run = found.run
    mark = study.store.changes.mark()
    left = kept(study, f"run {run.id}", mark, lambda: _coded(study, run.id))
    return RunStatus(
        run=run.id,
        rater=run.rater,
        state=found.standing,
        told=_told(study, found),
        at_work=found.processes,
        passages=left.coded,
        parked=left.parked,
        other_outcomes=left.other_outcomes,
        skipped=left.skipped,
        reasons=left.reasons,
        suggestions=left.suggestions,
        passages_with_a_code=left.passages_with_a_code,
        candidates=left.candidates,
        flags=left.flags,
        codebook_is_current=run.codebook_hash == study.codebook.hash,
    )


def _coded(study: Study, run_id: str) -> _Coded:
    states, reasons, flags = Counter[str](), Counter[str](), Counter[str]()
    skipped = Counter[str]()
    parked: list[str] = []
    for outcome in study.store.runs.each_outcome(run_id):
        states[outcome.state.value] += 1
        if outcome.state is OutcomeState.SKIPPED:
            skipped[outcome.detail] += 1
        flags.update({flag.kind for flag in outcome.flags})
        if outcome.state not in FINAL:
            reasons[reason_of(outcome)] += 1
            if outcome.failures >= PARKED_AFTER:
                parked.append(outcome.passage)
    coded = states.pop(OutcomeState.CODED.value, 0)
    suggested = study.store.runs.suggested(run_id)
    return _Coded(
        coded=coded,
        parked=tuple(sorted(parked)),
        other_outcomes=dict(states),
        skipped=dict(skipped),
        reasons=dict(reasons),
        flags=dict(flags),
        suggestions=sum(suggested.values()),
        passages_with_a_code=len(suggested),
        candidates=len(study.store.runs.candidates(run_id=run_id)),
    )


def _told(study: Study, found: AtWork) -> str:
    told = found.told(goes_on=found.run.codebook_hash == study.codebook.hash)
    if found.standing is not RunProgress.UNKNOWN:
        return told
    asked = max(
        (tally.last for tally in study.store.ledger.tallies() if tally.run == found.run.id), default=None
    )
    return f"{told}; its last call was begun {asked:%Y-%m-%d %H:%M} UTC" if asked else told


def _reviewer(
    study: Study, reviewer: Reviewer, current: Container[str], clusters: Mapping[str, str]
) -> ReviewerStatus:
    mark = study.store.reviews.mark(reviewer.name)
    share = kept(
        study, f"reviewer {reviewer.name}", mark, lambda: _share(study, reviewer.name, current, clusters)
    )
    return ReviewerStatus(
        name=reviewer.name,
        role=reviewer.role,
        capacity=reviewer.capacity,
        paused=reviewer.paused,
        **dict(share.progress),
        anchoring=share.anchoring,
    )


@dataclass(frozen=True)
class _Share:
    """A person's share of the work."""

    progress: ReadingProgress
    anchoring: BlindShare


def _share(study: Study, name: str, current: Container[str], clusters: Mapping[str, str]) -> _Share:
    assignments = study.store.reviews.assignments(reviewer=name)
    progress = progress_with(study, assignments, name, current)
    compared = compared_of(
        (each.document, clusters.get(each.document, each.document), each.arm.value) for each in assignments
    )
    arms = progress.arms
    return _Share(
        progress,
        blind_share_of(arms.get(Arm.BLIND.value, 0), arms.get(Arm.ASSISTED.value, 0), compared),
    )
