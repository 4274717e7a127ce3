"""An evaluation as one HTML page that needs nothing else: figures, plots, what moved, what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cothemes.adapters.writers.evaluation_plots import row_plots, rows_plot
from cothemes.adapters.writers.report_page import environment, style
from cothemes.adapters.writers.whole_file import whole_file


def write_evaluation_page(path: Path, context: Mapping[str, Any]) -> None:
    """Writes the page; everything in `context` is escaped. Raises InputError where it cannot be written."""
    made = environment()
    made.globals.update(row_plots=row_plots, rows_plot=rows_plot)
    page = made.get_template("evaluation_page.html.jinja").render({**context, "style": style()})
    with whole_file(path) as handle:
        handle.write(page)
