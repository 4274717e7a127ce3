"""`cothemes codebook note` and `log`: why the codebook changed, and under which version what was done."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.codebook.reasons import note_reason
from cothemes.app.codebook.versions import codebook_log
from cothemes.cli.console import emit, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PersonOption, names_in
from cothemes.presentation.codebook_history_text import log_lines


def note(
    context: typer.Context,
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Reason for the change, in one sentence.")],
    codes: Annotated[
        str,
        typer.Option(
            "--codes", metavar="A1,B2", help="Codes that the note is about. [default: all that changed]"
        ),
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="VERSION",
            help="Version before the change. [default: the version of the last decisions]",
        ),
    ] = "",
    same: Annotated[
        bool,
        typer.Option(
            "--same",
            help="Declare that old and new wording of --codes mean the same, and pool their ratings.",
        ),
    ] = False,
    person: PersonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Record why the codebook changed, for diff and report.

    With --same, a person takes responsibility for saying that a new wording, such as a corrected typing
    error, changes no coding. Ratings under both wordings are then pooled, and every table of them says
    so.
    """
    named = names_in(codes)
    with opened_study(context) as study:
        made = note_reason(study, reason, codes=named, old=since, by=person, same=same)
    if as_json:
        emit(made)
        return
    about = ", ".join(made.codes) or "the whole change"
    say(f"Kept, on {about}, from {made.old[:8]} to {made.new[:8]}.")
    if same:
        say("What was decided under either wording is pooled from now on; tables say so.")


def log(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the versions in use, what was done under each, and why."""
    with opened_study(context) as study:
        found = codebook_log(study)
    if as_json:
        emit(found)
    else:
        say_lines(log_lines(found))
