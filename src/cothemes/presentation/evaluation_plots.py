"""The figures of an evaluation; where there is nothing to draw there is no figure."""

from __future__ import annotations

from typing import Any, NamedTuple

from markupsafe import Markup

from cothemes.presentation.agreement_plots import CUSTOMARY, Map, confusion_map
from cothemes.presentation.plots.curves import reliability_plot, workload_plot
from cothemes.presentation.plots.forest import Item, forest


class RowPlots(NamedTuple):
    """One coder at one size of training."""

    codes: Markup
    reliability: Markup | None
    workload: Markup | None
    confusion: Map | None


def rows_plot(report: Any, figure: str, title: str, names: list[str], name: str) -> Markup:
    """One figure of every row with its interval; alpha has people's beside it."""
    items = [
        _item(words, getattr(row, figure), row.intervals[figure])
        for words, row in zip(names, report.rows, strict=True)
    ]
    people = report.human_yardstick
    if figure == "alpha" and people:
        spread = people.intervals.get("alpha")
        items.append(_item("people with each other", people.macro_alpha, spread, set_apart=True))
    ends = [end for item in items for end in (item.value, item.low) if end is not None]
    return forest(
        name,
        title,
        items,
        lines=CUSTOMARY if figure == "alpha" else (),
        span=(min([0.0, *ends]) - 0.02, 1.02),
        axis="mean over splits, 95 % interval over documents",
        table="above",
    )


def row_plots(row: Any, words: str, name: str) -> RowPlots:
    """`words`: what the row is called; `name` makes the figures' ids its own on the page."""
    bins = [(each.mean, each.share_true, each.cells) for each in row.bins]
    spread = [
        None if each.true_low is None or each.true_high is None else (each.true_low, each.true_high)
        for each in row.bins
    ]
    work = [(point.reviewed, 1 - point.proposed, 1 - point.oracle) for point in row.workload]
    confusion = row.confusion
    return RowPlots(
        codes=_codes(row, words, f"{name}-codes"),
        reliability=reliability_plot(f"{name}-r", f"What the scores of {words} are worth", bins, spread)
        if bins
        else None,
        workload=workload_plot(f"{name}-w", f"Errors of {words} left after review", work) if work else None,
        confusion=confusion_map(confusion, f"{name}-c") if confusion and confusion.pairs else None,
    )


def _codes(row: Any, words: str, name: str) -> Markup:
    items = [_item(code.code, code.alpha, code.intervals.get("alpha")) for code in row.by_code]
    items.append(_item(f"mean of {row.codes} codes", row.alpha, row.intervals["alpha"], set_apart=True))
    ends = [end for item in items for end in (item.value, item.low) if end is not None]
    return forest(
        name,
        f"Alpha of {words} with gold, code by code",
        items,
        lines=CUSTOMARY,
        span=(max(-1.0, min([0.0, *ends]) - 0.05), 1.02),
        axis="alpha; the dotted and dashed lines are customary and no verdict",
    )


def _item(words: str, value: float | None, spread: Any, *, set_apart: bool = False) -> Item:
    low, high = (spread.low, spread.high) if spread else (None, None)
    reason = "no split in which it can be computed"
    if value is not None:
        reason = (spread.reason if spread else None) or ""
    return Item(words, value, low, high, reason, set_apart=set_apart)
