"""The figure of a map of differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from cothemes.presentation.plots.grid import grid

if TYPE_CHECKING:
    from cothemes.stages.evaluate.differences import DifferenceMap

MOST_DOCUMENTS = 40
"""Most documents in the figure; the page lists all."""


def difference_plot(found: DifferenceMap) -> Markup | None:
    """Return the figure; None where nothing differs."""
    if not found.codes:
        return None
    return grid(
        "differences-map",
        "Passages that readers see differently, by code and document",
        [line.code for line in found.codes],
        found.documents[:MOST_DOCUMENTS],
        {(line.code, name): count for line in found.codes for name, count in line.by_document.items()},
    )
