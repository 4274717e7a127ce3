"""`cothemes route`: assigns passages to people and arms."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.coders.calibration import learn_calibration
from cothemes.app.routing.route import route as draw
from cothemes.cli.console import emit, note, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import DocumentsOption, JsonOption, names_in
from cothemes.presentation.route_text import route_lines
from cothemes.stages.route.design import ServingOrder


def route(
    context: typer.Context,
    reviewers: Annotated[str, typer.Option(metavar="A,B", help="Registered reviewers who get passages.")],
    documents: DocumentsOption = "",
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Name of the round. [default: main]")
    ] = "",
    overlap: Annotated[
        float | None,
        typer.Option(metavar="P", min=0, max=1, help="Share of passages that all of them code blind."),
    ] = None,
    blind: Annotated[
        float | None,
        typer.Option(metavar="P", min=0, max=1, help="Share of the remaining passages that is coded blind."),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", min=0, help="Random seed.")] = None,
    priority: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            min=0,
            max=0.9,
            help="Share of the queue that is put forward; the rest in random order. Without --order, by "
            "uncertainty; 0 serves document by document.",
        ),
    ] = None,
    order: Annotated[
        ServingOrder | None,
        typer.Option(
            metavar="ORDER",
            help="Order in which passages are served: document, random, uncertainty or value. "
            "[default: document]",
        ),
    ] = None,
    reorder: Annotated[
        bool,
        typer.Option(
            "--reorder", help="Also put passages that nobody has begun in order anew, by today's suggestions."
        ),
    ] = False,
    seeded: Annotated[
        float,
        typer.Option(
            metavar="P",
            min=0,
            max=0.2,
            help="Share of assisted cards with a planted error. Reviewers are informed.",
        ),
    ] = 0.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show counts and expected positives; store nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Assign passages to reviewers and arms at random. Run it again to assign only new passages."""
    with opened_study(context) as study:
        learn_calibration(study)
        report = draw(
            study,
            names_in(reviewers),
            documents=names_in(documents),
            round_name=round_name or None,
            overlap=overlap,
            blind=blind,
            seed=seed,
            priority=priority,
            order=order,
            reorder=reorder,
            seeded=seeded,
            dry_run=dry_run,
        )
    if as_json:
        emit(report)
        return
    for remark in report.notes:
        note(remark)
    say_lines(route_lines(report))
