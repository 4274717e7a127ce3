"""Agreement as one HTML page that needs nothing else: tables, figures, conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cothemes.presentation.pages import PageHead, environment, style

if TYPE_CHECKING:
    from cothemes.stages.evaluate.agreement.figures import AgreementTable


def agreement_page(table: AgreementTable, head: PageHead, *, command: str = "", source: str = "") -> str:
    """Return the page, with the command that makes it again and the file that the ratings come from."""
    context = {
        "title": head.title,
        "version": head.version,
        "made": head.made,
        "agreements": (table,),
        "no_agreement": "",
        "synthetic": table.synthetic,
        "command": command,
        "source": source,
    }
    return environment().get_template("agreement_page.html.jinja").render({**context, "style": style()})
