"""`cothemes queue`: what waits for a reviewer."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.review.readings import review_queue
from cothemes.app.review.review import Desk
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study, short_ids
from cothemes.cli.options import AsOption, JsonOption
from cothemes.presentation.readings_text import queue_lines


def queue(
    context: typer.Context,
    name: AsOption,
    limit: Annotated[int, typer.Option(min=0, help="Number of passages to show; 0 for all.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List a reviewer's open passages."""
    with opened_study(context) as study:
        found = review_queue(Desk(study, name), 0 if as_json else limit)
        ids = short_ids(study)
    if as_json:
        emit(found)
    else:
        say_lines(queue_lines(found), ids)
