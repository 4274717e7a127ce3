"""What a person says of calls whose reply was lost, by what the provider's page shows.

A lost call counts for the most it could have cost. Settled, it counts for what was billed. The old values
stay in the record of it, which is never changed: taking it back is one more record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cothemes.records.record import Record
from cothemes.records.run import CallState


class Lost(Record):
    """A call of the ledger that may have been paid for, with no reply to show for it."""

    stored: int
    """Its number in the ledger."""
    key: str
    run: str
    passage: str
    stage: str
    state: CallState
    owner: str
    currency: str
    intended_at: datetime
    reserved_nanos: int
    unconfirmed_nanos: int
    attempts: int = 1
    """Times that it was asked."""

    @property
    def open_nanos(self) -> int:
        """Return what it counts for and nobody has confirmed, billionths."""
        reserved = self.reserved_nanos if self.state is CallState.INTENDED else 0
        return self.unconfirmed_nanos + reserved


class Which(Record):
    """Selection of lost calls; empty fields leave none out."""

    run: str = ""
    when: str = ""
    """A day or a month, UTC: YYYY-MM-DD or YYYY-MM."""
    call: str = ""
    """The beginning of a key."""


class Confirmation(Record):
    """One call of one lot, as it was before and as it was settled."""

    lot: int
    """Number of the lot; calls reconciled together share it."""
    at: datetime
    by: str
    note: str
    call: int
    """Its number in the ledger."""
    run: str
    currency: str
    state: CallState
    """Before, as the next two."""
    reserved_nanos: int
    unconfirmed_nanos: int
    amount_nanos: int
    """Amount that it counts for now, billionths. Where a lot is taken back: the amount that it counted for
    before.
    """
    takes_back: int | None = None
    """The lot that holds no longer."""

    @property
    def open_nanos(self) -> int:
        """Return what it counted for before, billionths."""
        reserved = self.reserved_nanos if self.state is CallState.INTENDED else 0
        return self.unconfirmed_nanos + reserved


class Lot(Record):
    """Calls that a person reconciled at one time, summed."""

    lot: int
    at: datetime
    by: str
    note: str
    runs: tuple[str, ...]
    calls: int
    currency: str
    open_nanos: int
    """Amount that was open before, billionths."""
    amount_nanos: int
    takes_back: int | None = None
    taken_back: bool = False
    """True if a later lot took it back."""


def shared(amount: int, open_: Sequence[int]) -> list[int]:
    """An amount over calls, in proportion to what each has open; whole billionths, of the same sum.

    The largest remainders get what rounding leaves. Where nothing is open at all, each gets the same.
    """
    total = sum(open_)
    weights = list(open_) if total else [1] * len(open_)
    total = total or len(open_)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(shares)), key=lambda n: (-(amount * weights[n] % total), n))
    for n in by_remainder[: amount - sum(shares)]:
        shares[n] += 1
    return shares


def lots(confirmations: Sequence[Confirmation]) -> list[Lot]:
    """Rows to lots, in the order in which they were made."""
    back = {row.takes_back for row in confirmations if row.takes_back is not None}
    found: dict[int, list[Confirmation]] = {}
    for row in confirmations:
        found.setdefault(row.lot, []).append(row)
    return [
        Lot(
            lot=number,
            at=rows[0].at,
            by=rows[0].by,
            note=rows[0].note,
            runs=tuple(dict.fromkeys(row.run for row in rows)),
            calls=len(rows),
            currency=rows[0].currency,
            open_nanos=sum(row.open_nanos for row in rows),
            amount_nanos=sum(row.amount_nanos for row in rows),
            takes_back=rows[0].takes_back,
            taken_back=number in back,
        )
        for number, rows in found.items()
    ]
