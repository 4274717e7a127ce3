"""The map of differences as one HTML page that needs nothing else. No coefficient stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cothemes.presentation.pages import PageHead, environment, style

if TYPE_CHECKING:
    from cothemes.stages.evaluate.differences import DifferenceMap


def difference_page(found: DifferenceMap, head: PageHead, *, pseudonyms: bool = False) -> str:
    """Return the page; `pseudonyms`: they replace the names in `found`."""
    context = {
        "title": head.title,
        "version": head.version,
        "made": head.made,
        "map": found,
        "synthetic": head.synthetic,
        "pseudonyms": pseudonyms,
    }
    return environment().get_template("difference_page.html.jinja").render({**context, "style": style()})
