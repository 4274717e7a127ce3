"""The access log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.access_tables import accesses
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.adapters.sql.schema import calls
from cothemes.records.access import Access, SentCalls
from cothemes.records.run import CallState

_ACCESS = columns_of(accesses, Access)


class SqlAccesses:
    """`ports.AccessStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entries: Sequence[Access]) -> None:
        """Durable when it returns, all or none. An entry with a known id changes nothing."""
        statement = insert(accesses).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(entry) for entry in entries))

    def all(self) -> list[Access]:
        """In the order they were stored."""
        with self._database.reading() as connection:
            return read(connection, Access, select(*_ACCESS).order_by(accesses.c.stored))

    def sent(self) -> list[SentCalls]:
        """Requests that may have arrived, by run and endpoint, oldest first."""
        paid_for = calls.c.unconfirmed_nanos + calls.c.settled_nanos > 0
        arrived = (calls.c.state != CallState.FAILED.value) | paid_for
        first = func.min(calls.c.intended_at)
        query: Any = (
            select(
                calls.c.run,
                calls.c.endpoint,
                func.max(calls.c.model).label("model"),
                func.count().label("calls"),
                func.count(calls.c.passage.distinct()).label("passages"),
                first.label("first"),
                func.max(calls.c.intended_at).label("last"),
            )
            .where(arrived)
            .group_by(calls.c.run, calls.c.endpoint)
            .order_by(first)
        )
        with self._database.reading() as connection:
            return read(connection, SentCalls, query)
