"""A table of agreement to files that people look at and print."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import cothemes
from cothemes.app import wiring
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.publication_tables import (
    full_rows,
    publication_note,
    publication_tables,
)


def write_page(
    table: AgreementTable, title: str, path: Path, *, command: str = "", source: Path | None = None
) -> None:
    """One self-contained page with the figures, the command that made it and the ratings file's hash.

    Raises InputError where it cannot be written.
    """
    wiring.write_agreement_page(
        path,
        {
            "title": title,
            "version": cothemes.__version__,
            "made": wiring.clock().now(),
            "agreements": (table,),
            "no_agreement": "",
            "synthetic": table.synthetic,
            "command": command,
            "source": f"{source.name}, sha256 {sha256(source.read_bytes()).hexdigest()}" if source else "",
        },
    )


def write_tables(table: AgreementTable, *, latex: Path | None = None, csv: Path | None = None) -> None:
    """LaTeX tables for a paper, a CSV of every figure by code. Raises InputError where one cannot be
    written."""
    if latex is not None:
        wiring.write_latex(latex, publication_tables(table), publication_note(table))
    if csv is not None:
        wiring.write_csv(csv, full_rows(table))
