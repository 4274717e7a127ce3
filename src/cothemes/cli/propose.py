"""`cothemes propose`: has a coder suggest codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.coders.propose import ProposeOptions, ProposeReport, plan
from cothemes.app.coders.propose import propose as run
from cothemes.app.coders.replay import replay
from cothemes.app.events.dispatcher import sending
from cothemes.app.figures.certificates import used_up_by
from cothemes.app.runs.call_policy import event_log
from cothemes.app.runs.unattended import ending
from cothemes.cli.batches import (
    UNPARK,
    BatchOption,
    WaitOption,
    batches_told,
    next_step,
    refuse_idle_wait,
    unfinished,
)
from cothemes.cli.console import emit, note, progress, say, say_lines, whoever_reads
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import (
    BaseUrlOption,
    BudgetOption,
    CoderOption,
    DocumentsOption,
    JsonOption,
    LogOption,
    ModelOption,
    NotifyOption,
    names_in,
)
from cothemes.cli.plan import show_corrected, show_plan, show_withheld, skipped_lines, tell_price
from cothemes.cli.renew import tell_used_up
from cothemes.errors import PartialError
from cothemes.presentation.calibration_text import learned_lines
from cothemes.presentation.cost_text import to_settle_lines
from cothemes.presentation.learning import learnt_lines, taught_since_lines
from cothemes.records.price import NANOS, amount

if TYPE_CHECKING:
    from cothemes.app.coders.propose import Plan
    from cothemes.app.study import Study


def propose(
    context: typer.Context,
    coder: CoderOption = None,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: BudgetOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be coded and what it would cost; ask nothing.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Largest number of passages to code.")
    ] = None,
    documents: DocumentsOption = "",
    concurrency: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=256, help="Number of requests under way at once.")
    ] = None,
    recode: Annotated[
        bool,
        typer.Option(
            "--recode",
            help="Also code passages again that the coder coded under an earlier codebook or state.",
        ),
    ] = False,
    corrected: Annotated[
        bool,
        typer.Option(
            "--corrected",
            help="Also code passages again whose text was corrected since the coder read it.",
        ),
    ] = False,
    retry_parked: Annotated[
        bool,
        typer.Option(
            "--retry-parked", help="Also ask about passages that got no usable reply in three runs."
        ),
    ] = False,
    batch_api: BatchOption = False,
    wait: WaitOption = 0.0,
    replay: Annotated[
        bool, typer.Option("--replay", help="Recompute the last run from its stored replies; ask nothing.")
    ] = False,
    notify: NotifyOption = "",
    log: LogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest codes with verified quotes. Skips passages already coded; resumes an interrupted run."""
    wanted = ProposeOptions(
        coder=coder.value if coder else None,
        model=model,
        base_url=base_url,
        concurrency=concurrency,
        limit=limit,
        documents=tuple(names_in(documents)),
        recode=recode,
        corrected=corrected,
        budget=budget,
        retry_parked=retry_parked,
        batch=batch_api,
        wait=wait,
    )
    refuse_idle_wait(batch_api, wait)
    with opened_study(context) as study:
        if replay:
            _replay(study, as_json)
            return
        if dry_run:
            todo = plan(study, wanted)
            _tell_used_up(study, todo, recodes=recode)
            show_plan(study, wanted, todo, as_json)
            return
        with (
            sending(study, note),
            ending(study, "propose", notify, note) as end,
            event_log(study, log, note) as tell,
        ):
            todo = plan(study, wanted)
            _tell_used_up(study, todo, recodes=recode)
            if recode or corrected:
                tell_price(study, todo, budget)
            with progress("Proposing", len(todo.to_code), quiet=as_json) as advance:
                report = run(study, wanted, advance, batches_told(tell, note), todo)
            _show(report, as_json)
            report.checked()
            end.summary = summary(report)
            raise_for_failed(report)


def _tell_used_up(study: Study, todo: Plan, *, recodes: bool) -> None:
    if todo.to_code:
        tell_used_up(used_up_by(study, todo.proposer, recodes=recodes))


