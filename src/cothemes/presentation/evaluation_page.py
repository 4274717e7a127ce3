"""An evaluation as one HTML page that needs nothing else: figures, plots, what moved, what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cothemes.presentation.evaluation_plots import row_plots, rows_plot
from cothemes.presentation.pages import environment, style
from cothemes.records.numbers import coefficient

CODE_WORDS = {
    "average_precision": "average precision",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "alpha": "alpha",
}


def evaluation_page(context: Mapping[str, Any]) -> str:
    """Return the page; everything in `context` is escaped."""
    made = environment()
    made.filters.update(codeword=CODE_WORDS.__getitem__)
    made.globals.update(row_plots=row_plots, rows_plot=rows_plot, ranged=ranged)
    return made.get_template("evaluation_page.html.jinja").render({**context, "style": style()})


def ranged(value: float | None, spread: Any) -> str:
    """`.62 [.41, .83]`; the value alone where it has no interval."""
    if value is None or spread is None or spread.low is None or spread.high is None:
        return coefficient(value)
    return f"{coefficient(value)} [{coefficient(spread.low)}, {coefficient(spread.high)}]"
