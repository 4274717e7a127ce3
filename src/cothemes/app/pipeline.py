"""The only place that knows the order of the stages: files in, assigned suggestions out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cothemes.app.coders.propose import (
    Plan,
    ProposeOptions,
    ProposeReport,
    choose,
    plan,
    propose,
    refuse_without_price,
)
from cothemes.app.corpus.index import index
from cothemes.app.corpus.ingest import FileReport, IngestReport, find_files, ingest
from cothemes.app.corpus.metadata_table import TableWarning
from cothemes.app.figures.certificates import UsedUp, used_up_by
from cothemes.app.privacy.sent import SentWithoutConsent
from cothemes.app.reviewers import registered
from cothemes.app.routing.reorder import reorder_open
from cothemes.app.routing.route import RouteReport, route
from cothemes.app.runs.call_policy import EventSink
from cothemes.app.study import Study
from cothemes.errors import BudgetReached, CothemesError, ServiceError
from cothemes.ports import Progress
from cothemes.records.document import Kind
from cothemes.records.price import amount
from cothemes.records.record import Record
from cothemes.records.suggestion import OutcomeState
from cothemes.stages.index.passages import IndexReport

Bar = Callable[[str, int], AbstractContextManager[Progress]]
"""Opens a progress bar: what, of how many."""


@dataclass(frozen=True)
class PipelineReport:
    """Result of each stage."""

    ingest: IngestReport
    index: IndexReport
    propose: ProposeReport | None
    """None where it ended before a run was begun."""
    route: RouteReport | None
    """None where no reviewer was named."""
    stopped: CothemesError | None = None
    """Error that ended the proposing early."""

    def checked(self) -> Self:
        """Return the report itself. Raise what ended the proposing early, where something did."""
        if self.stopped is not None:
            raise self.stopped
        return self


class RouteCount(Record):
    """Passages assigned by a run."""

    drawn: int
    """Passages assigned for the first time."""
    assignments: int


class RunReport(Record):
    """The document of `run --json`."""

    files: tuple[FileReport, ...]
    warnings: tuple[TableWarning, ...]
    sent_without_consent: tuple[SentWithoutConsent, ...]
    index: IndexReport
    propose: ProposeReport | None
    """None where it ended before a run was begun."""
    route: RouteCount | None
    """None where no reviewer was named."""


def run_report(report: PipelineReport, sent: Sequence[SentWithoutConsent]) -> RunReport:
    """Return the document of a run; `sent` is looked up at its end."""
    routed = report.route
    return RunReport(
        files=report.ingest.files,
        warnings=report.ingest.warnings,
        sent_without_consent=tuple(sent),
        index=report.index,
        propose=report.propose,
        route=RouteCount(drawn=routed.drawn, assignments=len(routed.assignments)) if routed else None,
    )


def run(
    study: Study,
    paths: Sequence[Path],
    *,
    wanted: ProposeOptions,
    kind: Kind | None = None,
    meta: Path | None = None,
    reviewers: Sequence[str] = (),
    bar: Bar,
    tell: EventSink = lambda _event, _facts: None,
) -> PipelineReport:
    """Ingest, index, propose, route. An unreadable file or an unanswered passage stops none of them.

    Where a budget or the service ends the proposing, fully coded documents are routed all the same. What
    ended it is in the report as `stopped`.
    """
    if reviewers:
        registered(study, reviewers)
    refuse_without_price(study, wanted)
    files, _ = find_files(paths)
    with bar("Reading", len(files)) as advance:
        read = ingest(study, paths, kind=kind, meta=meta, progress=advance)
    with bar("Embedding", len(study.store.passages.heads())) as advance:
        indexed = index(study, progress=advance)
    todo: Plan | None = None
    proposed: ProposeReport | None = None
    before = _bought(study)
    try:
        todo = plan(study, wanted)
        with bar("Proposing", len(todo.to_code)) as advance:
            proposed = propose(study, wanted, advance, tell, todo)
        stopped = proposed.stopped
    except CothemesError as error:
        stopped = error
    if stopped is None:
        routed = route(study, reviewers) if reviewers and study.store.passages.heads() else None
        return PipelineReport(read, indexed, proposed, routed)
    if todo is None or not isinstance(stopped, BudgetReached | ServiceError):
        return PipelineReport(read, indexed, proposed, None, stopped)
    said, routed = _given_out(study, todo, reviewers, proposed)
    message = f"{stopped.message.rstrip('.')}; {said}{_paid(before, _bought(study))}"
    return PipelineReport(read, indexed, proposed, routed, stopped.reworded(message=message))


def _bought(study: Study) -> dict[str, tuple[int, int]]:
    """Currency → replies so far, and what they cost in billionths."""
    found: dict[str, tuple[int, int]] = {}
    for tally in study.store.ledger.tallies():
        replies, nanos = found.get(tally.currency, (0, 0))
        found[tally.currency] = (replies + tally.replied, nanos + tally.cost_nanos)
    return found


def _paid(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> str:
    """Replies that came in this call, whatever became of them, and what they cost."""
    parts = []
    for currency, (replies, nanos) in after.items():
        known, spent = before.get(currency, (0, 0))
        if replies > known:
            cost = f" ({amount(nanos - spent, currency)})" if currency else ""
            parts.append(f"{replies - known}{cost}")
    return f"; replies bought now: {', '.join(parts)}" if parts else ""


def _given_out(
    study: Study, todo: Plan, reviewers: Sequence[str], proposed: ProposeReport | None
) -> tuple[str, RouteReport | None]:
    """Routes the fully coded documents, though the run was not; says so."""
    run = study.store.runs.all()[-1:]
    came = {
        outcome.passage
        for each in run
        for outcome in study.store.runs.each_outcome(each.id)
        if outcome.state is not OutcomeState.FAILED
    }
    left = [passage for passage in todo.to_code.heads if passage.id not in came]
    begun = {passage.document for passage in left}
    whole = [document.slug for document in study.store.documents.heads() if document.slug not in begun]
    routed = route(study, reviewers, documents=whole) if reviewers and whole else None
    drawn = routed.drawn if routed else 0
    states = proposed.states if proposed else {}
    skipped = states.get(OutcomeState.SKIPPED.value, 0)
    said = (
        f"coded now: {states.get(OutcomeState.CODED.value, 0)} passages, "
        f"{f'skipped: {skipped}, ' if skipped else ''}left: {len(left)}, "
        f"assigned from fully coded documents: {drawn}"
    )
    return said, routed


class RenewReport(Record):
    """What was renewed after people decided."""

    propose: ProposeReport | None
    """What the offline coder suggested anew; None where a model is the study's coder, which costs money and
    is asked by `propose` alone."""
    reordered: dict[str, dict[str, int]]
    """Round that is served by a score → reviewer → open passages that got another place."""


def renew(study: Study, before: Callable[[UsedUp], None] = lambda _: None) -> RenewReport:
    """Let the offline coder learn from today's decisions and suggest anew, then renew the order of what is
    open. Nothing is drawn. Run again without new decisions, it changes nothing. `before` is told what
    certificates lose, before anything is learned.
    """
    wanted = ProposeOptions(coder="offline", recode=True)
    asks = choose(study, ProposeOptions()).asks is not None
    proposed = None
    if not asks:
        todo = plan(study, wanted)
        if todo.to_code:
            before(used_up_by(study, todo.proposer, recodes=True))
        proposed = propose(study, wanted, todo=todo).checked()
    return RenewReport(propose=proposed, reordered=reorder_open(study))
