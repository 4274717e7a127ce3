"""An evaluation as people read it on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.agreement_text import interval
from cothemes.presentation.evaluation_changes import (
    cautions,
    not_compared,
    nothing_compared,
    other_than_then,
    outcome,
    rule,
    said,
    since,
)
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.numbers import coefficient, coefficient_interval, number
from cothemes.records.price import amount
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.coding.metrics import METRICS

if TYPE_CHECKING:
    from cothemes.app.figures.evaluate import Evaluation, Forecast
    from cothemes.stages.evaluate.coding.history import Change
    from cothemes.stages.evaluate.coding.metric import RowMetric
    from cothemes.stages.evaluate.coding.report import HumanBaseline, Report, Row
    from cothemes.stages.evaluate.stability_figures import Steadiness

ROOM = 65
"""Columns of the terminal for figures, beside coder and size of training."""
RANGE = 18
"""Columns from which a figure is shown with its interval."""


def report_lines(report: Report) -> Iterator[str]:
    """Table, intervals, people beside the coders, steadiness."""
    yield from wrapped_lines(
        f"{report.suite}: {counted(report.passages, 'passage')} in "
        f"{counted(report.documents, 'document')}, gold {report.gold}; "
        f"{counted(report.rows[0].codes, 'code')} scored, {len(report.too_rare)} too rare, "
        f"{counted(report.excluded, 'passage')} excluded",
        "  ",
    )
    if report.about:
        yield from wrapped_lines(f"! {shown_text(report.about)}", "  ")
    for told in report.notes:
        yield from wrapped_lines(f"! {shown_text(told)}", "  ")
    yield ""
    columns, below = _columns()
    heads = [f"{each.short} [low, high]" if each.width >= RANGE else each.short for each in columns]
    yield _line("coder", "train", heads, columns)
    for row in report.rows:
        yield _line(row.coder, str(row.train), [_cell(each, row) for each in columns], columns)
    if report.human_yardstick:
        yield _people(report.human_yardstick, columns)
    if below:
        for row in report.rows:
            figures = (f"{each.short} {coefficient_interval(row.estimate(each.key))}" for each in below)
            yield from wrapped_lines(f"{row.title}: {', '.join(figures)}", "  ")
    yield ""
    for row in report.rows:
        yield from _asked(row)
    oracle = [_area(row) for row in report.rows if row.workload]
    first = report.rows[0]
    splits = (
        f"One split, tested on {counted(first.passages, 'passage')}"
        if len(first.seeds) == 1
        else f"Means over {len(first.seeds)} splits, each tested on about {first.passages} passages"
    )
    yield from wrapped_lines(
        f"{splits}. An oracle's order would reach, row by row, work {', '.join(oracle) or '–'}.",
        "",
    )
    if report.human_yardstick:
        people = report.human_yardstick
        yield from wrapped_lines(
            f"people: {', '.join(people.raters)} with each other on {people.passages} passages. Gold made of "
            "their codes is another matter: with it a coder can agree better than they do with each other.",
            "",
        )
    said = [
        f"{each.short} ({each.name}): {each.meaning}." if each.meaning else f"{each.short}: {each.name}."
        for each in (*columns, *below)
    ]
    yield from wrapped_lines(" ".join([*said, "Intervals: 95 %, over documents."]), "")
    for row in report.rows:
        if row.stability:
            yield ""
            yield from stability_lines(row.model, row.stability)


def _columns() -> tuple[list[RowMetric], list[RowMetric]]:
    """The figures that stand in columns of the table, and those listed under it."""
    columns: list[RowMetric] = []
    for each in METRICS:
        if each.width and sum(column.width for column in columns) + each.width <= ROOM:
            columns.append(each)
    return columns, [each for each in METRICS if each not in columns and (each.below or each.width)]


def _cell(metric: RowMetric, row: Row) -> str:
    figure = row.estimate(metric.key)
    return coefficient_interval(figure) if metric.width >= RANGE else coefficient(figure.value)


def _line(coder: str, train: str, cells: Sequence[str], columns: Sequence[RowMetric]) -> str:
    figures = (f"{cell:>{each.width}}" for cell, each in zip(cells, columns, strict=True))
    return f"{coder:<8}{train:>6}{''.join(figures)}"


def _people(yardstick: HumanBaseline, columns: Sequence[RowMetric]) -> str:
    # Of people with each other, F1 and positive agreement are one figure.
    cells = [coefficient(getattr(yardstick, each.people)) if each.people else "" for each in columns]
    return _line("people", "", cells, columns).rstrip()


def _asked(row: Row) -> Iterator[str]:
    if row.asked is None:
        return
    asked = row.asked
    cost = "cost not known" if asked.cost is None else f"{number(asked.cost, significant=4)} {asked.currency}"
    lost = f", {asked.unanswered} without a usable reply (counted as no code)" if asked.unanswered else ""
    yield from wrapped_lines(
        f"{row.coder} is {shown_text(row.model)}, {row.prompt.partition(':')[0]}: {asked.passages} passages "
        f"asked{lost}; {asked.calls} calls, {cost}, run {asked.run}",
        "  ",
    )


def _area(row: Row) -> str:
    steps = [(a.oracle + b.oracle) / 2 for a, b in zip(row.workload, row.workload[1:], strict=False)]
    return coefficient(sum(steps) / len(steps))


def stability_lines(model: str, found: Steadiness) -> Iterator[str]:
    """Yield how steady a model is, code by code."""
    yield from wrapped_lines(
        f"{shown_text(model)} asked again: {found.passages} passages of {found.documents} documents in "
        f"{len(found.variations)} ways; {found.unanswered} answers could not be used",
        "  ",
    )
    width = max([4, *(len(shown_text(each.code)) for each in found.codes)])
    name = min(width, 20)
    heads = f"{'share':>7}{'flips':>7}{'repeat':>8}{'wording':>9}{'order':>7}"
    yield f"{'code':<{name}}{heads}  alpha [low, high]"
    for each in found.codes:
        by = each.flip_rate_by
        code = shown_text(each.code)
        if len(code) > name:
            yield code
            code = ""
        yield (
            f"{code:<{name}}{coefficient(each.share):>7}{coefficient(each.flip_rate):>7}{coefficient(by['repeat']):>8}"
            f"{coefficient(by['prompt']):>9}{coefficient(by['order']):>7}  {interval(each.alpha)}"
        )
    yield from wrapped_lines(
        f"flips: share of pairs of answers that differ on the code; of the codes that were given at all "
        f"{coefficient(found.flip_rate)}. "
        f"Alpha of whole sets (Jaccard) {interval(found.alpha_jaccard).strip()}. "
        "Steady is not right: agreement with people is measured by `cothemes agreement` and `evaluate`.",
        "",
    )


def change_lines(found: Evaluation) -> Iterator[str]:
    """Yield what moved since the last evaluation of the same rows."""
    yield ""
    for told in not_compared(found.passed_over):
        yield from wrapped_lines(f"! {told}", "  ")
    if not found.changes:
        reason = nothing_compared(len(found.before), found.passed_over)
        yield f"Nothing to compare with: {reason}."
        return
    yield f"Compared with {since(found.changes)}"
    for told in other_than_then(found.changes):
        yield from wrapped_lines(f"  {told}", "    ")
    for told in cautions(found.changes):
        yield from wrapped_lines(f"  ! {told}", "    ")
    yield outcome(found.changes)
    moved = [change for change in found.changes if change.moved]
    if moved:
        yield f"{'coder':<8}{'train':>6}  {'figure':<10}{'before':>7}{'after':>7}  95 % of the difference"
    for change in moved:
        yield _change(change)
    yield from wrapped_lines(rule(found.changes), "  ", "  ")


def _change(change: Change) -> str:
    name = METRICS[change.metric].short
    return (
        f"{change.coder:<8}{change.train!s:>6}  {name:<10}{coefficient(change.before):>7}"
        f"{coefficient(change.after):>7}  {_moved(change.low)} to {_moved(change.high)}  {said(change)}"
    )


def _moved(end: float) -> str:
    return coefficient(end, decimals=3, signed=True)


def forecast_lines(found: Forecast) -> Iterator[str]:
    """Yield what a model is about to be asked."""

    made = found.estimate
    again = found.answers - found.passages
    more = f" and {again} more answers to see how steady it is" if again else ""
    yield f"{shown_text(found.model)}: {found.passages} passages{more}."
    yield from wrapped_lines(
        f"About {made.input_tokens.low:,.0f} to {made.input_tokens.high:,.0f} tokens in and "
        f"{made.output_tokens.low:,.0f} to {made.output_tokens.high:,.0f} out"
        + (f", from {made.seen} replies of it." if made.seen else "; no reply of it was seen yet."),
        "  ",
    )
    if made.cost is None:
        yield from wrapped_lines(
            "What they cost is not known: no price for this model at this endpoint; see prices.toml.", "  "
        )
    else:
        low, high = (amount(round(end), made.currency) for end in (made.cost.low, made.cost.high))
        yield f"Cost: {low} to {high}. What the ledger holds already is not bought again."
