"""`cothemes codebook recode`: passages back to those who coded them, for codes whose wording changed."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.codebook.recode import RecodeReport
from cothemes.app.codebook.recode import recode as run
from cothemes.cli.console import emit, print_table, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, names_in
from cothemes.presentation.wrapping import hanging


def recode(
    context: typer.Context,
    codes: Annotated[str, typer.Argument(metavar="A1,B2", help="Codes that are new or have a new wording.")],
    round_name: Annotated[str, typer.Option("--round", metavar="NAME", help="Name of the new round.")],
    reviewers: Annotated[
        str, typer.Option("--reviewers", metavar="A,B", help="Reviewers who recode. [default: all who coded]")
    ] = "",
    only_given: Annotated[
        bool,
        typer.Option(
            "--only-given",
            help="Restrict to passages with one of the codes; enough if the meaning only narrowed.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be assigned; store nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Assign passages again for coding under the new wording.

    Reviewers get back the passages that they finished under another wording of these codes, or before the
    codes existed. They code them blind, in a separate round, and for these codes alone. Earlier
    decisions stay in their round unchanged. With --only-given the probability of the draw is unknown, so
    these passages are left out of design-based estimates.
    """
    with opened_study(context) as study:
        found = run(
            study,
            names_in(codes),
            round_name,
            reviewers=names_in(reviewers),
            only_given=only_given,
            dry_run=dry_run,
        )
    if as_json:
        emit(found)
    else:
        _show(found)


def _show(found: RecodeReport) -> None:
    print_table(
        ("reviewer", "passages", "words"),
        [(name, count, f"{found.words[name]:,}") for name, count in sorted(found.passages.items())],
        right=(1, 2),
    )
    counted = ", ".join(f"{code} on {count}" for code, count in found.codes.items())
    say(hanging(f"Asked for, blind, in round {found.round}: {counted}.", 0))
    if found.open:
        say(f"{found.open} more are open still: their reviewers meet the new wording there.")
    if found.discussed:
        say(
            hanging(
                f"{found.discussed} of them were discussed since: who remembers the discussion does "
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
