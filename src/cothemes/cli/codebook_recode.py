"""`cothemes codebook recode`: passages back to those who coded them, for codes whose wording changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.codebook.recode import recode as run
from cothemes.cli.console import emit_json, print_table, say, typed
from cothemes.cli.invocation import JsonOption, opened_study
from cothemes.presentation.wrapping import hanging

if TYPE_CHECKING:
    from cothemes.app.codebook.recode import RecodeReport


def recode(
    context: typer.Context,
    codes: Annotated[str, typer.Argument(metavar="A1,B2", help="Codes with a new wording, or new ones.")],
    round_name: Annotated[str, typer.Option("--round", metavar="NAME", help="A round of its own.")],
    reviewers: Annotated[
        str, typer.Option("--reviewers", metavar="A,B", help="Only these; else all who coded.")
    ] = "",
    only_given: Annotated[
        bool,
        typer.Option("--only-given", help="Only where a code was given: enough if its meaning narrowed."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be given; store nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Give passages back for coding under the new wording.

    Everyone gets those back that she finished under another wording of these codes, or before they were
    there: blind, in a round of its own, and for these codes alone. What was decided before stays in its round
    as it is. Where only passages come back on which a code was given, the chance of the draw is not known any
    more, and they are left out of design-based estimates.
    """

    def names(given: str) -> list[str]:
        return [name.strip() for name in given.split(",") if name.strip()]

    with opened_study(context) as study:
        found = run(
            study,
            names(codes),
            round_name,
            reviewers=names(reviewers),
            only_given=only_given,
            dry_run=dry_run,
        )
    if as_json:
        emit_json(
            {
                "round": found.round,
                "passages": found.passages,
                "words": found.words,
                "codes": found.codes,
                "double": sum(r.double for r in found.again.recodings),
                "open": found.again.open,
                "discussed": found.again.discussed,
                "stored": found.stored,
            }
        )
        return
    _show(found)


def _show(found: RecodeReport) -> None:

    print_table(
        ("reviewer", "passages", "words"),
        [(name, count, f"{found.words[name]:,}") for name, count in sorted(found.passages.items())],
        right=(1, 2),
    )
    counted = ", ".join(f"{code} on {count}" for code, count in found.codes.items())
    say(hanging(f"Asked for, blind, in round {found.round}: {counted}.", 0))
    if found.again.open:
        say(f"{found.again.open} more are open still: their reviewers meet the new wording there.")
    if found.again.discussed:
        say(
            hanging(
                f"{found.again.discussed} of them were discussed since: who remembers the discussion does "
                "not read them independently.",
                0,
            )
        )
    if not found.stored:
        say("Nothing was stored.")
        return
    say("Earlier decisions stay in their rounds. Next:")
    for name in sorted(found.passages):
        typed(f"  cothemes review --as {name}")
    typed(f"  cothemes agreement --round {found.round}")
