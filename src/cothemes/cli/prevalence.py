"""`cothemes prevalence`: how often each code applies, with the model's errors taken off."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from cothemes.app import wiring
from cothemes.app.figures.prevalence import study_prevalence
from cothemes.cli.console import emit, note, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, KindOption
from cothemes.errors import StudyNotFound, UsageError
from cothemes.presentation.pages import PageHead, shares_page
from cothemes.presentation.prevalence_text import prevalence_lines
from cothemes.records.document import Kind

BY_RATER = (
    "With ratings alone, shares by rater are in `cothemes agreement RATINGS --csv FILE` (or --html FILE)."
)
CONTEXT_SETTINGS = {"allow_extra_args": True}
"""A file of ratings is taken only to be told where shares of it are."""


def prevalence(
    context: typer.Context,
    run: Annotated[
        str,
        typer.Option(
            "--run",
            metavar="RUN",
            help="Run whose suggestions to use. [default: the latest that did not learn from decisions]",
        ),
    ] = "",
    round_name: Annotated[
        str,
        typer.Option(
            "--round", metavar="NAME", help="Round whose blind sample to use. Rounds are never pooled."
        ),
    ] = "",
    kind: KindOption = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Output file for an HTML page with a figure."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate how often each code applies. The blind random sample corrects the coder's errors."""
    if context.args:
        raise UsageError(
            f"takes no file ({context.args[0]}): it corrects a run by a study's blind random sample",
            hint=BY_RATER,
        )
    with ExitStack() as stack:
        try:
            study = stack.enter_context(opened_study(context))
        except StudyNotFound as error:
            raise StudyNotFound(error.message, where=error.where, hint=f"{error.hint} {BY_RATER}") from error
        table = study_prevalence(
            study, run=run, round_name=round_name, kind=Kind(kind.value) if kind else None
        )
        if html is not None:
            head = PageHead(study.settings.study.title, wiring.clock().now())
            wiring.write_text(html, shares_page(table, head))
            note(f"Written: {html}")
    if as_json:
        emit(table)
        return
    say_lines(prevalence_lines(table))
