"""Documents with all their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, read, read_one, row_of, taking_over
from cothemes.adapters.sql.schema import documents
from cothemes.records.document import Document, DocumentHead

_COLUMNS = columns_of(documents, Document)
_HEAD = columns_of(documents, DocumentHead)
_KEYS = ["slug", "version"]
_INSERT = insert(documents)
_PUT = _INSERT.on_conflict_do_update(index_elements=_KEYS, set_=taking_over(_INSERT, _KEYS, documents))


class SqlDocuments:
    """`ports.DocumentStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, document: Document) -> None:
        """Store it and make it the slug's current version; the same version again changes nothing."""
        with self._database.writing() as connection:
            put_current(connection, document)

    def get(self, slug: str, version: str | None = None) -> Document | None:
        """The current version, or the one that is named."""
        named = documents.c.current if version is None else documents.c.version == version
        query = select(*_COLUMNS).where(documents.c.slug == slug, named)
        with self._database.reading() as connection:
            return read_one(connection, Document, query)

    def versions(self, slug: str) -> list[Document]:
        """Every version of a document, the current one first."""
        query = select(*_COLUMNS).where(documents.c.slug == slug)
        with self._database.reading() as connection:
            ordered = query.order_by(documents.c.current.desc(), documents.c.version)
            return read(connection, Document, ordered)

    def heads(self) -> list[DocumentHead]:
        """Current versions without their texts, by slug."""
        with self._database.reading() as connection:
            return read(connection, DocumentHead, _current().with_only_columns(*_HEAD))

    def by_source(self, source_hash: str) -> list[Document]:
        """Current documents that came from a file with these bytes."""
        with self._database.reading() as connection:
            return read(connection, Document, _current().where(documents.c.source_hash == source_hash))

    def all(self) -> list[Document]:
        """Current versions, by slug."""
        with self._database.reading() as connection:
            return read(connection, Document, _current())

    def amend(self, document: Document) -> None:
        """Take the place of the version with the same text, its blocks or metadata settled otherwise."""
        with self._database.writing() as connection:
            amend(connection, document)

    def describe(self, slug: str, metadata: Mapping[str, str]) -> None:
        """Replace the current version's metadata."""
        with self._database.writing() as connection:
            connection.execute(
                update(documents)
                .where(documents.c.slug == slug, documents.c.current)
                .values(metadata=dict(metadata))
            )


def put_current(connection: Connection, document: Document) -> None:
    """Make it the slug's current version; the same version again changes nothing."""
    if _current_version(connection, document.slug) == document.version:
        return
    connection.execute(update(documents).where(documents.c.slug == document.slug).values(current=False))
    connection.execute(_PUT, row_of(document, current=True))


def amend(connection: Connection, document: Document) -> None:
    """Write the document over the version with the same text, in the caller's transaction."""
    connection.execute(
        update(documents)
        .where(documents.c.slug == document.slug, documents.c.version == document.version)
        .values(row_of(document, current=True))
    )


def _current() -> Select[Any]:
    return select(*_COLUMNS).where(documents.c.current).order_by(documents.c.slug)


def _current_version(connection: Connection, slug: str) -> str | None:
    return connection.execute(
        select(documents.c.version).where(documents.c.slug == slug, documents.c.current)
    ).scalar()