def _show(report: ProposeReport, as_json: bool) -> None:
    with whoever_reads():
        if as_json:
            emit(report)
        else:
            show_report(report)


def _replay(study: Study, as_json: bool) -> None:
    found = replay(study)
    if as_json:
        emit(found)
        return
    say(
        f"Run {found.run} derived again: {found.same} passages as they are on record, "
        f"{len(found.different)} otherwise, {len(found.restored)} restored, "
        f"{found.unanswered} without a reply."
    )
    if found.different:
        shown = ", ".join(found.different[:20]) + (", …" if len(found.different) > 20 else "")
        say(f"Otherwise (the record is left as it is): {shown}")


def summary(report: ProposeReport) -> str:
    """One line for the log and the morning."""
    staying = sum(each.passages for each in report.withheld)
    kept_here = f" {staying} passages may not be sent." if staying else ""
    kept_here += f" {report.parked} are parked." if report.parked else ""
    if report.run is None:
        return f"Nothing to propose; {report.known} passages were coded before.{kept_here}"
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(report.skipped.items()))
    states = ", ".join(
        f"{count} {state}" + (f" ({why})" if state == "skipped" and why else "")
        for state, count in sorted(report.states.items())
    )
    states = states or "nothing yet"
    return f"Run {report.run}: {states}; {report.suggestions} suggestions.{kept_here}"


def show_report(report: ProposeReport) -> None:
    """Print who coded, the outcomes, and what people had taught."""
    show_withheld(report.withheld)
    show_corrected(report.corrected)
    if report.run is None and report.waiting and not report.known:
        return
    if report.run is None:
        every = "the other" if report.withheld or report.waiting or report.parked else "all"
        parked = f", and {report.parked} are parked: {UNPARK}" if report.parked else ""
        who = "the offline coder" if report.taught_since else report.coder_description
        say(f"Nothing to propose: {every} {report.known} passages were coded before by {who}{parked}.")
        for line in taught_since_lines(report.taught_since):
            say(line)
        _tell_calibration(report)
        return
    coded = report.states.get("coded", 0)
    if report.waiting and not report.states:
        say(f"{report.rater} ({report.coder_description}): nothing has come yet.")
        return
    say(
        f"{report.rater} ({report.coder_description}) coded {coded} passages: "
        f"{report.suggestions} suggestions in {report.with_code} of them, "
        f"{coded - report.with_code} with no code."
    )
    for line in learnt_lines(report.learnt):
        say(line)
    _tell_calibration(report)
    others = ", ".join(
        f"{count} {state}" for state, count in sorted(report.states.items()) if state != "coded"
    )
    if others:
        say(f"Other outcomes: {others}.")
    told = {each.reason for each in report.withheld}
    for line in skipped_lines({why: n for why, n in report.skipped.items() if why not in told}):
        say(line)
    if report.spent:
        cost = " and ".join(amount(round(value * NANOS), each) for each, value in report.spent.items())
        say(f"This call cost {cost} by the provider's count.")
    if report.parked:
        say(f"{report.parked} passages are parked after three unusable replies: {UNPARK}")
    say_lines(to_settle_lines(report.unconfirmed))
    if report.unverified:
        say(f"{report.unverified} codes came without a quote from the passage; no one is shown them.")
    if report.unrepaired:
        why = {"cap": "beyond repairs_per_passage", "given_up": "since nearly all repairs had failed"}
        listed = ", ".join(f"{count} {why[each]}" for each, count in sorted(report.unrepaired.items()))
        say(f"Of them not asked about once more: {listed}.")


def _tell_calibration(report: ProposeReport) -> None:
    """Print what the model's probabilities rest on, once somebody decided on its suggestions."""
    for model in report.calibration.models if report.calibration else ():
        if model.fitted.decisions:
            say_lines(learned_lines(model))


def raise_for_failed(report: ProposeReport) -> None:
    """PartialError where passages remain to be tried again, or are parked."""
    if not report.complete:
        raise PartialError(unfinished(report), hint=next_step(report))
