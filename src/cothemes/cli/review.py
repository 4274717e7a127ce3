"""`cothemes review`: one passage after the other, on a screen or at a prompt."""

from __future__ import annotations

import gc
import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from cothemes.app.review.review import Desk
from cothemes.app.reviewers import only_reviewer
from cothemes.cli.console import say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import PlainOption
from cothemes.cli.renewing import renewing
from cothemes.cli.review_plain import PlainReview
from cothemes.stages.review.orders import By


class OrderChoice(StrEnum):
    """Orders of passages."""

    DOCUMENT = "document"
    PASSAGE = "passage"
    CODE = "code"
    UNCERTAINTY = "uncertainty"


def review(
    context: typer.Context,
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Reviewer. Required if several are registered.")
    ] = "",
    plain: PlainOption = False,
    by: Annotated[
        OrderChoice | None,
        typer.Option(
            help="Order of the passages. Suggestions never affect where blind ones come. [default: as routed]"
        ),
    ] = None,
    reread: Annotated[
        str,
        typer.Option(metavar="CODE", help="Code whose passages to reread, in the order of the decisions."),
    ] = "",
) -> None:
    """Code your assigned passages, card by card. Run it again to continue where you stopped; `?` lists the
    keys.
    """
    order = by.value if by else "routed"
    screen = not plain and has_screen()
    if reread:
        _again(context, name, reread, screen=screen)
    elif screen:
        _on_the_screen(context, name, order)
    else:
        _at_the_prompt(context, name, order)


def _again(context: typer.Context, name: str, code: str, *, screen: bool) -> None:
    # It needs the statistics, for which nobody who codes shall wait.
    from cothemes.app.findings.rereading import Rereading
    from cothemes.cli.reread_plain import PlainRereading

    with opened_study(context) as study:
        shelf = Rereading(study, name or only_reviewer(study), code)
        if not screen:
            PlainRereading(shelf).run()
            return
        from cothemes.tui.reread import RereadApp

        app = RereadApp(shelf)
        app.run()
        for line in app.summary():
            say(line)
        if app.return_code:
            raise typer.Exit(app.return_code)


def _at_the_prompt(context: typer.Context, name: str, order: str) -> None:
    with opened_study(context) as study:
        PlainReview(Desk(study, name or only_reviewer(study), by=By(order))).run()


def _on_the_screen(context: typer.Context, name: str, order: str) -> None:
    # What is read in at the start stays to the end: searching it for garbage would cost a tenth of the
    # start, and later a pause under somebody's finger.
    gc.disable()
    from cothemes.tui.review import ReviewApp

    with opened_study(context) as study:
        app = ReviewApp(Desk(study, name or only_reviewer(study), by=By(order)))
        gc.freeze()
        gc.enable()
        with renewing(study):
            app.run()
        for line in app.summary():
            say(line)
        if app.return_code:
            raise typer.Exit(app.return_code)


def has_screen() -> bool:
    """Return whether a screen can be painted: both ends are a terminal that can do more than print."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")
