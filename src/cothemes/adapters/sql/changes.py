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
_ENDS = (
    "SELECT (SELECT max(stored) FROM decisions), (SELECT max(stored) FROM certifications), "
    "(SELECT max(stored) FROM acceptances), (SELECT max(stored) FROM revocations)"
)
# Asked for before every card: as text, the statement is not built anew each time.


class SqlChanges:
    """`ports.ChangeStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, *, decisions: bool = False) -> str:
        """Return a word that differs once anything was written but decisions, leases and payments; with
        `decisions`, also once anybody decided or accepted anything.
        """
        with self._database.reading() as connection:
            counts = str(connection.exec_driver_sql(_COUNTS).scalar())
            if not decisions:
                return counts
            return "/".join([counts, *map(str, connection.exec_driver_sql(_ENDS).one())])
