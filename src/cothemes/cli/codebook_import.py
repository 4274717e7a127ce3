"""`cothemes codebook import` and `cothemes codebook export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.handover.codebook_export import export_codebook
from cothemes.app.handover.codebook_import import import_codebook
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PersonOption, ReasonOption, names_in
from cothemes.errors import UsageError
from cothemes.presentation.exchange_text import codebook_export_lines, codebook_import_lines

ColumnsOption = Annotated[
    str,
    typer.Option(
        "--columns",
        metavar="FIELD=COLUMN,…",
        help="Columns of the table, in place of those suggested by name; FIELD=- ignores one.",
    ),
]


def import_(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Table of codes (.csv, .xlsx, .docx), .qdc, .qdpx, .yaml, or Taguette's database.",
        ),
    ],
    columns: ColumnsOption = "",
    person: PersonOption = "",
    reason: ReasonOption = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be added; write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add the codes of another codebook. Codes that are there stay as they are.

    A code without a definition becomes a draft, which people may use and no coder proposes. The columns of a
    table are recognised by their names; --dry-run shows how.
    """
    with opened_study(context) as study:
        found = import_codebook(study, file, columns_in(columns), by=person, reason=reason, dry_run=dry_run)
    if as_json:
        emit(found)
    else:
        say_lines(codebook_import_lines(found))


def export(
    context: typer.Context,
    out: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write: .csv, .xlsx, .docx, .qdc or .yaml.")
    ],
    program: Annotated[
        str, typer.Option("--for", metavar="taguette", help="Write CSV with this program's columns.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Write the codebook as a table, a Word document, or for another program."""
    with opened_study(context) as study:
        made = export_codebook(study, out, program=program)
    if as_json:
        emit(made)
    else:
        say_lines(codebook_export_lines(made))


def columns_in(words: str) -> dict[str, str]:
    """Return field → column for `label=Code,definition=Description`. Raises UsageError."""
    found: dict[str, str] = {}
    for word in names_in(words):
        field, sign, column = word.partition("=")
        if not sign or not field.strip() or not column.strip():
            raise UsageError(
                f"{word!r} names no column", hint="Write --columns label=COLUMN,definition=COLUMN."
            )
        found[field.strip()] = column.strip()
    return found
