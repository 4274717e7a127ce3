"""Calls that may have been paid for, summed: told wherever a run or its costs are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from shlex import quote

from cothemes.app.runs.killed import lower_killed
from cothemes.app.runs.reconcile import names_needed
from cothemes.app.study import Study
from cothemes.errors import BudgetReached, CothemesError
from cothemes.records.batch import OWNER
from cothemes.records.confirmation import Which
from cothemes.records.price import NANOS, amount
from cothemes.records.record import Moment, Record
from cothemes.records.run import CallState
from cothemes.records.text import counted

PLACEHOLDERS = (
    "AMOUNT is what the provider's page shows for these calls beyond the costs that `cothemes costs` knows, "
    "or `nothing`; SOURCE says where you read it."
)
"""Placeholders in the command that reconciles them."""


def list_command(study: Study) -> str:
    """Return what lists them, as it can be typed in this folder."""
    return f"cothemes{named_folder(study)} costs --unconfirmed"


def reconcile_command(study: Study, runs: Collection[str]) -> str:
    """Return what settles them, as it can be typed in this folder but for the words in capitals."""
    name = " --as NAME" if names_needed(study) else ""
    of = f" --run {next(iter(runs))}" if len(runs) == 1 else ""
    return f'cothemes{named_folder(study)} costs --settle AMOUNT{of}{name} --note "SOURCE"'


def named_folder(study: Study) -> str:
    """` -C FOLDER` where the study would not be found from the present folder; nothing where it would."""
    here = Path.cwd().resolve()
    root = study.root.resolve()
    return "" if here.is_relative_to(root) else f" -C {quote(str(root))}"


class Unconfirmed(Record):
    """Calls of one currency that may have been paid for, and the commands that list and settle them."""

    calls: int
    at_most: float
    """The most that they may have cost, in whole units."""
    currency: str
    since: Moment
    runs: tuple[str, ...]
    reconcile: str
    list: str


def unconfirmed(study: Study, run: str = "") -> tuple[Unconfirmed, ...]:
    """Return calls of all runs or of one that may have been paid for, per currency.

    What waits in a batch or is under way is not among them.
    """
    lower_killed(study)
    lost = [
        call
        for call in study.store.confirmations.lost(Which(run=run))
        if call.state is not CallState.INTENDED
        or not (call.owner.startswith(OWNER) or study.store.work.lives(call.owner))
    ]
    found = []
    for currency in dict.fromkeys(call.currency for call in lost):
        mine = [call for call in lost if call.currency == currency]
        runs = tuple(dict.fromkeys(call.run for call in mine))
        found.append(
            Unconfirmed(
                calls=len(mine),
                at_most=sum(call.open_nanos for call in mine) / NANOS,
                currency=currency,
                since=min(call.intended_at for call in mine),
                runs=runs,
                reconcile=reconcile_command(study, runs),
                list=list_command(study),
            )
        )
    return tuple(found)


def unconfirmed_lines(found: Sequence[Unconfirmed]) -> list[str]:
    """Return a sentence for each currency."""
    return [
        f"{counted(each.calls, 'call')} of {', '.join(each.runs)} whose reply was lost may have been paid "
        f"for: at most {amount(round(each.at_most * NANOS), each.currency)}, since "
        f"{each.since:%Y-%m-%d %H:%M} UTC."
        for each in found
    ]


def with_unconfirmed(study: Study, error: CothemesError) -> CothemesError:
    """Return a budget's end with what of the budget is unconfirmed, and what to type: it may be free again.

    Any other error, and a budget with nothing unconfirmed, is returned as it is.
    """
    found = unconfirmed(study) if isinstance(error, BudgetReached) else []
    if not found:
        return error
    lines = [
        f"\n  {line}\n  Listed by `{each.list}`; reconciled by `{each.reconcile}`."
        for line, each in zip(unconfirmed_lines(found), found, strict=True)
    ]
    return error.reworded(hint=f"{error.hint}{''.join(lines)}\n  {PLACEHOLDERS}")
