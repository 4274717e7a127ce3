"""Paid calls. A reply that came is never lost and never overwritten: it has been paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.batches import open_tags
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.presence import Presence
from cothemes.adapters.sql.rows import (
    chunks,
    columns_of,
    insert_all,
    read,
    read_one,
    records_of,
    row_of,
    taking_over,
)
from cothemes.adapters.sql.schema import calls, spending
from cothemes.adapters.sql.work_tables import confirmations
from cothemes.records.batch import OWNER
from cothemes.records.ledger import Cap, Entered, EntryState, Scope, Tally, account, charge, claimed, settled
from cothemes.records.run import Call, CallState

_COLUMNS = columns_of(calls, Call)
_INSERT = insert(calls)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=["key"],
    set_=taking_over(_INSERT, ["key"], calls),
    where=calls.c.state != CallState.REPLIED.value,
)
_KNOWN = select(*_COLUMNS).where(calls.c.key.in_(bindparam("keys", expanding=True)))
_SUMS = select(spending.c.account, spending.c.nanos).where(
    spending.c.account.in_(bindparam("names", expanding=True))
)
PROPOSING = "propose"
"""Stage of a passage's first call."""
_CAME_OR_MAY_COME = or_(
    calls.c.state == CallState.REPLIED.value,
    and_(calls.c.state == CallState.INTENDED.value, calls.c.owner.startswith(OWNER, autoescape=True)),
)
_OTHER = confirmations.alias()
_BY_HAND = select(confirmations.c.call).where(
    confirmations.c.takes_back.is_(None), ~exists().where(_OTHER.c.takes_back == confirmations.c.lot)
)
"""Calls that a person settled, and did not take back."""
_APART = update(calls).where(calls.c.key == bindparam("known"))
"""A row that is set apart keeps its number: what people settled names it by that."""
_SUM = insert(spending)
_PUT_SUM = _SUM.on_conflict_do_update(index_elements=["account"], set_={"nanos": _SUM.excluded.nanos})


