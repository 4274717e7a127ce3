"""`cothemes costs` with --unconfirmed, --settle and --take-back: what lost calls did cost."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.runs.reconcile import ReconciledLot, lost_calls
from cothemes.app.runs.unconfirmed import PLACEHOLDERS, named_folder, reconcile_command
from cothemes.cli.console import emit, print_table, say, typed
from cothemes.cli.invocation import short_ids
from cothemes.errors import UsageError
from cothemes.presentation.cost_text import calls_in_words, money
from cothemes.records.confirmation import Which

if TYPE_CHECKING:
    from cothemes.app.study import Study

UnconfirmedOption = Annotated[
    bool, typer.Option("--unconfirmed", help="List the calls that may have been paid for.")
]
SettleOption = Annotated[
    str,
    typer.Option(
        metavar="AMOUNT",
        help="Amount that the provider billed for the unconfirmed calls together, or `nothing`.",
    ),
]
TakeBackOption = Annotated[
    int | None, typer.Option("--take-back", metavar="LOT", help="Reconciliation to undo, by its lot.")
]
RunOption = Annotated[str, typer.Option("--run", metavar="RUN", help="Run whose calls to include.")]
WhenOption = Annotated[
    str, typer.Option("--when", metavar="DATE", help="Day or month of the calls, in UTC: YYYY-MM[-DD].")
]
CallOption = Annotated[
    str, typer.Option("--call", metavar="ID", help="Call to include, by its id in the list.")
]
AsOption = Annotated[
    str,
    typer.Option(
        "--as", metavar="NAME", help="Person who reconciles. Optional if exactly one is registered."
    ),
]
NoteOption = Annotated[
    str,
    typer.Option("--note", metavar="TEXT", help="Where and when the amount was read, or why it is undone."),
]
AboveOption = Annotated[
    bool,
    typer.Option(
        "--more-than-reserved", help="Accept an amount that is higher than the calls could have cost."
    ),
]
GoneOption = Annotated[
    bool,
    typer.Option(
        "--nothing-runs", help="Confirm that nothing of the run is still active on another machine."
    ),
]


def which_calls(run: str, when: str, call: str) -> Which:
    """The calls that the options name. Raises UsageError for what is no date."""
    if when and not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", when):
        raise UsageError(f"{when!r} is not a day or month", hint="Write 2026-11-22 or 2026-11.")
    return Which(run=run, when=when, call=call)


def show_lost(study: Study, which: Which, as_json: bool) -> None:
    """Print the calls, and what to type."""
    found = lost_calls(study, which)
    if as_json:
        emit(found)
        return
    if not found.calls:
        say("Nothing is unconfirmed: every call that may have been paid for has its cost.")
        return
    runs = list(dict.fromkeys(call.run for call in found.calls))
    one = len(runs) == 1
    print_table(
        ("call", "run", "asked", "passage", "why", "at most"),
        [
            (
                call.call, "" if one else call.run, f"{call.asked:%m-%d %H:%M}",
                call.passage, call.why, money(call.open, call.currency),
            )
            for call in found.calls
        ],
        right=(5,),
        ids=short_ids(study),
    )  # fmt: skip
    total = " and ".join(money(value, currency) for currency, value in found.open.items())
    say(f"{calls_in_words(len(found.calls))} of {', '.join(runs)}, at most {total}.")
    say("To reconcile them:")
    typed(f"  {reconcile_command(study, runs)}")
    say(f"  {PLACEHOLDERS}")


def show_settled(study: Study, lot: ReconciledLot, as_json: bool) -> None:
    """Print what was settled, in a sentence."""
    if as_json:
        emit(lot)
        return
    now, before = (money(value, lot.currency) for value in (lot.settled_at, lot.was_open))
    calls, runs = calls_in_words(lot.calls), ", ".join(lot.runs)
    if lot.takes_back is not None:
        say(f"Lot {lot.takes_back} is taken back: {calls} of {runs} count for {before} again, not {now}.")
        return
    say(f"Lot {lot.lot}: {calls} of {runs} count for {now} now, where {before} was reserved.")
    typed(
        f"To undo this: cothemes{named_folder(study)} costs --take-back {lot.lot} --as {quote(lot.by)} "
        "--note WHY"
    )
