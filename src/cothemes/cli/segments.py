"""Tables of coded segments of other programs: `cothemes import FILE`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from cothemes.app.handover.project_import import ProjectOptions
from cothemes.app.handover.segment_import import (
    BOOKS,
    DATABASES,
    import_segments,
    is_code_table,
    is_segment_table,
)
from cothemes.cli.codebook_import import columns_in
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import names_in
from cothemes.cli.project import complete_in
from cothemes.errors import InputError, UsageError
from cothemes.presentation.exchange_text import segment_import_lines

_TABLES = (".csv", ".tsv", *BOOKS, *DATABASES)


def is_segments(file: Path) -> bool:
    """Return whether a file is a table of coded segments; its reader reports what cannot be read."""
    if file.suffix.lower() not in _TABLES:
        return False
    try:
        return is_segment_table(file)
    except InputError:
        return file.suffix.lower() in DATABASES


def refuse_codebook(file: Path) -> None:
    """Raise UsageError for a table of codes, which another command takes."""
    if file.suffix.lower() not in (*_TABLES, ".docx"):
        return
    try:
        found = is_code_table(file)
    except InputError:
        return
    if found:
        raise UsageError(
            f"{file.name} looks like a table of codes", hint=f"cothemes codebook import {file} takes it."
        )


def import_table_of_segments(
    context: typer.Context,
    file: Path,
    *,
    columns: str,
    complete: Sequence[str],
    models: str,
    replace: bool,
    as_json: bool,
) -> None:
    """The segments, placed on the texts of the study."""
    options = ProjectOptions(complete=dict(complete_in(complete)), models=names_in(models), replace=replace)
    with opened_study(context) as study:
        found = import_segments(study, file, columns_in(columns), options)
    if as_json:
        emit(found)
    else:
        say_lines(segment_import_lines(found))