class SqlLedger:
    """`ports.Ledger`."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def look(self, key: str) -> Call | None:
        """The call of this key, with its reply where one came."""
        with self._database.reading() as connection:
            return read_one(connection, Call, select(*_COLUMNS).where(calls.c.key == key))

    def write(self, entries: Sequence[Call], caps: Sequence[Cap] = ()) -> list[Entered]:
        """Intents and what came of them, in order and by one commit; see the port."""
        owner = self._presence.name
        with self._database.writing() as connection:
            rows = {call.key: call for call in _found(connection, {entry.key for entry in entries})}
            sums = _Sums(connection, [*entries, *rows.values()])
            waiting = open_tags(connection)

            def alive(other: str) -> bool:
                if other.startswith(OWNER):
                    return other.removeprefix(OWNER) in waiting
                return self._presence.alive(other)

            answers: list[Entered] = []
            changed: dict[str, Call] = {}
            for entry in entries:
                known = rows.get(entry.key)
                if entry.state is CallState.INTENDED:
                    mine = entry
                    if not entry.owner.startswith(OWNER):
                        mine = entry.model_copy(update={"owner": owner})
                    answer = sums.within(caps, claimed(known, mine, alive))
                else:
                    answer = settled(known, entry)
                if answer.standing is EntryState.WRITTEN:
                    if answer.lost is not None and known is not None:
                        if entry.key in changed:
                            insert_all(connection, _PUT, [row_of(changed.pop(entry.key))])
                        _set_apart(connection, entry.key, answer.lost)
                        sums.add(answer.lost, charge(answer.lost) - charge(known))
                        known = None
                    sums.add(answer.call, charge(answer.call) - charge(known))
                    rows[entry.key] = changed[entry.key] = answer.call
                answers.append(answer)
            insert_all(connection, _PUT, map(row_of, changed.values()))
            sums.store()
        return answers

    def lower(self, most: Mapping[str, int]) -> None:
        """Calls that were cut off count for no more than this from now on; see the port."""
        with self._database.writing() as connection:
            cut = [
                call
                for call in _found(connection, most)
                if call.state is CallState.INTENDED
                and call.reserved_nanos > most[call.key]
                and not call.owner.startswith(OWNER)
                and not self._presence.alive(call.owner)
            ]
            sums = _Sums(connection, cut)
            for call in cut:
                nanos = most[call.key]
                connection.execute(update(calls).where(calls.c.key == call.key).values(reserved_nanos=nanos))
                sums.add(call, nanos - call.reserved_nanos)
            sums.store()

    def counts(self, run_id: str) -> list[tuple[str, int, int]]:
        """Stage and tokens in and out of each answered call; see the port."""
        query = select(calls.c.stage, calls.c.input_tokens, calls.c.output_tokens).where(
            calls.c.run == run_id,
            calls.c.state == CallState.REPLIED.value,
            calls.c.input_tokens.is_not(None),
            calls.c.output_tokens.is_not(None),
        )
        with self._database.reading() as connection:
            return [
                (stage, sent, came)
                for stage, sent, came in connection.execute(query)
                if sent is not None and came is not None
            ]

    def sent(self) -> list[tuple[str, str, datetime]]:
        """Passage, endpoint and time of each request that may have arrived; see the port."""
        arrived = (calls.c.state != CallState.FAILED.value) | (
            calls.c.unconfirmed_nanos + calls.c.settled_nanos > 0
        )
        query = select(calls.c.passage, calls.c.endpoint, calls.c.intended_at)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(arrived).order_by(calls.c.intended_at))
            return [(passage, endpoint, at) for passage, endpoint, at in rows]

    def texts_sent(self, run_id: str) -> dict[str, str]:
        """Passage → the version of its document in its latest call; see the port."""
        query = select(calls.c.passage, calls.c.text_version).where(
            calls.c.run == run_id, calls.c.text_version != "", calls.c.stage == PROPOSING, _CAME_OR_MAY_COME
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.order_by(calls.c.stored))}

    def calls(self, *, run_id: str | None = None) -> list[Call]:
        """Return all calls, in the order they were first intended."""
        query = select(*_COLUMNS).order_by(calls.c.stored)
        if run_id is not None:
            query = query.where(calls.c.run == run_id)
        with self._database.reading() as connection:
            return read(connection, Call, query)

    def answered_as(self, run_id: str) -> str:
        """The model's name in the last reply of a run; empty where none came."""
        query = (
            select(calls.c.model)
            .where(calls.c.run == run_id, calls.c.state == CallState.REPLIED.value, calls.c.model != "")
            .order_by(calls.c.replied_at.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or ""

    def tallies(self) -> list[Tally]:
        """Return what was spent, per run, stage, model, currency and day."""
        day = func.strftime("%Y-%m-%d", calls.c.intended_at).label("day")
        keys = (calls.c.run, calls.c.stage, calls.c.model, calls.c.currency, day)
        under_way = calls.c.state == CallState.INTENDED.value
        replied = calls.c.state == CallState.REPLIED.value
        columns: list[Any] = [
            *keys,
            func.count().label("calls"),
            func.sum(calls.c.attempts).label("tries"),
            func.sum(case((replied, 1), else_=0)).label("replied"),
            func.sum(case((calls.c.state == CallState.FAILED.value, 1), else_=0)).label("failed"),
            func.sum(case((under_way, 1), else_=0)).label("under_way"),
            func.sum(case((replied & calls.c.cost_nanos.is_(None), 1), else_=0)).label("unpriced"),
            *(
                func.coalesce(func.sum(column), 0).label(column.name)
                for column in (
                    calls.c.input_tokens,
                    calls.c.cached_tokens,
                    calls.c.output_tokens,
                    calls.c.cost_nanos,
                    calls.c.settled_nanos,
                )
            ),
            func.sum(case((calls.c.stored.in_(_BY_HAND), 1), else_=0)).label("settled"),
            func.sum(calls.c.unconfirmed_nanos + case((under_way, calls.c.reserved_nanos), else_=0)).label(
                "unconfirmed_nanos"
            ),
            func.min(calls.c.intended_at).label("first"),
            func.max(calls.c.intended_at).label("last"),
        ]
        query = select(*columns).group_by(*keys).order_by(func.min(calls.c.stored))
        with self._database.reading() as connection:
            return read(connection, Tally, query)

    def counted(self, name: str) -> int:
        """Return what stands under an account, billionths; see the port."""
        query = select(spending.c.nanos).where(spending.c.account == name)
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or 0


def _found(connection: Connection, keys: Iterable[str]) -> list[Call]:
    return [
        call
        for chunk in chunks(sorted(keys))
        for call in records_of(Call, connection.execute(_KNOWN, {"keys": chunk}))
    ]


def _set_apart(connection: Connection, key: str, lost: Call) -> None:
    row = row_of(lost)
    names = ("key", "state", "error", "reserved_nanos", "unconfirmed_nanos", "owner")
    connection.execute(_APART.values({name: row[name] for name in names}), {"known": key})


class _Sums:
    """Sums that count against caps, as of this transaction."""

    def __init__(self, connection: Connection, entries: Sequence[Call]) -> None:
        """Read what the accounts of these entries stand at."""
        self._connection = connection
        touched = {(call.run, f"{call.intended_at:%Y-%m}", call.currency): call for call in entries}
        names = {
            account(scope, call.run, call.intended_at, call.currency)
            for call in touched.values()
            for scope in Scope
        }
        self._nanos = dict.fromkeys(names, 0)
        for chunk in chunks(sorted(names)):
            for name, nanos in connection.execute(_SUMS, {"names": chunk}):
                self._nanos[name] = nanos
        self._changed: set[str] = set()

    def within(self, caps: Sequence[Cap], answer: Entered) -> Entered:
        """The answer, or a refusal where the call could lead over a cap."""
        if answer.standing is EntryState.WRITTEN:
            call = answer.call
            for cap in caps:
                spent = self._nanos[account(cap.scope, call.run, call.intended_at, call.currency)]
                if spent + call.reserved_nanos > cap.nanos:
                    return Entered(EntryState.REFUSED, call, cap, spent)
        return answer

    def add(self, call: Call, nanos: int) -> None:
        for scope in Scope if nanos else ():
            name = account(scope, call.run, call.intended_at, call.currency)
            self._nanos[name] += nanos
            self._changed.add(name)

    def store(self) -> None:
        rows = [{"account": name, "nanos": self._nanos[name]} for name in sorted(self._changed)]
        if rows:
            self._connection.execute(_PUT_SUM, rows)
