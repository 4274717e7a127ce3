"""`cothemes stability`: how much a model's coding depends on chance, wording and order."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cothemes.app.coders.propose import ProposeOptions, settings_for
from cothemes.app.figures.stability import Design, Measured, measure, sample_of
from cothemes.cli.console import emit_json, progress, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import BaseUrlOption, JsonOption, ModelOption
from cothemes.errors import UsageError
from cothemes.presentation.evaluation_text import stability_lines
from cothemes.stages.evaluate.stability_figures import Steadiness, steadiness


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
        if not settings.model.name:
            raise UsageError("no model is named", hint="Give --model PROVIDER:NAME.")
        ways = len(design.variations(settings.coder.prompt))
        answers = ways * len(sample_of(study, design))
        if dry_run:
            if as_json:
                emit_json({"ways": ways, "answers": answers, "critic": settings.coder.critic})
                return
            further = "; the critic reads each suggestion besides" if settings.coder.critic else ""
            say(f"{ways} ways of asking, {answers} answers{further}. Nothing was done.")
            return
        with progress("Asking again", answers, quiet=as_json) as advance:
            found = measure(study, settings, design, budget=budget, progress=advance)
    if as_json:
        emit_json(as_plain(found))
    else:
        _show(found)


def as_plain(found: Measured) -> dict[str, Any]:
    """Everything as one plain document; what cannot be computed is null with a reason."""
    return {"run": found.run, "model": found.model, **figures_of(found).model_dump(mode="json")}


def figures_of(found: Measured) -> Steadiness:
    """The plain figures."""
    return steadiness(found.result, found.documents)


def _show(found: Measured) -> None:
    for line in stability_lines(found.model, figures_of(found)):
        say(line)
