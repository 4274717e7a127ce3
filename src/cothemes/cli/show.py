"""`cothemes show`: one passage in context, with what was said of it."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.findings.passage import shown_passage
from cothemes.app.review.readings import card_report
from cothemes.app.review.review import Desk
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PassageArgument
from cothemes.presentation.card_text import card_lines
from cothemes.presentation.shown_passage_text import shown_passage_lines


def show(
    context: typer.Context,
    passage: PassageArgument,
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Reviewer whose view to show. [default: everything]")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show a passage in context, with its codes."""
    with opened_study(context) as study:
        if name:
            desk = Desk(study, name)
            card, progress = desk.card(passage), desk.progress
        else:
            shown = shown_passage(study, passage)
        book = study.codebook
    if name and as_json:
        emit(card_report(card))
    elif name:
        say_lines(card_lines(card, progress, book))
    elif as_json:
        emit(shown)
    else:
        say_lines(shown_passage_lines(shown))
