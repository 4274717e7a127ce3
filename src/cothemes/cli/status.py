"""`cothemes status`: where the study stands."""

from __future__ import annotations

import typer

from cothemes.app.overview.status import status as run
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.status_text import status_lines


def status(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show the state of the study. Covers documents, passages, runs of coders and progress of reviewers."""
    with opened_study(context) as study:
        found = run(study)
    if as_json:
        emit(found)
    else:
        say_lines(status_lines(found))
