"""Prevalence of codes, as a table on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.numbers import chances, percent, percent_interval
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.prevalence.figures import CodePrevalence, PrevalenceTable, Share
from cothemes.stages.evaluate.prevalence.shares import FEWEST_POSITIVES, FIRM_POSITIVES, TOO_FEW

CODE = 10
"""A longer code gets a line of its own."""


def prevalence_lines(table: PrevalenceTable) -> Iterator[str]:
    """Yield the table and its footnotes."""
    yield f"Shares of passages, suggestions of {shown_text(table.rater)} corrected"
    for remark in table.notes:
        yield from wrapped_lines(f"! {remark}", "  ")
    yield from wrapped_lines(table.estimand, "")
    chance = chances(table.lowest_chance, table.highest_chance)
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
        f"  {share_interval(code.people_share):<13}  {share_interval(code.design_based):<13}"
        f"  {share_interval(code.prediction_powered):<13}  {code.flag or ''}"
    ).rstrip()


def share_interval(share: Share) -> str:
    """Return a share in whole percents throughout, so that a column has one precision."""
    return percent_interval(share, unit="", width=3)
