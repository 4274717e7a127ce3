"""`cothemes held`: all that the study holds about a participant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cothemes.app.privacy.held import held as run
from cothemes.app.privacy.held import write_held
from cothemes.cli.console import emit, note, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.held_text import held_lines, held_page
from cothemes.records.text import counted


def held(
    context: typer.Context,
    participant: Annotated[str, typer.Argument(metavar="PARTICIPANT", help="Participant's short name.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="New folder for the report and every version of the texts."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print all that is held about a participant.

    It lists texts, codings, notes, model calls and exports. Use it to answer a person who asks what the study
    holds about them. Names are not replaced.
    """
    with opened_study(context) as study:
        found = run(study, participant)
        if out is not None:
            written = write_held(study, found, out, held_page(found))
            note(f"{counted(len(written), 'file')} in {out}")
    if as_json:
        emit(found)
    else:
        say_lines(held_lines(found))
