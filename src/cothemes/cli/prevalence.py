"""`cothemes prevalence`: how often each code applies, with the model's errors taken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.figures.prevalence import study_prevalence, write_shares
from cothemes.cli.console import emit, note, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, KindOption
from cothemes.errors import StudyNotFound, UsageError
from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.document import Kind
from cothemes.records.numbers import percent, percent_interval
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.prevalence.shares import FEWEST_POSITIVES, FIRM_POSITIVES, TOO_FEW

if TYPE_CHECKING:
    from cothemes.stages.evaluate.prevalence.figures import CodePrevalence, PrevalenceTable, Share


BY_RATER = (
    "With ratings alone, shares by rater are in `cothemes agreement RATINGS --csv FILE` (or --html FILE)."
)
CONTEXT_SETTINGS = {"allow_extra_args": True}
"""A file of ratings is taken only to be told where shares of it are."""
CODE = 10
"""A longer code gets a line of its own."""


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
            write_shares(study, table, html)
            note(f"Written: {html}")
    if as_json:
        emit(table)
        return
    for line in prevalence_lines(table):
        say(line)


def prevalence_lines(table: PrevalenceTable) -> Iterator[str]:
    """The table on 80 columns."""
    yield f"Shares of passages, suggestions of {shown_text(table.rater)} corrected"
    for remark in table.notes:
        yield from wrapped_lines(f"! {remark}", "  ")
    yield from wrapped_lines(table.estimand, "")
    chance = f"{table.lowest_chance:.3g}"
    if table.lowest_chance != table.highest_chance:
        chance += f" to {table.highest_chance:.3g}"
    yield from wrapped_lines(
        f"{table.reviewed} of {counted(table.passages, 'passage')} in {counted(table.documents, 'document')} "
        f"({counted(table.clusters, 'cluster')}) drawn at random with chance {chance} and read blind by "
        f"{shown_text(', '.join(table.readers))}, round {table.round}",
        "  ",
    )
    yield ""
    width = max([4, *(len(shown_text(code.code)) for code in table.codes if len(code.code) <= CODE)])
    head = f"{'code':<{width}}{'yes':>5}{'coder':>6}"
    yield f"{head}  {'people':<13}  {'design-based':<13}  {'prediction-p.':<13}  flag"
    unknown: dict[str, list[str]] = {}
    for code in table.codes:
        yield from _row(code, width)
        reason = code.design_based.reason
        if code.design_based.value is None and reason:
            unknown.setdefault(reason, []).append(code.code)
    yield ""
    for reason, codes in unknown.items():
        yield from wrapped_lines(f"No estimate, {reason}: {shown_text(', '.join(codes))}.", "  ")
    yield from _too_few(table)
    yield from wrapped_lines(
        "In percent. yes: passages of the blind sample to which a reader applied the code. coder: the run's "
        f"own share, with its errors. people: {table.conventions['people']}; without an interval "
        "where the chances of being drawn differ, unless positives are too few. few positives, few "
        f"negatives: under {FIRM_POSITIVES} passages with or without the code, so the run is not corrected: "
        f"each estimate is people's own share, with a wide exact interval. "
        f"Intervals: {table.conventions['interval']}.",
        "",
    )
    for line in left_out_lines(table.left_out):
        yield from wrapped_lines(line, "  ")


def _too_few(table: PrevalenceTable) -> Iterator[str]:
    few = [code for code in table.codes if code.flag == TOO_FEW]
    if not few:
        return
    twice = sum(2 * code.positives >= FEWEST_POSITIVES for code in few)
    yield from wrapped_lines(
        f"too few: the sample holds under {FEWEST_POSITIVES} passages with the code, so the run is not "
        "corrected; people's share has an exact interval. More blind passages help (route with a higher "
        "--overlap or --blind): at "
        f"the present rate twice as many would bring {twice} of {counted(len(few), 'such code')} to "
        f"{FEWEST_POSITIVES}.",
        "  ",
    )


def _row(code: CodePrevalence, width: int) -> Iterator[str]:
    name = shown_text(code.code)
    if len(name) > width:
        yield name
        name = ""
    yield (
        f"{name:<{width}}{code.positives:>5}{percent(code.model_share, unit=''):>6}"
        f"  {_interval(code.people_share):<13}  {_interval(code.design_based):<13}"
        f"  {_interval(code.prediction_powered):<13}  {code.flag or ''}"
    ).rstrip()


def _interval(share: Share) -> str:
    """Whole percents throughout, so that a column has one precision."""
    return percent_interval(share, unit="", width=3)
