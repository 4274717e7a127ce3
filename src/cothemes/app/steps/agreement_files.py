"""A table of agreement to files that people look at and print."""

from __future__ import annotations

from pathlib import Path

import cothemes
from cothemes.adapters.writers.agreement_page import write_agreement_page
from cothemes.app import wiring
from cothemes.stages.evaluate.agreement.figures import AgreementTable


def write_page(table: AgreementTable, title: str, path: Path) -> None:
    """One self-contained page with the figures. Raises InputError where it cannot be written."""
    write_agreement_page(
        path,
        {
            "title": title,
            "version": cothemes.__version__,
            "made": wiring.clock().now(),
            "agreements": (table,),
            "no_agreement": "",
            "synthetic": table.synthetic,
        },
    )
