"""`cothemes duplicates`: passages that say the same or nearly the same."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.corpus.repeats import repeated_passages
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import JsonOption
from cothemes.presentation.duplicates_text import duplicate_lines


def duplicates(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=0, help="Number of groups to print; 0 for all.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List passages that say the same or nearly the same. Cards name them from then on."""
    with opened_study(context) as study:
        found = repeated_passages(study)
        ids = short_ids(study)
    if as_json:
        emit(found)
    else:
        say_lines(duplicate_lines(found, limit), ids)
