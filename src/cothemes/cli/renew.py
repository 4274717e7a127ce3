"""`cothemes renew`: suggestions and order follow what people decided."""

from __future__ import annotations

import typer

from cothemes.app.figures.certificates import UsedUp
from cothemes.app.pipeline import RenewReport
from cothemes.app.pipeline import renew as renewed
from cothemes.cli.console import emit, note, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.auto_accept_text import used_up_lines
from cothemes.records.text import counted


def renew(context: typer.Context, as_json: JsonOption = False) -> None:
    """Renew suggestions and order by what people decided.

    The offline coder learns, suggests anew and puts open passages in order. Nothing is drawn and no model is
    asked. Open review windows and the service follow. Run it again after more decisions. Blind readings that
    the coder learns from can no longer certify it (auto-accept): certify first.
    """
    with opened_study(context) as study:
        found = renewed(study, tell_used_up)
    if as_json:
        emit(found)
        return
    say(_suggested(found))
    for name, moved in found.reordered.items():
        counts = ", ".join(f"{reviewer} {count}" for reviewer, count in moved.items())
        say(f"Round {name}: open passages with another place: {counts}.")
    if not found.reordered:
        say("No round is served by a score: the order stays. To choose one: cothemes route --reorder.")


def tell_used_up(found: UsedUp) -> None:
    """Before a coder learns. On stderr, so that it never stands in a document."""
    for line in used_up_lines(found):
        note(line)


def _suggested(found: RenewReport) -> str:
    done = found.propose
    if done is None:
        return "The study's coder is a model, which is asked by `cothemes propose` alone."
    if done.run is None:
        return f"Nothing to suggest anew: every passage is coded by {done.coder_description}."
    return f"Run {done.run}: {done.coder_description}; {counted(done.suggestions, 'suggestion')}."
