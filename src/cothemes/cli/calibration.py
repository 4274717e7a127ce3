"""`cothemes calibration`: what people's decisions taught about a model's suggestions."""

from __future__ import annotations

import typer

from cothemes.app.coders.calibration import learn_calibration
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.calibration_text import calibration_lines


def calibration(context: typer.Context, as_json: JsonOption = False) -> None:
    """Learn how likely a model's suggestions are right, from people's decisions.

    Stores a probability with each suggestion and prints what these probabilities are worth on documents held
    out. Asks no model. `propose` and `route` learn anew too.
    """
    with opened_study(context) as study:
        report = learn_calibration(study)
    if as_json:
        emit(report)
    else:
        say_lines(calibration_lines(report))
