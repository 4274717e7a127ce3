"""`cothemes costs` with --unconfirmed, --settle and --take-back: what lost calls did cost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.runs.reconcile import lost_calls, lot_as_json
from cothemes.app.runs.unconfirmed import PLACEHOLDERS, named_folder, reconcile_command
from cothemes.cli.console import emit_json, print_table, say, typed
from cothemes.errors import UsageError
from cothemes.records.confirmation import Lot, Which
from cothemes.records.price import NANOS, amount

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
    int | None, typer.Option("--take-back", metavar="LOT", help="Settlement to undo, by its lot.")
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
    typer.Option("--as", metavar="NAME", help="Person who settles. Optional if exactly one is registered."),
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
    """The calls, and what to type."""
    found = lost_calls(study, which)
    if as_json:
        emit_json({"calls": found, "open": _by_currency(found)})
        return
    if not found:
        say("Nothing is unconfirmed: every call that may have been paid for has its cost.")
        return
    runs = list(dict.fromkeys(row["run"] for row in found))
    one = len(runs) == 1
    print_table(
        ("call", "run", "asked", "passage", "why", "at most"),
        [
            (
                row["call"], "" if one else row["run"], row["asked"][5:16].replace("T", " "),
                row["passage"], row["why"], _money(row["open"], row["currency"]),
            )
            for row in found
        ],
        right=(5,),
    )  # fmt: skip
    total = " and ".join(_money(value, currency) for currency, value in _by_currency(found).items())
    say(f"{_calls(len(found))} of {', '.join(runs)}, at most {total}.")
    say("To settle them:")
    typed(f"  {reconcile_command(study, runs)}")
    say(f"  {PLACEHOLDERS}")


def show_settled(study: Study, lot: Lot, as_json: bool) -> None:
    """What was settled, in a sentence."""
    if as_json:
        emit_json(lot_as_json(lot))
        return
    now, before = (amount(nanos, lot.currency) for nanos in (lot.amount_nanos, lot.open_nanos))
    calls, runs = _calls(lot.calls), ", ".join(lot.runs)
    if lot.takes_back is not None:
        say(f"Lot {lot.takes_back} is taken back: {calls} of {runs} count for {before} again, not {now}.")
        return
    say(f"Lot {lot.lot}: {calls} of {runs} count for {now} now, where {before} was reserved.")
    typed(
        f"To undo this: cothemes{named_folder(study)} costs --take-back {lot.lot} --as {quote(lot.by)} "
        "--note WHY"
    )


def settled_lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What was settled by hand and stands, a line for each lot."""
    for lot in found:
        if lot["takes_back"] is None and not lot["taken_back"]:
            now, before = (_money(lot[name], lot["currency"]) for name in ("settled_at", "was_open"))
            yield (
                f"Settled by hand (lot {lot['lot']}): {_calls(lot['calls'])} of {', '.join(lot['runs'])} at "
                f"{now} instead of {before}, by {lot['by']} on {lot['at'][:10]}: {lot['note']}"
            )


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


def _by_currency(found: Sequence[dict[str, Any]]) -> dict[str, float]:
    currencies = dict.fromkeys(row["currency"] for row in found)
    return {each: sum(row["open"] for row in found if row["currency"] == each) for each in currencies}


def _money(value: float, currency: str) -> str:
    return amount(round(value * NANOS), currency)
