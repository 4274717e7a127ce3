"""The figure of a table of shares, and its gaps by reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from cothemes.presentation.plots.forest import Item, forest
from cothemes.records.numbers import percent

if TYPE_CHECKING:
    from cothemes.stages.evaluate.prevalence.figures import CodePrevalence, PrevalenceTable, Share


def shares_plot(table: PrevalenceTable, name: str) -> Markup | None:
    """Return the figure; None where no code has an estimate."""
    items = [
        Item(code.code, share.value, share.low, share.high, set_apart=not code.corrected)
        for code in table.codes
        if (share := _shown(code)) is not None
    ]
    ends = [end for item in items for end in (item.value, item.high) if end is not None]
    if not ends:
        return None
    return forest(
        name,
        "Design-based share of passages with each code"
        if table.corrected
        else "People's share of passages with each code",
        items,
        span=(0.0, min(1.0, max(ends) * 1.05) or 1.0),
        axis="percent of passages",
        shown=partial(percent, unit=""),
    )


def _shown(code: CodePrevalence) -> Share | None:
    """The design-based share; of too few positives people's own with its exact interval; else None."""
    if code.design_based.value is not None:
        return code.design_based
    return code.people_share if code.people_share.low is not None else None


def reasons_of(table: PrevalenceTable) -> list[tuple[str, list[str]]]:
    """Return the reasons why codes have no estimate, each with its codes."""
    found: dict[str, list[str]] = {}
    for code in table.codes:
        if code.design_based.value is None and code.design_based.reason:
            found.setdefault(code.design_based.reason, []).append(code.code)
    return list(found.items())
