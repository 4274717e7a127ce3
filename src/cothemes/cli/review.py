"""`cothemes review`: one passage after the other, on a screen or at a prompt."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from cothemes.cli.invocation import opened_study


def review(
    context: typer.Context,
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="The reviewer; needed where there are several.")
    ] = "",
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Lines and a prompt in place of the screen, also for screen readers."),
    ] = False,
) -> None:
    """Code what is assigned to you, card by card. Goes on where it stopped; `?` lists the keys."""
    if plain or not has_screen():
        _at_the_prompt(context, name)
    else:
        _on_the_screen(context, name)


def _at_the_prompt(context: typer.Context, name: str) -> None:
    from cothemes.app.steps.review import Desk
    from cothemes.app.steps.reviewers import only_reviewer
    from cothemes.cli.review_plain import PlainReview

    with opened_study(context) as study:
        PlainReview(Desk(study, name or only_reviewer(study))).run()


def _on_the_screen(context: typer.Context, name: str) -> None:
    # What is read in at the start stays to the end: searching it for garbage would cost a tenth of the
    # start, and later a pause under somebody's finger.
    gc.disable()
    from cothemes.app.steps.review import Desk
    from cothemes.app.steps.reviewers import only_reviewer
    from cothemes.cli.console import say
    from cothemes.tui.review import ReviewApp

    with opened_study(context) as study:
        app = ReviewApp(Desk(study, name or only_reviewer(study)))
        gc.freeze()
        gc.enable()
        app.run()
        for line in app.summary():
            say(line)
        if app.return_code:
            raise typer.Exit(app.return_code)


def has_screen() -> bool:
    """Whether a screen can be painted: both ends are a terminal that can do more than print."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")
