"""Passages, current and older."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sys import intern
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select, Table, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.documents import put_current
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import chunks, columns_of, insert_all, read, read_one, row_of, taking_over
from cothemes.adapters.sql.text_tables import passage_texts, text_maps
from cothemes.errors import StateConflict
from cothemes.records.document import BlockKind, Document, Role
from cothemes.records.passage import Passage, PassageHead
from cothemes.records.text import count_words
from cothemes.records.text_map import TextMap

_COLUMNS = columns_of(schema.passages, Passage)
_TEXTS = columns_of(passage_texts, Passage)
_MAPS = columns_of(text_maps, TextMap)
_HEAD = [name for name in PassageHead._fields if name != "words"]
_INSERT = insert(schema.passages)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=["id"], set_=taking_over(_INSERT, ["id"], schema.passages)
)
_AGAIN = "Nothing was stored; number new passages from the store's next free number."
_IDENTITY = ("document", "version", "segmentation", "start", "end", "text")


class SqlPassages:
    """`ports.PassageStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, slug: str, passages: Sequence[Passage]) -> None:
        """Make these the slug's current passages.

        Raises StateConflict where an id that is there would be given to another text or place, or where a
        passage is of another document.
        """
        with self._database.writing() as connection:
            replace(connection, slug, passages)

    def revise(self, document: Document, passages: Sequence[Passage], maps: Sequence[TextMap]) -> None:
        """Store a corrected text and its passages in one transaction.

        A passage whose id is there keeps its identity: its text so far is kept as an earlier text. `maps`
        lead from each earlier version to the new one. Raises StateConflict where a passage is of another
        document or is given twice.
        """
        given = _own(document.slug, passages)
        table, texts = schema.passages, passage_texts
        with self._database.writing() as connection:
            put_current(connection, document)
            for chunk in chunks(given):
                known = connection.execute(select(*texts_now(table)).where(table.c.id.in_(chunk))).mappings()
                kept = [dict(row) for row in known if row["version"] != document.version]
                insert_all(connection, insert(texts).on_conflict_do_nothing(), kept)
            back = delete(texts).where(texts.c.document == document.slug, texts.c.version == document.version)
            connection.execute(back.where(texts.c.id.in_(list(given))))
            _make_current(connection, document.slug, given)
            statement = insert(text_maps)
            keys = ["document", "old", "new"]
            insert_all(
                connection,
                statement.on_conflict_do_update(
                    index_elements=keys, set_=taking_over(statement, keys, text_maps)
                ),
                (row_of(each) for each in maps),
            )

    def text_maps(self, documents: Iterable[str]) -> list[TextMap]:
        """The maps between versions of these documents."""
        found: list[TextMap] = []
        with self._database.reading() as connection:
            for chunk in chunks(sorted(set(documents))):
                found += read(connection, TextMap, select(*_MAPS).where(text_maps.c.document.in_(chunk)))
        return found

    def earlier_texts(self, passage_ids: Iterable[str]) -> list[Passage]:
        """Return what these passages were in earlier versions of their documents, by passage."""
        found: list[Passage] = []
        with self._database.reading() as connection:
            for chunk in chunks(sorted(set(passage_ids))):
                query = select(*_TEXTS).where(passage_texts.c.id.in_(chunk)).order_by(passage_texts.c.id)
                found += read(connection, Passage, query)
        return found

    def next_number(self, slug: str) -> int:
        """The first number never used in an id of this slug; 1 where there is none."""
        with self._database.reading() as connection:
            used = connection.execute(
                select(func.max(schema.passages.c.number)).where(schema.passages.c.document == slug)
            ).scalar()
        return 1 if used is None else used + 1

    def of(self, slug: str) -> list[Passage]:
        """Current passages in document order."""
        with self._database.reading() as connection:
            return read(connection, Passage, _current().where(schema.passages.c.document == slug))

    def every(self, slug: str) -> list[Passage]:
        """Current and older passages of a document, by number."""
        table = schema.passages.c
        query = select(*_COLUMNS).where(table.document == slug).order_by(table.number, table.id)
        with self._database.reading() as connection:
            return read(connection, Passage, query)

    def get(self, passage_id: str) -> Passage | None:
        """Current or older."""
        with self._database.reading() as connection:
            return read_one(connection, Passage, select(*_COLUMNS).where(schema.passages.c.id == passage_id))

    def heads(self) -> list[PassageHead]:
        """Current passages without what they say, by slug, then position."""
        table = schema.passages.c
        query = _current().with_only_columns(*(table[name] for name in _HEAD), table.text)
        with self._database.reading() as connection:
            return [_head(row) for row in connection.execute(query).mappings()]

    def read(self, passage_ids: Iterable[str]) -> list[Passage]:
        """Current or older, in the order asked; an id that is not there is left out."""
        wanted = list(passage_ids)
        found: dict[str, Passage] = {}
        with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(wanted)):
                query = select(*_COLUMNS).where(schema.passages.c.id.in_(chunk))
                found.update((passage.id, passage) for passage in read(connection, Passage, query))
        return [found[passage_id] for passage_id in wanted if passage_id in found]

    def all(self) -> list[Passage]:
        """Current passages by slug, then position."""
        with self._database.reading() as connection:
            return read(connection, Passage, _current())

    def find(self, prefix: str) -> list[str]:
        """Ids of current passages that start so, by slug, then position."""
        query = _current().where(schema.passages.c.id.startswith(prefix, autoescape=True))
        with self._database.reading() as connection:
            found = connection.execute(query.with_only_columns(schema.passages.c.id)).scalars()
            # LIKE knows no capital from a small letter on SQLite.
            return [passage_id for passage_id in found if passage_id.startswith(prefix)]


def replace(connection: Connection, slug: str, passages: Sequence[Passage]) -> None:
    """Make these the slug's current passages, in the caller's transaction. Raises StateConflict."""
    given = _own(slug, passages)
    _refuse_renaming(connection, given)
    _make_current(connection, slug, given)


def texts_now(table: Table[Any]) -> list[Column[Any]]:
    """The columns of the present passages that an earlier text keeps."""
    return [table.c[column.name] for column in passage_texts.c]


def _own(slug: str, passages: Sequence[Passage]) -> dict[str, Passage]:
    """Passages by id. Raises StateConflict for one of another document, or one that is given twice."""
    given: dict[str, Passage] = {}
    for passage in passages:
        if passage.document != slug:
            raise StateConflict(
                f"{passage.id} is a passage of {passage.document}, not of {slug}", hint=_AGAIN
            )
        if given.setdefault(passage.id, passage) != passage:
            raise StateConflict(f"the id {passage.id} is given to two passages", hint=_AGAIN)
    return given


def _make_current(connection: Connection, slug: str, given: dict[str, Passage]) -> None:
    connection.execute(
        update(schema.passages).where(schema.passages.c.document == slug).values(current=False)
    )
    insert_all(
        connection,
        _PUT,
        (row_of(p, current=True, number=_number(p.id)) for p in given.values()),
    )


def _head(row: RowMapping) -> PassageHead:
    return PassageHead(
        id=row["id"],
        # A row brings its own copy of these; a study has few of each.
        document=intern(row["document"]),
        version=intern(row["version"]),
        segmentation=intern(row["segmentation"]),
        start=row["start"],
        kind=BlockKind(row["kind"]),
        role=Role(row["role"]),
        position=row["position"],
        words=count_words(row["text"]),
    )


def _current() -> Select[Any]:
    of_current_version = and_(
        schema.documents.c.slug == schema.passages.c.document,
        schema.documents.c.version == schema.passages.c.version,
        schema.documents.c.current,
    )
    return (
        select(*_COLUMNS)
        .join(schema.documents, of_current_version)
        .where(schema.passages.c.current)
        .order_by(schema.passages.c.document, schema.passages.c.position)
    )


def _refuse_renaming(connection: Connection, given: dict[str, Passage]) -> None:
    for chunk in chunks(given):
        query = select(*_COLUMNS).where(schema.passages.c.id.in_(chunk))
        for known in read(connection, Passage, query):
            passage = given[known.id]
            if any(getattr(known, name) != getattr(passage, name) for name in _IDENTITY):
                raise StateConflict(
                    f"the id {known.id} belongs to another text and is never given away",
                    hint=_AGAIN,
                )


def _number(passage_id: str) -> int | None:
    end = passage_id.rpartition(".")[2]
    return int(end) if end.isascii() and end.isdigit() else None
