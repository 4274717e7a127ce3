"""What may become of an entry in the ledger of paid calls, and what each entry counts for.

A call counts for what it cost, for what is reserved while it is under way, and for what was reserved for
tries whose reply was lost: those may have been paid for, and stay *unconfirmed* until a person says by the
provider's page what they did cost (`records.confirmation`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cothemes.errors import BudgetReached
from cothemes.records.price import amount
from cothemes.records.record import Record
from cothemes.records.run import Call, CallState


class Scope(StrEnum):
    """Scopes of a cap."""

    RUN = "run"
    MONTH = "month"
    """The whole study in a calendar month, UTC."""


class Cap(Record):
    """The most that may be spent."""

    scope: Scope
    nanos: int
    """Billionths of the currency's unit."""


class EntryState(StrEnum):
    """Results of an entry."""

    WRITTEN = "written"
    """The entry is on disk; for an intent: go ahead."""
    KNOWN = "known"
    """The reply is there already."""
    ELSEWHERE = "elsewhere"
    """Another process that is alive is asking just this."""
    REFUSED = "refused"
    """The spent and reserved amounts leave no room for it."""


@dataclass(frozen=True)
class Entered:
    """The answer to one entry."""

    standing: EntryState
    call: Call
    """The row as it stands."""
    cap: Cap | None = None
    """The cap that was in the way."""
    spent: int = 0
    """Amount that counted against that cap, billionths."""
    lost: Call | None = None
    """The earlier request for the same, where it may have been paid for: a row of its own, with the time at
    which it was asked."""


class Tally(Record):
    """Calls of one run, stage, model and day, summed."""

    run: str
    stage: str
    model: str
    """The name that the replies gave; empty for calls without a reply."""
    currency: str
    """Empty where no price was known."""
    day: str = ""
    """YYYY-MM-DD, UTC, on which they were last asked."""
    calls: int
    tries: int = 0
    """Times that they were asked, again after a cut among them."""
    replied: int
    failed: int
    under_way: int
    """Intended, and no reply is there: still running, or cut off."""
    unpriced: int
    """Replies whose cost is not known."""
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_nanos: int
    unconfirmed_nanos: int
    """May have been paid for, with no reply to show for it."""
    settled: int = 0
    """Calls that a person settled by the provider's page."""
    settled_nanos: int = 0
    """Amount that these cost besides, as a person said, billionths."""
    first: datetime
    last: datetime


def charge(call: Call | None) -> int:
    """Return what a row counts for, billionths."""
    if call is None:
        return 0
    reserved = call.reserved_nanos if call.state is CallState.INTENDED else 0
    return (call.cost_nanos or 0) + reserved + call.unconfirmed_nanos + call.settled_nanos


def account(scope: Scope, run: str, at: datetime, currency: str) -> str:
    """The name under which a scope's spending is summed."""
    which = run if scope is Scope.RUN else f"{at:%Y-%m}"
    return f"{scope}:{which}:{currency}"


def claimed(known: Call | None, call: Call, alive: Callable[[str], bool]) -> Entered:
    """An intent against the row that is there. `alive` says whether the owner of a row still works on it."""
    if known is None:
        return Entered(EntryState.WRITTEN, call)
    if known.state is CallState.REPLIED:
        return Entered(EntryState.KNOWN, known)
    if known.state is CallState.INTENDED and known.owner != call.owner and alive(known.owner):
        return Entered(EntryState.ELSEWHERE, known)
    lost = known.unconfirmed_nanos + (known.reserved_nanos if known.state is CallState.INTENDED else 0)
    if (lost or known.settled_nanos) and known.intended_at != call.intended_at:
        return Entered(EntryState.WRITTEN, call, lost=_apart(known, lost))
    update = {
        "unconfirmed_nanos": lost,
        "settled_nanos": known.settled_nanos,
        "attempts": known.attempts + 1,
    }
    return Entered(EntryState.WRITTEN, call.model_copy(update=update))


def _apart(known: Call, lost: int) -> Call:
    """The row that keeps what a lost request counts for in the month in which it was asked."""
    return known.model_copy(
        update={
            "key": f"{known.key}~{known.intended_at:%Y%m%dT%H%M%S%f}",
            "state": CallState.FAILED,
            "error": known.error or "lost: no reply came, and it was asked again",
            "reserved_nanos": 0,
            "unconfirmed_nanos": lost,
            "owner": "",
        }
    )


def settled(known: Call | None, call: Call) -> Entered:
    """Return what came of a call. A reply that is there stays: it has been paid for."""
    if known is not None and known.state is CallState.REPLIED:
        return Entered(EntryState.KNOWN, known)
    return Entered(EntryState.WRITTEN, call)


def budget_reached(entered: Entered) -> BudgetReached:
    """Return the error for an intent that a cap left no room for."""
    cap, call = entered.cap, entered.call
    assert cap is not None
    what = f"run {call.run}" if cap.scope is Scope.RUN else f"this study in {call.intended_at:%B %Y}"
    counted = amount(entered.spent, call.currency)
    return BudgetReached(
        f"{what} has spent or reserved {counted} of {amount(cap.nanos, call.currency)}, and the next call "
        f"could cost {amount(call.reserved_nanos, call.currency)}",
        hint="Everything that came is kept. Start again with a larger --budget"
        if cap.scope is Scope.RUN
        else "Everything that came is kept. Raise month_budget under [model], or wait for the next month.",
    )
