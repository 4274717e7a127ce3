"""`cothemes costs`: what was spent on models."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.runs import reconcile as settling
from cothemes.app.runs.costs import costs as summed
from cothemes.cli.console import emit, say_lines
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import AsOption, JsonOption
from cothemes.cli.settling import (
    AboveOption,
    CallOption,
    GoneOption,
    NoteOption,
    RunOption,
    SettleOption,
    TakeBackOption,
    UnconfirmedOption,
    WhenOption,
    show_lost,
    show_settled,
    which_calls,
)
from cothemes.errors import UsageError
from cothemes.presentation.cost_text import cost_lines

if TYPE_CHECKING:
    from cothemes.records.confirmation import Which


class ByChoice(StrEnum):
    """Units that costs are summed over."""

    RUN = "run"
    STAGE = "stage"
    MODEL = "model"
    CODEBOOK = "codebook"
    DAY = "day"
    MONTH = "month"


def costs(
    context: typer.Context,
    by: Annotated[ByChoice, typer.Option("--by", help="What to group the costs by.")] = ByChoice.RUN,
    unconfirmed: UnconfirmedOption = False,
    settle: SettleOption = "",
    take_back: TakeBackOption = None,
    run: RunOption = "",
    when: WhenOption = "",
    call: CallOption = "",
    name: AsOption = "",
    note: NoteOption = "",
    above: AboveOption = False,
    gone: GoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what models cost, by the provider's own count. Calls that may have been paid for are listed apart.

    If a reply was lost, the call counts at an estimate until a person settles it with the amount on the
    provider's page. List such calls with --unconfirmed and settle them with --settle.
    """
    which = _chosen(run, when, call, unconfirmed=unconfirmed, settle=settle, take_back=take_back)
    with opened_study(context) as study:
        if settle:
            nanos = settling.parsed_amount(settle)
            lot = settling.reconcile(study, nanos, which, by=name, note=note, above=above, gone=gone)
            show_settled(study, lot, as_json)
            return
        if take_back is not None:
            show_settled(study, settling.take_back(study, take_back, by=name, note=note, gone=gone), as_json)
            return
        if unconfirmed:
            show_lost(study, which, as_json)
            return
        found = summed(study, by.value)
    if as_json:
        emit(found)
    else:
        say_lines(cost_lines(found))


def _chosen(
    run: str, when: str, call: str, *, unconfirmed: bool, settle: str, take_back: int | None
) -> Which:
    """Raise UsageError where two things are asked for at once, or calls are named for nothing."""
    if sum((unconfirmed, bool(settle), take_back is not None)) > 1:
        raise UsageError(
            "--unconfirmed, --settle and --take-back exclude one another", hint="Ask for one of them."
        )
    if (run or when or call) and not (unconfirmed or settle):
        raise UsageError(
            "--run, --when and --call say which unconfirmed calls are meant",
            hint="Add --unconfirmed or --settle AMOUNT, or leave them out.",
        )
    return which_calls(run, when, call)
