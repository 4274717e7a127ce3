"""`cothemes explain`: why a coder suggests a code for a passage, or does not."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.findings.explanation import explain as explained
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PassageArgument
from cothemes.presentation.explanation_text import explanation_lines


def explain(
    context: typer.Context,
    passage: PassageArgument,
    code: Annotated[str, typer.Argument(help="Code id.")],
    as_json: JsonOption = False,
) -> None:
    """Explain a coder's score of a code in a passage.

    Prints the sentence that carries it, the words that raised or lowered it, and the nearest passages that
    people decided: the score is what the offline coder would give now, with all that was reviewed. Where a
    model suggests the code, prints which facts raise and lower its probability.
    """
    with opened_study(context) as study:
        found = explained(study, passage, code)
    if as_json:
        emit(found)
    else:
        say_lines(explanation_lines(found))
