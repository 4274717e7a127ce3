"""Batches of requests, and the calls of the ledger that wait in them."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.batch_tables import batches
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, read, row_of, taking_over
from cothemes.adapters.sql.schema import calls
from cothemes.records.batch import OWNER, Batch, BatchState, Waiting, owner_of
from cothemes.records.run import Call, CallState

_BATCH = columns_of(batches, Batch)
_CALL = columns_of(calls, Call)
_OPEN = [state.value for state in BatchState if state.open]
_WAITS = (calls.c.state == CallState.INTENDED.value, calls.c.owner.startswith(OWNER, autoescape=True))


class SqlBatches:
    """`ports.BatchStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, batch: Batch) -> None:
        """Store a batch, or its new state; on disk when it returns."""
        statement = insert(batches)
        with self._database.writing() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["tag"], set_=taking_over(statement, ["tag"], batches)
                ),
                row_of(batch),
            )

    def all(self, *, run_id: str | None = None) -> list[Batch]:
        """Return all batches, in the order in which they were intended."""
        query = select(*_BATCH).order_by(batches.c.stored)
        if run_id is not None:
            query = query.where(batches.c.run == run_id)
        with self._database.reading() as connection:
            return read(connection, Batch, query)

    def calls_of(self, tag: str) -> list[Call]:
        """Calls that wait in a batch, by key."""
        query = select(*_CALL).where(*_WAITS, calls.c.owner == owner_of(tag)).order_by(calls.c.key)
        with self._database.reading() as connection:
            return read(connection, Call, query)

    def waiting(self) -> list[Waiting]:
        """Return what waits in each batch that is under way."""
        query = (
            select(
                func.substr(calls.c.owner, len(OWNER) + 1).label("tag"),
                calls.c.currency,
                func.count().label("calls"),
                func.sum(calls.c.reserved_nanos).label("reserved_nanos"),
            )
            .where(*_WAITS)
            .group_by(calls.c.owner, calls.c.currency)
            .order_by(func.min(calls.c.stored))
        )
        with self._database.reading() as connection:
            return read(connection, Waiting, query)

    def passages(self, *, run_id: str | None = None) -> set[str]:
        """Passages with a call that waits in a batch."""
        query = select(calls.c.passage).where(*_WAITS).distinct()
        if run_id is not None:
            query = query.where(calls.c.run == run_id)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())


def open_tags(connection: Connection) -> set[str]:
    """Tags of batches that may still bring replies."""
    query = select(batches.c.tag).where(batches.c.state.in_(_OPEN))
    return set(connection.execute(query).scalars())
