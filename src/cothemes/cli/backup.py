"""`cothemes backup` and `cothemes restore`: a copy of the study, and a study from a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.privacy.backup import backup as make
from cothemes.app.privacy.backup import restore as put_back
from cothemes.app.study import find_study
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import Invocation, opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import PartialError, StudyNotFound
from cothemes.presentation.privacy_text import backup_lines, restore_lines


def backup(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="File to write. It must not exist yet.")],
    as_json: JsonOption = False,
) -> None:
    """Write a copy of the whole study to one file. Others can go on working in it.

    It holds the records, cothemes.toml, codebook.yaml and prompts; `cothemes index --rebuild` makes vectors
    anew. It names earlier backups that hold documents which were forgotten or redacted since.
    """
    with opened_study(context) as study:
        made = make(study, out)
    if as_json:
        emit(made)
    else:
        say_lines(backup_lines(made))


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Backup that `cothemes backup` wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="New or empty folder.")] = Path(),
    tombstones: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Record of erasures to apply: a study folder, a later backup, or a file of "
            "`forget --tombstones`. [default: the present study, if it is a copy of the same one]",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup into a new or empty folder. What was forgotten or redacted since is erased again.

    The present study (-C, or above the working folder) is never changed.
    """
    invocation: Invocation = context.obj
    try:
        present = find_study(invocation.folder, given=invocation.folder is not None)
    except StudyNotFound:
        present = None
    try:
        made = put_back(file, folder, tombstones=tombstones, present=present)
    finally:
        if present is not None:
            present.close()
    if as_json:
        emit(made)
    else:
        say_lines(restore_lines(made))
    if not made.clean:
        raise PartialError(
            "old bytes may be left of documents that were erased again",
            hint="Close other programs that have the folder open, then type cothemes forget DOC there.",
        )
    if made.to_redact:
        raise PartialError(
            "redacted words came back with the backup", hint="Type the commands that are listed."
        )
