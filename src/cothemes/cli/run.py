"""`cothemes run`: the whole chain in one go, for new files and for the night."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.coders.propose import ProposeOptions
from cothemes.app.corpus.ingest import FileState
from cothemes.app.events.dispatcher import sending
from cothemes.app.pipeline import PipelineReport, run_report
from cothemes.app.pipeline import run as pipeline
from cothemes.app.privacy.sent import SentWithoutConsent, sent_without_consent
from cothemes.app.runs.call_policy import event_log
from cothemes.app.runs.unattended import ending
from cothemes.cli.batches import (
    BatchOption,
    WaitOption,
    batches_told,
    next_step,
    refuse_idle_wait,
    unfinished,
)
from cothemes.cli.console import emit, note, progress, say, say_lines, typed, whoever_reads
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import (
    BaseUrlOption,
    BudgetOption,
    CoderOption,
    JsonOption,
    KindChoice,
    LogOption,
    ModelOption,
    NotifyOption,
    names_in,
)
from cothemes.cli.propose import show_report, summary
from cothemes.errors import PartialError
from cothemes.presentation.ingest_text import ingest_lines
from cothemes.presentation.privacy_text import sent_lines
from cothemes.presentation.route_text import ORDER_NAMES
from cothemes.records.document import Kind
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.app.study import Study


def run(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="Files, or folders with everything below them.")
    ],
    coder: CoderOption = None,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: BudgetOption = None,
    reviewers: Annotated[
        str, typer.Option(metavar="A,B", help="Registered reviewers who are assigned the new passages.")
    ] = "",
    kind: Annotated[
        KindChoice | None,
        typer.Option(help="Kind of all these files. [default: recognised by rule, else unknown]"),
    ] = None,
    meta: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Table of metadata: a column `file`, then any others."),
    ] = None,
    batch_api: BatchOption = False,
    wait: WaitOption = 0.0,
    notify: NotifyOption = "",
    log: LogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ingest, index, propose and, with --reviewers, route. Run it again to process only what is new."""
    wanted = ProposeOptions(
        coder=coder.value if coder else None,
        model=model,
        base_url=base_url,
        budget=budget,
        batch=batch_api,
        wait=wait,
    )
    refuse_idle_wait(batch_api, wait)
    with (
        opened_study(context) as study,
        sending(study, note),
        ending(study, "run", notify, note) as end,
        event_log(study, log, note) as tell,
    ):
        report = pipeline(
            study,
            paths,
            wanted=wanted,
            kind=Kind(kind.value) if kind else None,
            meta=meta,
            reviewers=names_in(reviewers),
            tell=batches_told(tell, note),
            bar=partial(progress, quiet=as_json),
        )
        end.summary = _summary(report)
        _show(study, report, reviewers, as_json)
        report.checked()
        _raise_for_rest(report)


def _summary(report: PipelineReport) -> str:
    """One line for the morning. Names unread files where the error that follows does not."""
    parts = [f"{counted(len(report.ingest.files), 'file')}."]
    if report.stopped and report.ingest.failed:
        parts.append(f"Files not read: {len(report.ingest.failed)}.")
    changed = [each for each in report.ingest.files if each.state is not FileState.UNCHANGED]
    unknown = sum(each.kind is Kind.UNKNOWN for each in report.ingest.files)
    if unknown:
        parts.append(f"Documents of unknown kind: {unknown}.")
    unsettled = sum(bool(each.document and each.unsettled) for each in changed)
    if unsettled:
        parts.append(f"Unknown speakers in {counted(unsettled, 'document')}.")
    return " ".join([*parts, *([summary(report.propose)] if report.propose else [])])


def _show(study: Study, report: PipelineReport, reviewers: str, as_json: bool) -> None:
    with whoever_reads():
        _print(report, reviewers, as_json, sent_without_consent(study))


def _print(report: PipelineReport, reviewers: str, as_json: bool, sent: Sequence[SentWithoutConsent]) -> None:
    drawn = report.route.drawn if report.route else 0
    if as_json:
        emit(run_report(report, sent))
    else:
        say_lines(ingest_lines(report.ingest))
        for line in sent_lines(sent):
            typed(line)
        say(f"{report.index.indexed} passages in the vector store, {report.index.embedded} embedded now.")
        if report.propose:
            show_report(report.propose)
        if report.route:
            names = ", ".join(names_in(reviewers))
            served = ORDER_NAMES[report.route.order]
            say(f"{counted(drawn, 'passage')} assigned now to {names}, served {served}.")
            for remark in report.route.notes:
                note(remark)


def _raise_for_rest(report: PipelineReport) -> None:
    """PartialError where files or passages are left."""
    assert report.propose is not None
    unread, proposed = len(report.ingest.failed), report.propose
    if unread and proposed.complete:
        raise PartialError(
            f"files not read: {unread}", hint="Correct the files; the same command tries again what is left."
        )
    if unread or not proposed.complete:
        files = f"files not read: {unread}; " if unread else ""
        raise PartialError(f"{files}{unfinished(proposed)}", hint=next_step(proposed))
