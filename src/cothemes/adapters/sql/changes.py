"""How often tables were written to, by whichever process: what was read holds while the counts do."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.schema import metadata


class ChangeColumns(TypedColumns):
    """One row for each table that is counted. Triggers add 1 for each row that is written or deleted."""

    name: Named[str] = Column(Text, primary_key=True)
    count: Named[int] = Column(BigInteger)


changes = Table("changes", metadata, ChangeColumns)

_COUNTS = "SELECT group_concat(name || ':' || count) FROM (SELECT name, count FROM changes ORDER BY name)"
# Asked for before every card: as text, the statement is not built anew each time.


class SqlChanges:
    """`ports.ChangeStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self) -> str:
        """Return a word that differs once anything was written but decisions, leases and payments."""
        with self._database.reading() as connection:
            return str(connection.exec_driver_sql(_COUNTS).scalar())
