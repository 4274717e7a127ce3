"""`cothemes review`: one passage after the other, at a prompt."""

from __future__ import annotations

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
        typer.Option("--plain", help="Lines and a prompt, also for screen readers: today the only mode."),
    ] = False,
) -> None:
    """Code what is assigned to you, card by card; goes on where it stopped. `?` at the prompt lists keys."""
    from cothemes.app.steps.review import Desk
    from cothemes.app.steps.reviewers import only_reviewer
    from cothemes.cli.review_plain import PlainReview

    with opened_study(context) as study:
        PlainReview(Desk(study, name or only_reviewer(study))).run()
