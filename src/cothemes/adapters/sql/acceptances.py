"""Suggestions accepted without being read, and their certificates."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.acceptance_tables import acceptances, certifications, revocations
from cothemes.adapters.sql.current_names import CurrentNames
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.records.acceptance import Acceptance, Certification, Revocation

_CERTIFICATION = columns_of(certifications, Certification)
_ACCEPTANCE = columns_of(acceptances, Acceptance)
_REVOCATION = columns_of(revocations, Revocation)


class SqlAcceptances:
    """`ports.AcceptanceStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = CurrentNames()

    def next_name(self) -> str:
        """Return `a0001`, `a0002`, …: each is given out once, also to two processes at once."""
        statement = insert(schema.counters).values(name="certificate", value=1)
        counted = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": schema.counters.c.value + 1}
        ).returning(schema.counters.c.value)
        with self._database.writing() as connection:
            return f"a{connection.execute(counted).scalar_one():04d}"

    def append(self, certification: Certification | None, accepted: Sequence[Acceptance] = ()) -> None:
        """Store all or nothing; durable when it returns. A record with a known id changes nothing."""
        with self._database.writing() as connection:
            if certification is not None:
                statement = insert(certifications).on_conflict_do_nothing(index_elements=["id"])
                connection.execute(statement, row_of(certification))
            statement = insert(acceptances).on_conflict_do_nothing(index_elements=["id"])
            insert_all(connection, statement, map(row_of, accepted))

    def revoke(self, revocation: Revocation) -> None:
        """Durable when it returns."""
        with self._database.writing() as connection:
            connection.execute(insert(revocations), row_of(revocation))

    def certifications(self) -> list[Certification]:
        """Return every look, in the order they were stored, with the ids that codes have now."""
        with self._database.reading() as connection:
            found = read(connection, Certification, select(*_CERTIFICATION).order_by(certifications.c.stored))
            return self._names.certified(connection, found)

    def accepted(self) -> list[Acceptance]:
        """Return every acceptance, in the order they were stored, with the ids that codes have now."""
        with self._database.reading() as connection:
            found = read(connection, Acceptance, select(*_ACCEPTANCE).order_by(acceptances.c.stored))
            return list(self._names.proposed(connection, found))

    def on(self, passage: str) -> bool:
        """Return whether anything was ever accepted on a passage."""
        query = select(acceptances.c.id).where(acceptances.c.passage == passage).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar() is not None

    def revocations(self) -> list[Revocation]:
        """Return what was taken back, in the order it was stored."""
        with self._database.reading() as connection:
            return read(connection, Revocation, select(*_REVOCATION).order_by(revocations.c.stored))


class BlindAcceptances(SqlAcceptances):
    """Acceptances on hidden passages are not there."""

    def __init__(self, database: Database, hidden: Collection[str]) -> None:
        super().__init__(database)
        self._hidden = hidden

    def accepted(self) -> list[Acceptance]:
        """Return the others, in the order they were stored."""
        return [each for each in super().accepted() if each.passage not in self._hidden]

    def on(self, passage: str) -> bool:
        """Return whether anything was ever accepted on a passage that is not hidden."""
        return passage not in self._hidden and super().on(passage)
