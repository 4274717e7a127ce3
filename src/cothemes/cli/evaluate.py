"""`cothemes evaluate`: coders against gold."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app import wiring
from cothemes.app.figures.evaluate import (
    Account,
    Evaluation,
    Forecast,
    evaluation_plan,
    evaluation_report,
    forecasts,
)
from cothemes.app.figures.evaluate import evaluate as run
from cothemes.app.figures.workload import workload
from cothemes.cli.console import emit, note, progress, say, say_lines, typed
from cothemes.cli.invocation import Invocation
from cothemes.cli.options import JsonOption
from cothemes.errors import PartialError, RegressionFound, UsageError
from cothemes.presentation.evaluation_page import evaluation_page
from cothemes.presentation.evaluation_text import change_lines, forecast_lines, report_lines
from cothemes.presentation.latex import latex_file
from cothemes.presentation.workload_text import workload_lines, workload_rows
from cothemes.stages.evaluate.coding.history import regressions
from cothemes.stages.evaluate.coding.publication_tables import full_rows, publication_note, publication_tables

if TYPE_CHECKING:
    from cothemes.stages.evaluate.coding.report import Row


def evaluate(
    context: typer.Context,
    suite: Annotated[
        Path,
        typer.Argument(
            metavar="SUITE.yaml", help="Suite file: which coders to run against which gold.", dir_okay=False
        ),
    ],
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare with the last evaluation; exit 7 on a regression.")
    ] = False,
    history: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for results. [default: `history` beside the suite]", file_okay=False
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="AMOUNT",
            min=0,
            help="Spending limit for models in the suite. Stops before it is exceeded.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show what models would be asked and what it would cost; ask nothing."
        ),
    ] = False,
    orders: Annotated[
        bool,
        typer.Option(
            "--workload",
            help="Show what is left to correct by share and order of reading, the offline coder learning; "
            "nothing else is scored. Takes minutes.",
        ),
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Output file for an HTML page with figures.")
    ] = None,
    latex: Annotated[
        Path | None,
        typer.Option("--latex", metavar="FILE", help="Output file for LaTeX tables."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Output file for every figure, unrounded, as CSV."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score coders against human codings. Only documents that a coder did not learn from are scored."""
    invocation: Invocation = context.obj
    wiring.check_places(html, latex, csv)
    if orders:
        if html or latex or compare or dry_run:
            raise UsageError(
                "--workload goes with --csv and --json alone", hint="Leave the other options out."
            )
        _workload(suite, csv, as_json)
        return

    def finished(row: Row) -> None:
        note(f"{row.coder}, train {row.train}: done")

    def telling(forecast: Forecast) -> None:
        for line in forecast_lines(forecast):
            note(line)

    with ExitStack() as bars:
        account = Account(
            folder=invocation.folder,
            budget=budget,
            telling=telling,
            progress=lambda label, total: bars.enter_context(progress(label, total, quiet=as_json)),
        )
        if dry_run:
            _tell(forecasts(suite, account), account, as_json)
            return
        found = run(suite, history=history, guarded=compare, account=account, finished=finished)
    if html is not None:
        wiring.write_text(html, evaluation_page(found, suite, wiring.clock().now()))
    if latex is not None:
        wiring.write_text(latex, latex_file(publication_tables(found.report), publication_note(found.report)))
    if csv is not None:
        wiring.write_csv(csv, full_rows(found.report))
    for written in filter(None, (html, latex, csv)):
        note(f"Written: {written}")
    if as_json:
        emit(evaluation_report(found))
    else:
        _show(found, change_lines(found) if compare else ())
    if found.failed:
        raise PartialError(
            f"{found.failed} passages got no reply, so nothing was added to the history",
            hint="The same command asks about them again, and buys nothing twice.",
        )
    if compare:
        _refuse_worse(found)


def _workload(suite: Path, csv: Path | None, as_json: bool) -> None:
    found = workload(suite, finished=lambda order, seed: note(f"{order}, seed {seed}: done"))
    if csv is not None:
        wiring.write_csv(csv, workload_rows(found))
        note(f"Written: {csv}")
    if as_json:
        emit(found)
        return
    say_lines(workload_lines(found))


def _refuse_worse(found: Evaluation) -> None:
    worse = regressions(found.changes)
    if worse:
        names = ", ".join(f"{change.coder} train {change.train} {change.metric}" for change in worse)
        raise RegressionFound(
            f"worse than the last time, beyond chance: {names}",
            where=str(found.history),
            hint="The history keeps it, marked, and the next comparison is again with the time before. If "
            "it has to be so, run once without --compare: later ones are then held against that.",
        )


def _show(found: Evaluation, changes: Any) -> None:
    for line in (*report_lines(found.report), *changes):
        say(line)
    if not found.failed:
        typed(f"Appended to {found.history}")


def _tell(found: list[Forecast], account: Account, as_json: bool) -> None:
    if as_json:
        emit(evaluation_plan(found, account.budget))
        return
    for each in found:
        for line in forecast_lines(each):
            say(line)
    say("Nothing was done." if found else "No model would be asked; nothing was done.")
