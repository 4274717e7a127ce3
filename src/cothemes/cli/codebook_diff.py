"""`cothemes codebook diff`: what changed, what it touches, what recoding costs, and why it was done."""

from __future__ import annotations

import typer

from cothemes.app.codebook.diff import codebook_diff
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, NewArgument, OldArgument
from cothemes.presentation.codebook_diff_text import diff_lines


def diff(
    context: typer.Context, old: OldArgument = "", new: NewArgument = "", as_json: JsonOption = False
) -> None:
    """Show what changed in the codebook and what recoding costs.

    Removed words are printed as [-removed-] and added words as {+added+}. Decisions under an old wording
    stay under it. They are never pooled with new ones, unless a person declares that both wordings mean
    the same: codebook note --same.
    """
    with opened_study(context) as study:
        found = codebook_diff(study, old, new)
    if as_json:
        emit(found)
    else:
        say_lines(diff_lines(found))
