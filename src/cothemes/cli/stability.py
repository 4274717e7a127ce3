"""`cothemes stability`: how much a model's coding depends on chance, wording and order."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.coders.propose import ProposeOptions, settings_for
from cothemes.app.figures.stability import Design, measure, stability_plan
from cothemes.cli.console import emit, progress, say, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import BaseUrlOption, JsonOption, ModelOption
from cothemes.presentation.evaluation_text import stability_lines


def stability(
    context: typer.Context,
    sample: Annotated[
        int, typer.Option(metavar="N", min=1, help="Number of passages, drawn at random.")
    ] = 30,
    repeats: Annotated[
        int, typer.Option(metavar="R", min=1, help="Number of times that each variant is asked and paid for.")
    ] = 2,
    paraphrases: Annotated[
        int, typer.Option(metavar="N", min=0, max=2, help="Number of other wordings of the prompt.")
    ] = 2,
    orders: Annotated[int, typer.Option(metavar="N", min=1, help="Number of orders of the codes.")] = 2,
    seed: Annotated[int, typer.Option(min=1, help="Random seed of the sample and the orders.")] = 1,
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="AMOUNT",
            min=0,
            help="Spending limit in the currency of the prices. Stops before it is exceeded.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show how many calls it takes; ask nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how steady a model's codes are. A fixed sample is coded repeatedly and the results are
    compared.
    """
    design = Design(sample, repeats, paraphrases, orders, seed)
    with opened_study(context) as study:
        settings = settings_for(study, ProposeOptions(model=model, base_url=base_url))
        plan = stability_plan(study, settings, design)
        if dry_run:
            if as_json:
                emit(plan)
                return
            further = "; the critic reads each suggestion besides" if plan.critic else ""
            say(f"{plan.ways} ways of asking, {plan.answers} answers{further}. Nothing was done.")
            return
        with progress("Asking again", plan.answers, quiet=as_json) as advance:
            found = measure(study, settings, design, budget=budget, progress=advance)
    if as_json:
        emit(found)
    else:
        say_lines(stability_lines(found.model, found))
