"""`cothemes anchoring`: what people code with suggestions visible, and blind."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.figures.anchoring import anchoring as run
from cothemes.app.findings.coders_by_number import coder_numbers, with_numbers
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, NumberedOption
from cothemes.presentation.anchoring_text import anchoring_lines


def anchoring(
    context: typer.Context,
    round_name: Annotated[
        str, typer.Option("--round", metavar="NAME", help="Round to use. Rounds are never pooled.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--codes", help="Show every code, not only those whose interval excludes zero.")
    ] = False,
    numbered: NumberedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare blind coding with coding under suggestions. Compares arms, readings
    before and after a reveal, planted errors, and time.
    """
    with opened_study(context) as study:
        found = run(study, round_name)
        if numbered:
            found = with_numbers(found, coder_numbers(study))
    if as_json:
        emit(found)
        return
    say_lines(anchoring_lines(found, every=every))
