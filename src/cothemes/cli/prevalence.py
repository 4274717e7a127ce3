"""`cothemes prevalence`: how often each code applies, with the model's errors taken off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.cli.choices import KindChoice
from cothemes.cli.invocation import JsonOption, opened_study

if TYPE_CHECKING:
    from cothemes.stages.evaluate.prevalence.figures import CodePrevalence, PrevalenceTable, Share


def prevalence(
    context: typer.Context,
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Whose suggestions; else the latest untaught run's.")
    ] = "",
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Which round's sample; rounds are never pooled.")
    ] = "",
    kind: Annotated[KindChoice | None, typer.Option(help="Documents of this kind only.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with a figure.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate how often each code applies. A coder's errors are taken off by the blind random sample."""
    from cothemes.app.steps.prevalence import study_prevalence, write_shares
    from cothemes.cli.console import emit_json, note, say
    from cothemes.records.document import Kind

    with opened_study(context) as study:
        table = study_prevalence(
            study, run=run, round_name=round_name, kind=Kind(kind.value) if kind else None
        )
        if html is not None:
            write_shares(study, table, html)
            note(f"Written: {html}")
    if as_json:
        emit_json(table.as_json())
        return
    for line in prevalence_lines(table):
        say(line)


def prevalence_lines(table: PrevalenceTable) -> Iterator[str]:
    """The table on 80 columns."""
    from cothemes.cli.agreement_text import wrapped
    from cothemes.records.text import shown_text

    yield f"Shares of passages, suggestions of {shown_text(table.rater)} corrected"
    for note in table.notes:
        yield from wrapped(f"! {note}", "  ")
    yield from wrapped(table.estimand, "")
    chance = f"{table.lowest_chance:.3g}"
    if table.lowest_chance != table.highest_chance:
        chance += f" to {table.highest_chance:.3g}"
    yield from wrapped(
        f"{table.reviewed} of {table.passages} passages in {table.documents} documents "
        f"({table.clusters} clusters) drawn at random with chance {chance} and read blind by "
        f"{shown_text(', '.join(table.readers))}, round {table.round}",
        "  ",
    )
    yield ""
    width = max([4, *(len(code.code) for code in table.codes)])
    head = f"{'code':<{width}}{'n+':>5}{'model':>6}{'people':>7}"
    yield f"{head}  {'design-based':<15}  {'prediction-p.':<15}  flag"
    unknown: dict[str, list[str]] = {}
    for code in table.codes:
        yield _row(code, width)
        reason = code.design_based.reason
        if code.design_based.value is None and reason:
            unknown.setdefault(reason, []).append(code.code)
    yield ""
    for reason, codes in unknown.items():
        yield from wrapped(f"No estimate, {reason}: {', '.join(codes)}.", "  ")
    yield from wrapped(
        "In percent. n+: passages of the sample to which a reader applied the code. model: the run's own "
        f"share, with its errors. people: {table.conventions['people']}. Intervals: "
        f"{table.conventions['interval']}.",
        "",
    )


def _row(code: CodePrevalence, width: int) -> str:
    from cothemes.records.text import shown_text

    return (
        f"{shown_text(code.code):<{width}}{code.positives:>5}{_percent(code.model_share):>6}"
        f"{_percent(code.people_share.value):>7}  {_interval(code.design_based):<15}  "
        f"{_interval(code.prediction_powered):<15}  {code.flag or ''}"
    ).rstrip()


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}" if share >= 0.1 else f"{100 * share:.1f}"


def _interval(share: Share) -> str:
    if share.value is None:
        return "–"
    if share.low is None or share.high is None:
        return f"{_percent(share.value):>4}"
    return f"{_percent(share.value):>4} [{_percent(share.low)}, {_percent(share.high)}]"
