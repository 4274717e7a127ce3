"""What was settled where readers disagreed, and the researcher's memos."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.current_names import CurrentNames
from cothemes.adapters.sql.current_spans import CurrentSpans
from cothemes.adapters.sql.discussion_tables import memos, settlements
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.records.adjudication import Settlement
from cothemes.records.memo import Memo

_SETTLEMENT = columns_of(settlements, Settlement)
_MEMO = columns_of(memos, Memo)


class SqlSettlements:
    """`ports.SettlementStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spans = CurrentSpans()
        self._names = CurrentNames()

    def append(self, made: Sequence[Settlement]) -> None:
        """Durable when it returns, all or none. A record with a known id changes nothing."""
        statement = insert(settlements).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(settlement) for settlement in made))

    def all(self, *, passage: str | None = None) -> list[Settlement]:
        """Return all rulings, in the order they were stored."""
        query = select(*_SETTLEMENT).order_by(settlements.c.stored)
        if passage is not None:
            query = query.where(settlements.c.passage == passage)
        with self._database.reading() as connection:
            found = self._names.dated(connection, read(connection, Settlement, query))
            return self._spans.marked(connection, found)

    def readers(self, *, round_name: str | None = None) -> dict[str, set[str]]:
        """Passage → readers whose codes were in view, in any round or one. No code is loaded."""
        query = select(settlements.c.passage, settlements.c.readers)
        if round_name is not None:
            query = query.where(settlements.c.round == round_name)
        found: dict[str, set[str]] = {}
        with self._database.reading() as connection:
            for passage, readers in connection.execute(query):
                found.setdefault(passage, set()).update(readers)
        return found


class SqlMemos:
    """`ports.MemoStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = CurrentNames()

    def append(self, memo: Memo) -> None:
        """Durable when it returns. A version with a known id changes nothing."""
        statement = insert(memos).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            connection.execute(statement, row_of(memo))

    def all(self, *, by: str | None = None, passage: str | None = None) -> list[Memo]:
        """Every version, in the order they were stored."""
        query = select(*_MEMO).order_by(memos.c.stored)
        if by is not None:
            query = query.where(memos.c.by == by)
        if passage is not None:
            query = query.where(memos.c.passage == passage)
        with self._database.reading() as connection:
            return self._names.dated(connection, read(connection, Memo, query))
