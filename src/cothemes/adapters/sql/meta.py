"""Small facts about the study, and every codebook it was ever coded with."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.operation_tables import code_operations
from cothemes.adapters.sql.schema import codebooks, entries


class SqlMeta:
    """`ports.MetaStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The value, where one was set."""
        with self._database.reading() as connection:
            found: str | None = connection.execute(
                select(entries.c.value).where(entries.c.key == key)
            ).scalar()
            return found

    def set(self, key: str, value: str) -> None:
        """Set a value in place of an older one."""
        with self._database.writing() as connection:
            set_fact(connection, key, value)


def set_fact(connection: Connection, key: str, value: str) -> None:
    """Set a value in place of an older one, in the caller's transaction."""
    statement = insert(entries)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value}),
        {"key": key, "value": value},
    )


class SqlCodebooks:
    """`ports.CodebookStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, codebook_hash: str, content: str, *, named_after: str | None = None) -> None:
        """Store a codebook's JSON by its hash; one that is there stays as it is.

        `named_after`: id of the last operation on codes before it came into use; None: the last there is.
        """
        last = select(code_operations.c.id).order_by(code_operations.c.stored.desc()).limit(1)
        with self._database.writing() as connection:
            connection.execute(
                insert(codebooks).on_conflict_do_nothing(index_elements=["hash"]),
                {
                    "hash": codebook_hash,
                    "content": content,
                    "operation": connection.execute(last).scalar() or ""
                    if named_after is None
                    else named_after,
                },
            )

    def named_after(self, codebook_hash: str) -> str:
        """Return the id of the last operation on codes before a codebook came into use; empty for none."""
        with self._database.reading() as connection:
            found: str | None = connection.execute(
                select(codebooks.c.operation).where(codebooks.c.hash == codebook_hash)
            ).scalar()
            return found or ""

    def get(self, codebook_hash: str) -> str | None:
        """The JSON of the codebook that decisions under this hash were made with."""
        with self._database.reading() as connection:
            found: str | None = connection.execute(
                select(codebooks.c.content).where(codebooks.c.hash == codebook_hash)
            ).scalar()
            return found

    def hashes(self) -> list[str]:
        """Hashes of all that are kept, in the order they came into use."""
        with self._database.reading() as connection:
            return list(connection.execute(select(codebooks.c.hash).order_by(codebooks.c.stored)).scalars())
