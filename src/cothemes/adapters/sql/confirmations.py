"""Lost calls, and what people settled them at: the ledger's row changes, the record of it never does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import chunks, columns_of, insert_all, read, row_of
from cothemes.adapters.sql.schema import calls, spending
from cothemes.adapters.sql.work_tables import confirmations
from cothemes.ports import Judge
from cothemes.records.confirmation import Confirmation, Lost, Which
from cothemes.records.ledger import Scope, account
from cothemes.records.run import CallState

_LOST = columns_of(calls, Lost)
_CONFIRMATION = columns_of(confirmations, Confirmation)
_UNDER_WAY = (calls.c.state == CallState.INTENDED.value) & (calls.c.reserved_nanos > 0)
_NO_REPLY = "lost: no reply came, and a person reconciled what it cost"
_SUM = insert(spending)
_ADD = _SUM.on_conflict_do_update(
    index_elements=["account"], set_={"nanos": spending.c.nanos + _SUM.excluded.nanos}
)
_SETTLE = (
    update(calls)
    .where(calls.c.stored == bindparam("number"))
    .values(
        state=bindparam("became"),
        error=case((bindparam("lost"), _NO_REPLY), else_=calls.c.error),
        owner="",
        reserved_nanos=0,
        unconfirmed_nanos=0,
        settled_nanos=calls.c.settled_nanos + bindparam("amount"),
    )
)
_TAKE_BACK = (
    update(calls)
    .where(calls.c.stored == bindparam("number"))
    .values(
        unconfirmed_nanos=calls.c.unconfirmed_nanos + bindparam("open"),
        settled_nanos=calls.c.settled_nanos - bindparam("amount"),
    )
)


class SqlConfirmations:
    """`ports.ConfirmationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lost(self, which: Which) -> list[Lost]:
        """Calls with something open, in the order in which they were first intended."""
        with self._database.reading() as connection:
            return read(connection, Lost, _chosen(which))

    def reconcile(
        self, which: Which, judge: Judge, *, by: str, note: str, at: datetime
    ) -> list[Confirmation]:
        """One lot, in one transaction; see the port."""
        with self._database.writing() as connection:
            found = read(connection, Lost, _chosen(which))
            amounts = judge(found)
            lot = _next_lot(connection)
            rows = [
                _row(call, lot, by, note, at, amount) for call, amount in zip(found, amounts, strict=True)
            ]
            insert_all(connection, insert(confirmations), map(row_of, rows))
            for chunk in chunks(zip(found, amounts, strict=True)):
                connection.execute(_SETTLE, [_settled(call, amount) for call, amount in chunk])
            _move(connection, found, [n - call.open_nanos for call, n in zip(found, amounts, strict=True)])
        return rows

    def take_back(
        self, lot: int, judge: Callable[[Sequence[Lost]], None], *, by: str, note: str, at: datetime
    ) -> list[Confirmation]:
        """One more lot that undoes another; see the port."""
        with self._database.writing() as connection:
            mine = select(*_CONFIRMATION).where(confirmations.c.lot == lot).order_by(confirmations.c.stored)
            back = select(func.count()).where(confirmations.c.takes_back == lot)
            rows = read(connection, Confirmation, mine)
            if not rows or rows[0].takes_back is not None or connection.execute(back).scalar_one():
                return []
            by_number = {
                call.stored: call
                for chunk in chunks([row.call for row in rows])
                for call in read(connection, Lost, select(*_LOST).where(calls.c.stored.in_(chunk)))
            }
            judge(list(by_number.values()))
            again = {"lot": _next_lot(connection), "by": by, "note": note, "at": at, "takes_back": lot}
            undone = [row.model_copy(update=again) for row in rows]
            insert_all(connection, insert(confirmations), map(row_of, undone))
            for chunk in chunks(rows):
                connection.execute(
                    _TAKE_BACK,
                    [{"number": r.call, "open": r.open_nanos, "amount": r.amount_nanos} for r in chunk],
                )
            moved = [row.open_nanos - row.amount_nanos for row in rows]
            _move(connection, [by_number[row.call] for row in rows], moved)
        return undone

    def all(self) -> list[Confirmation]:
        """Return all confirmations, in the order they were stored."""
        query = select(*_CONFIRMATION).order_by(confirmations.c.stored)
        with self._database.reading() as connection:
            return read(connection, Confirmation, query)


def _chosen(which: Which) -> Select[Any]:
    query = select(*_LOST).where(or_(calls.c.unconfirmed_nanos > 0, _UNDER_WAY)).order_by(calls.c.stored)
    if which.run:
        query = query.where(calls.c.run == which.run)
    if which.when:
        day = func.strftime("%Y-%m-%d", calls.c.intended_at)
        query = query.where(day.startswith(which.when, autoescape=True))
    if which.call:
        query = query.where(calls.c.key.startswith(which.call, autoescape=True))
    return query


def _next_lot(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(confirmations.c.lot), 0))).scalar_one()) + 1


def _row(call: Lost, lot: int, by: str, note: str, at: datetime, amount: int) -> Confirmation:
    return Confirmation(
        lot=lot, at=at, by=by, note=note, call=call.stored, run=call.run, currency=call.currency,
        state=call.state, reserved_nanos=call.reserved_nanos, unconfirmed_nanos=call.unconfirmed_nanos,
        amount_nanos=amount,
    )  # fmt: skip


def _settled(call: Lost, amount: int) -> dict[str, Any]:
    lost = call.state is CallState.INTENDED
    became = CallState.FAILED if lost else call.state
    return {"number": call.stored, "became": became.value, "lost": lost, "amount": amount}


def _move(connection: Connection, found: Sequence[Lost], by: Sequence[int]) -> None:
    """Move the sums that caps are held against."""
    sums: dict[str, int] = {}
    for call, nanos in zip(found, by, strict=True):
        for scope in Scope:
            name = account(scope, call.run, call.intended_at, call.currency)
            sums[name] = sums.get(name, 0) + nanos
    if sums:
        connection.execute(_ADD, [{"account": name, "nanos": nanos} for name, nanos in sorted(sums.items())])
