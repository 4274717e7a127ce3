"""Paid calls. A reply that came is never lost and never overwritten: it has been paid for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, read, read_one, row_of, taking_over
from cothemes.adapters.sql.schema import calls
from cothemes.records.run import Call, CallState

_COLUMNS = columns_of(calls, Call)


class SqlLedger:
    """`ports.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, key: str) -> Call | None:
        """The call of this key, with its reply where one came."""
        with self._database.reading() as connection:
            return read_one(connection, Call, select(*_COLUMNS).where(calls.c.key == key))

    def intend(self, call: Call) -> None:
        """On disk before the request leaves."""
        self._put(call)

    def reply(self, call: Call) -> None:
        """On disk before anything is made of it."""
        self._put(call)

    def calls(self, *, run_id: str | None = None) -> list[Call]:
        """In the order they were first intended."""
        query = select(*_COLUMNS).order_by(calls.c.stored)
        if run_id is not None:
            query = query.where(calls.c.run == run_id)
        with self._database.reading() as connection:
            return read(connection, Call, query)

    def _put(self, call: Call) -> None:
        statement = insert(calls)
        with self._database.writing() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["key"],
                    set_=taking_over(statement, ["key"], calls),
                    where=calls.c.state != CallState.REPLIED.value,
                ),
                row_of(call),
            )
