"""Estimated shares of codes as one HTML page that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cothemes.presentation.pages import PageHead, environment, style

if TYPE_CHECKING:
    from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable


def shares_page(table: PrevalenceTable, head: PageHead) -> str:
    """Return the table with its figure as a page."""
    context = {
        "title": head.title,
        "version": head.version,
        "made": head.made,
        "estimated": ({"heading": f"Round {table.round}", "reason": "", "table": table},),
        "synthetic": table.synthetic,
    }
    return environment().get_template("shares_page.html.jinja").render({**context, "style": style()})
