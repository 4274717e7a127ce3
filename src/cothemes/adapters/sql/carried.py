"""Things of imported projects, kept for their way back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.carried_tables import carried
from cothemes.adapters.sql.current_names import CurrentNames
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import chunks, columns_of, insert_all, read, row_of
from cothemes.records.carried import Carried

_CARRIED = columns_of(carried, Carried)


class SqlCarried:
    """`ports.CarriedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = CurrentNames()

    def put(self, things: Sequence[Carried], *, gone: Collection[str] = ()) -> None:
        """Store things in place of those of the same id, and remove those that are gone: all or nothing."""
        statement = insert(carried)
        columns = {name: statement.excluded[name] for name in Carried.model_fields if name != "guid"}
        statement = statement.on_conflict_do_update(index_elements=["guid"], set_=columns)
        with self._database.writing() as connection:
            for chunk in chunks(sorted(gone)):
                connection.execute(delete(carried).where(carried.c.guid.in_(chunk)))
            insert_all(connection, statement, (row_of(each) for each in things))

    def all(self) -> list[Carried]:
        """Return all, in the order in which they came."""
        with self._database.reading() as connection:
            found = read(connection, Carried, select(*_CARRIED).order_by(carried.c.stored))
            return self._names.carried(connection, found)
