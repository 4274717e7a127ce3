"""Pseudonyms with their originals, the log without them, who read it, and tombstones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.access_tables import redactions
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.erasure import erase, rows_that_hold, scrub
from cothemes.adapters.sql.privacy_tables import (
    deidentifications,
    marks,
    originals,
    pseudonyms,
    replacements,
    tombstones,
)
from cothemes.adapters.sql.redaction import Erased, redact
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of, taking_over
from cothemes.adapters.sql.schema import documents
from cothemes.errors import StateConflict
from cothemes.records.privacy import Deidentification, Pseudonym, Redaction, Replacement, Tombstone

_ENTRY = ("id", "pseudonym", "kind", "rule", "treatment", "settled")
_ORIGINAL = ("key", "scope", "original")


class SqlPrivacy:
    """`ports.PrivacyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pseudonyms(self) -> list[Pseudonym]:
        """Those that still have their original, in the order in which they were given."""
        query = (
            select(
                *(pseudonyms.c[name] for name in _ENTRY),
                *(originals.c[name] for name in _ORIGINAL),
            )
            .join(originals, originals.c.pseudonym == pseudonyms.c.id)
            .order_by(pseudonyms.c.stored)
        )
        with self._database.reading() as connection:
            return read(connection, Pseudonym, query)

    def given(self) -> set[str]:
        """Every pseudonym ever given."""
        with self._database.reading() as connection:
            return set(connection.execute(select(pseudonyms.c.pseudonym)).scalars())

    def record(
        self,
        entries: Sequence[Pseudonym],
        logs: Sequence[tuple[Deidentification, Sequence[Replacement]]],
        *,
        known: int,
    ) -> None:
        """All or nothing; see `ports.PrivacyStore`."""
        with self._database.writing() as connection:
            if connection.execute(select(func.count()).select_from(originals)).scalar() != known:
                raise StateConflict(
                    "another process gave out pseudonyms meanwhile",
                    where=str(self._database.path),
                    hint="Nothing was stored; run this again.",
                )
            _put_entries(connection, entries)
            for state, found in logs:
                connection.execute(delete(replacements).where(replacements.c.document == state.document))
                insert_all(
                    connection,
                    insert(replacements),
                    (row_of(replacement, document=state.document) for replacement in found),
                )
            _put_states(connection, [state for state, _ in logs])

    def replacements(self, document: str) -> list[Replacement]:
        """The log of one document, ascending."""
        query = (
            select(*columns_of(replacements, Replacement))
            .where(replacements.c.document == document)
            .order_by(replacements.c.start)
        )
        with self._database.reading() as connection:
            return read(connection, Replacement, query)

    def states(self) -> dict[str, Deidentification]:
        """Return where each searched document stands, by slug."""
        query = select(*columns_of(deidentifications, Deidentification)).order_by(
            deidentifications.c.document
        )
        with self._database.reading() as connection:
            return {state.document: state for state in read(connection, Deidentification, query)}

    def review(self, states: Sequence[Deidentification]) -> None:
        """Store that documents were read."""
        with self._database.writing() as connection:
            _put_states(connection, states)

    def tombstones(self) -> list[Tombstone]:
        """Return all tombstones, by slug."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tombstones).order_by(tombstones.c.document)).mappings().all()
            return [_tombstone(connection, row) for row in rows]

    def tombstone_of(self, slug: str, marked: Collection[str] = ()) -> Tombstone | None:
        """Return the tombstone of the slug, or of a hash of file or text."""
        known = select(marks.c.document).where(marks.c.mark.in_([mark for mark in marked if mark]))
        query = select(tombstones).where(or_(tombstones.c.document == slug, tombstones.c.document.in_(known)))
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else _tombstone(connection, row)

    def forget(self, tombstone: Tombstone, quoted_in: Callable[[bytes], bool]) -> Tombstone:
        """Erases every word of a document; see erasure.py for what stays."""
        with self._database.writing() as connection:
            erased, found = erase(connection, tombstone.document, quoted_in)
            found = sorted({*found, *tombstone.marks})
            buried = tombstone.model_copy(update={"erased": erased, "marks": tuple(found)})
            connection.execute(insert(tombstones), row_of(buried, marks=None) | {"erased": erased})
            insert_all(
                connection,
                insert(marks).on_conflict_do_nothing(),
                ({"mark": mark, "document": tombstone.document} for mark in found),
            )
        return buried

    def redact(
        self,
        redaction: Redaction,
        *,
        texts: Mapping[str, str],
        words: frozenset[str],
        rare: frozenset[str],
        quoted_in: Callable[[str], bool],
        kept_words: frozenset[str],
    ) -> Redaction:
        """Mask erased words in earlier texts and in all that quotes them; see redaction.py."""
        with self._database.writing() as connection:
            return redact(connection, redaction, Erased(texts, words, rare, quoted_in, kept_words))

    def redactions(self) -> list[Redaction]:
        """In the order they were stored."""
        query = select(*columns_of(redactions, Redaction)).order_by(redactions.c.stored)
        with self._database.reading() as connection:
            return read(connection, Redaction, query)

    def texts_of(self, slug: str) -> list[str]:
        """The texts of all versions of a document."""
        with self._database.reading() as connection:
            return list(
                connection.execute(select(documents.c.text).where(documents.c.slug == slug)).scalars()
            )

    def still_held(self, quoted_in: Callable[[bytes], bool]) -> dict[str, int]:
        """`table.column` → rows that hold words that are known so."""
        with self._database.reading() as connection:
            return rows_that_hold(connection, quoted_in)

    def scrub(self) -> bool:
        """Rewrites the file; False where another process's open records kept that from being done."""
        return scrub(self._database.path)


def _put_entries(connection: Connection, entries: Sequence[Pseudonym]) -> None:
    rows = [row_of(entry) for entry in entries]
    statement = insert(pseudonyms)
    insert_all(
        connection,
        statement.on_conflict_do_update(
            index_elements=["id"], set_=taking_over(statement, ["id"], pseudonyms)
        ),
        ({name: row[name] for name in _ENTRY} for row in rows),
    )
    insert_all(
        connection,
        insert(originals).on_conflict_do_nothing(index_elements=["pseudonym"]),
        (
            {"pseudonym": row["id"], "kind": row["kind"]} | {name: row[name] for name in _ORIGINAL}
            for row in rows
        ),
    )


def _put_states(connection: Connection, states: Sequence[Deidentification]) -> None:
    statement = insert(deidentifications)
    insert_all(
        connection,
        statement.on_conflict_do_update(
            index_elements=["document"], set_=taking_over(statement, ["document"], deidentifications)
        ),
        (row_of(state) for state in states),
    )


def _tombstone(connection: Connection, row: RowMapping) -> Tombstone:
    found: Any = connection.execute(
        select(marks.c.mark).where(marks.c.document == row["document"]).order_by(marks.c.mark)
    ).scalars()
    return Tombstone.model_validate({**row, "marks": tuple(found)})
