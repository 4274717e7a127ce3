"""What people said of speakers, and the documents and passages that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import documents, meta, passages
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.adapters.sql.speaker_tables import speakers
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.speaker import SpeakerEntry

_ENTRY = columns_of(speakers, SpeakerEntry)


class SqlSpeakers:
    """`ports.SpeakerStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(
        self,
        entries: Sequence[SpeakerEntry],
        laid_over: Sequence[tuple[Document, Sequence[Passage]]],
        facts: Mapping[str, str],
    ) -> None:
        """Store entries with the documents, current passages and facts that they lead to: all or nothing."""
        statement = insert(speakers).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(entry) for entry in entries))
            for document, found in laid_over:
                documents.amend(connection, document)
                passages.replace(connection, document.slug, found)
            for key, value in facts.items():
                meta.set_fact(connection, key, value)

    def of(self, document: str) -> list[SpeakerEntry]:
        """Return a document's entries in the order they were stored."""
        query = select(*_ENTRY).where(speakers.c.document == document).order_by(speakers.c.stored)
        with self._database.reading() as connection:
            return read(connection, SpeakerEntry, query)

    def all(self) -> list[SpeakerEntry]:
        """Return every entry in the order they were stored."""
        with self._database.reading() as connection:
            return read(connection, SpeakerEntry, select(*_ENTRY).order_by(speakers.c.stored))
