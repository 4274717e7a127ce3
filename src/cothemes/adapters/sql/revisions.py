"""What people said and decided about the codebook."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.revision_tables import revisions
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.records.revision import Revision

_REVISION = columns_of(revisions, Revision)


class SqlRevisions:
    """`ports.RevisionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, made: Sequence[Revision]) -> None:
        """Durable when it returns, all or none. A record with a known id changes nothing."""
        statement = insert(revisions).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(revision) for revision in made))

    def all(self) -> list[Revision]:
        """Return all revisions, in the order they were stored."""
        with self._database.reading() as connection:
            return read(connection, Revision, select(*_REVISION).order_by(revisions.c.stored))
