"""`cothemes decide-once`: one person's codes copied to their passages that say nearly the same."""

from __future__ import annotations

import typer

from cothemes.app.review.decided_once import decide_once as copy_codes
from cothemes.cli.console import emit, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import AsOption, JsonOption, PassageArgument
from cothemes.records.text import counted


def decide_once(
    context: typer.Context, passage: PassageArgument, name: AsOption, as_json: JsonOption = False
) -> None:
    """Copy your codes to your passages that repeat one. Each copy is your own decision and marked."""
    with opened_study(context) as study:
        found = copy_codes(study, name, passage)
    if as_json:
        emit(found)
        return
    if found.copied_to:
        codes = ", ".join(found.codes) or "no code"
        say(f"{codes} of {found.passage} copied to {counted(len(found.copied_to), 'passage')}, now finished.")
    else:
        say(f"Nothing of {found.passage} copied.")
    for other, why in found.left.items():
        say(f"  {other}: {why}")
    if found.undos:
        say(f"To take all copies back: cothemes undo --as {found.reviewer}, {counted(found.undos, 'time')}.")
