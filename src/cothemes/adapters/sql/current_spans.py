"""Spans of records, mapped from the version of a text that they were made on to the present one.

No record is rewritten. Where a document was corrected, a record read from the store points into the passage
as it is now: into the present version of the text, or the last one that held the passage. A span of which no
word is left is read as none. `text_version` stays what was read, so that a reader can tell that the text
changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.text_tables import passage_texts, text_maps
from cothemes.records.adjudication import Settlement
from cothemes.records.candidate import Candidate
from cothemes.records.rating import Rating
from cothemes.records.review import Decision, Seed
from cothemes.records.suggestion import Evidence, Suggestion
from cothemes.records.text_map import TextMap

Marked = TypeVar("Marked", Decision, Settlement, Seed)
Spanned = TypeVar("Spanned", Decision, Settlement, Seed, Rating)
Quoting = TypeVar("Quoting", Suggestion, Candidate)
Span = tuple[int, int]

# Asked for before every answer: as text, the statements are not built anew each time.
_ANY_MAP = "SELECT 1 FROM text_maps LIMIT 1"
_STATE = (
    "SELECT (SELECT count(*) FROM text_maps), (SELECT group_concat(version) FROM documents "
    "WHERE current AND slug IN (SELECT document FROM text_maps))"
)


class _Places:
    """Maps of all corrected documents, and the version that each of their passages has now."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(select(*text_maps.c)).mappings()
        maps = [TextMap.model_validate(dict(row)) for row in rows]
        self._maps = {(each.document, each.old, each.new): each for each in maps}
        self.documents = {each.document for each in maps}
        table = schema.passages.c
        query = select(table.id, table.version, table.start).where(table.document.in_(self.documents))
        self._now = {row[0]: (row[1], row[2]) for row in connection.execute(query)}
        old = passage_texts.c
        starts = select(old.id, old.version, old.start)
        self._starts = {(row[0], row[1]): row[2] for row in connection.execute(starts)}

    def moved(self, passage: str, version: str, span: Span) -> Span | None:
        """The span in the passage's present text; None where none of its words are left."""
        present = self._now.get(passage)
        if present is None or not version or present[0] == version:
            return span
        found = self._maps.get((passage.rpartition(".")[0], version, present[0]))
        return found.span(*span) if found else None

    def within(self, passage: str, version: str, span: Span) -> Span | None:
        """Return the current place of a span that counts from the start of the passage."""
        present = self._now.get(passage)
        if present is None or not version or present[0] == version:
            return span
        start = self._starts.get((passage, version))
        if start is None:
            return None
        moved = self.moved(passage, version, (span[0] + start, span[1] + start))
        return (moved[0] - present[1], moved[1] - present[1]) if moved else None


class CurrentSpans:
    """Maps records as they are read. The maps are read again when there are others."""

    def __init__(self) -> None:
        self._state: tuple[Any, ...] = ()
        self._places: _Places | None = None

    def _known(self, connection: Connection) -> _Places | None:
        if connection.exec_driver_sql(_ANY_MAP).first() is None:
            return None
        state = tuple(connection.exec_driver_sql(_STATE).one())
        if state != self._state or self._places is None:
            self._places, self._state = _Places(connection), state
        return self._places

    def marked(self, connection: Connection, records: list[Marked]) -> list[Marked]:
        """Decisions, rulings or planted errors with their marked words where these are now."""
        places = self._known(connection)
        if places is None:
            return records
        return [_marked(places, record) for record in records]

    def quoting(self, connection: Connection, records: Iterable[Quoting]) -> Iterator[Quoting]:
        """Suggestions or candidates with their evidence where it is now."""
        places = self._known(connection)
        for record in records:
            yield record if places is None else _quoting(places, record)

    def ratings(self, connection: Connection, records: list[Rating]) -> list[Rating]:
        """Imported ratings with their words where these are now, counted from the start of the passage."""
        places = self._known(connection)
        if places is None:
            return records
        return [_rated(places, record) for record in records]


def _document(passage: str) -> str:
    return passage.rpartition(".")[0]


def _marked(places: _Places, record: Marked) -> Marked:
    if record.start is None or record.end is None or _document(record.passage) not in places.documents:
        return record
    version = record.text_version
    if isinstance(record, Decision) and record.further:
        moved = (places.moved(record.passage, version, span) for span in record.spans)
        left = [span for span in moved if span is not None]
        kept = record.model_copy(update={"further": tuple(left[1:])})
        return _with(kept, left[0] if left else None)
    return _with(record, places.moved(record.passage, version, (record.start, record.end)))


def _rated(places: _Places, record: Rating) -> Rating:
    if record.start is None or record.end is None or _document(record.unit) not in places.documents:
        return record
    span = places.within(record.unit, record.text_version, (record.start, record.end))
    return _with(record, span)


def _with(record: Spanned, span: Span | None) -> Spanned:
    start, end = span or (None, None)
    if (start, end) == (record.start, record.end):
        return record
    return record.model_copy(update={"start": start, "end": end})


def _quoting(places: _Places, record: Quoting) -> Quoting:
    if not record.evidence or _document(record.passage) not in places.documents:
        return record
    kept: list[Evidence] = []
    for each in record.evidence:
        span = places.moved(record.passage, record.text_version, (each.start, each.end))
        if span is not None:
            kept.append(each.model_copy(update={"start": span[0], "end": span[1]}))
    return record if tuple(kept) == record.evidence else record.model_copy(update={"evidence": tuple(kept)})
