"""The command line: assembles the commands, one file each. Heavy imports wait until a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.cli import (
    adjudicate,
    agreement,
    anchoring,
    cancel,
    codebook,
    codings,
    costs,
    decide,
    deidentify,
    demo,
    disagreements,
    doctor,
    evaluate,
    exchange,
    forget,
    index,
    ingest,
    init,
    matrix,
    memo,
    pack,
    prevalence,
    propose,
    queue,
    report,
    review,
    reviewers,
    route,
    run,
    show,
    stability,
    status,
)
from cothemes.cli.group import EdgeGroup
from cothemes.cli.invocation import Invocation

HELP = """Code interviews and policy texts: a coder proposes, people decide, agreement is measured.

Begin with `cothemes demo`, or with your own study: `cothemes init DIR`, then `cothemes ingest FILES`.
"""

app = typer.Typer(
    cls=EdgeGroup,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("init")(init.init)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("ingest")(ingest.ingest)
app.command("index")(index.index)
app.command("search")(index.search)
app.command("propose")(propose.propose)
app.add_typer(reviewers.app, name="reviewers")
app.command("route")(route.route)
app.command("review")(review.review)
app.command("queue")(queue.queue)
app.command("decide")(decide.decide)
app.command("done")(decide.done)
app.command("undo")(decide.undo)
app.command("adjudicate")(adjudicate.adjudicate)
app.command("codings")(codings.codings)
app.command("show")(show.show)
app.command("quotes")(codings.quotes)
app.command("matrix")(matrix.matrix)
app.add_typer(memo.app, name="memo")
app.command("agreement")(agreement.agreement)
app.command("disagreements")(disagreements.disagreements)
app.command("anchoring")(anchoring.anchoring)
app.command("stability")(stability.stability)
app.command("prevalence", context_settings=prevalence.TAKES_MORE)(prevalence.prevalence)
app.command("evaluate")(evaluate.evaluate)
app.command("import")(exchange.import_)
app.command("export")(exchange.export)
app.command("pack")(pack.pack)
app.command("report")(report.report)
app.add_typer(codebook.app, name="codebook")
app.command("deidentify")(deidentify.deidentify)
app.command("forget")(forget.forget)
app.command("costs")(costs.costs)
app.command("cancel")(cancel.cancel)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)


@app.callback()
def options(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option("-C", metavar="STUDY_DIR", help="The study; else found from the working folder upward."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from cothemes import __version__

        typer.echo(__version__)
        raise typer.Exit()
    context.obj = Invocation(folder=folder)
