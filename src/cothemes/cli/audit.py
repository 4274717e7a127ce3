"""`cothemes audit`: the whole story of a passage."""

from __future__ import annotations

import typer

from cothemes.app.findings.audit import audit as run
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PassageArgument
from cothemes.presentation.audit_text import audit_lines


def audit(context: typer.Context, passage: PassageArgument, as_json: JsonOption = False) -> None:
    """Show the whole story of a passage, in order.

    It has the cut and the corrections of its text, assignments, suggestions, decisions with their state,
    memos, rulings and imported ratings.
    """
    with opened_study(context) as study:
        found = run(study, passage)
    if as_json:
        emit(found)
    else:
        say_lines(audit_lines(found))
