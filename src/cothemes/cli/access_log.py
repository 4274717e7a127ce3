"""`cothemes access-log`: who saw, wrote or sent words of the study."""

from __future__ import annotations

import typer

from cothemes.app.privacy.access import access_log as run
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.privacy_text import access_lines


def access_log(context: typer.Context, as_json: JsonOption = False) -> None:
    """List who saw, wrote or sent words of the study.

    Views of original names, exports, reports, sheets, packages and backups are listed with path, date and
    person, and whether they hold original names; requests to models are summed by run and endpoint.
    """
    with opened_study(context) as study:
        found = run(study)
    if as_json:
        emit(found)
    else:
        say_lines(access_lines(found))
