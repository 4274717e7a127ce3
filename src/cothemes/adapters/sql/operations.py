"""Operations on codes, and drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.current_names import CurrentNames, read_operations
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.operation_tables import code_drafts, code_operations
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.records.code_operation import DraftRecord, Operation

_DRAFT = columns_of(code_drafts, DraftRecord)


class SqlOperations:
    """`ports.OperationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = CurrentNames()

    def append(self, made: Sequence[Operation]) -> None:
        """Durable when it returns, all or none. A record with a known id changes nothing."""
        statement = insert(code_operations).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, map(row_of, made))

    def all(self) -> list[Operation]:
        """Return all operations, in the order they were stored."""
        with self._database.reading() as connection:
            return read_operations(connection)

    def names_in(self, codebook_hash: str) -> Mapping[str, str]:
        """Return visible ids in a kept codebook → ids that these codes have now, where they differ."""
        with self._database.reading() as connection:
            return self._names.changed(connection, codebook_hash)

    def identities_in(self, codebook_hash: str) -> Mapping[str, str] | None:
        """Return visible ids of a kept codebook → permanent ids; None where it is not kept."""
        with self._database.reading() as connection:
            return self._names.identities(connection, codebook_hash)

    def worked_on(self) -> frozenset[str]:
        """Return permanent ids of the codes that decisions, rulings, suggestions, memos or imported ratings
        name.
        """
        with self._database.reading() as connection:
            return self._names.worked_on(connection)


class SqlDrafts:
    """`ports.DraftStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, made: Sequence[DraftRecord]) -> None:
        """Durable when it returns, all or none. A record with a known id changes nothing."""
        statement = insert(code_drafts).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, map(row_of, made))

    def all(self) -> list[DraftRecord]:
        """Return all acts, in the order they were stored."""
        with self._database.reading() as connection:
            return read(connection, DraftRecord, select(*_DRAFT).order_by(code_drafts.c.stored))
