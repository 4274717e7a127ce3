"""Ids of codes in records, mapped from the ids they had to the ids they have now.

No record is rewritten. Which code an id meant follows from the codebook that the record was made under; after
a rename the record is read under the code's present id. Codes that were merged, split or retired keep the
last id they had.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, select

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.discussion_tables import memos, settlements
from cothemes.adapters.sql.operation_tables import code_operations
from cothemes.adapters.sql.rating_tables import ratings
from cothemes.adapters.sql.rows import columns_of, read
from cothemes.records.acceptance import Acceptance, Certification
from cothemes.records.adjudication import Settlement
from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.code_names import CodeNames, names_then
from cothemes.records.code_operation import Operation
from cothemes.records.memo import Memo
from cothemes.records.rating import Rating
from cothemes.records.review import Assignment, Decision, Seed
from cothemes.records.suggestion import Outcome, Suggestion

_OPERATION = columns_of(code_operations, Operation)
# Asked for before every answer: as text, the statements are not built anew each time.
_ANY_OPERATION = "SELECT 1 FROM code_operations LIMIT 1"
_STATE = (
    "SELECT (SELECT count(*) FROM code_operations), (SELECT count(*) FROM codebooks), "
    "(SELECT count(*) FROM runs)"
)
Dated = TypeVar("Dated", Decision, Settlement, Memo)
Proposed = TypeVar("Proposed", Suggestion, Seed, Acceptance)


def read_operations(connection: Connection) -> list[Operation]:
    """Return all operations, in the order they were stored."""
    return read(connection, Operation, select(*_OPERATION).order_by(code_operations.c.stored))


class _Names:
    """The names of all codes at all times."""

    def __init__(self, connection: Connection) -> None:
        self._operations = read_operations(connection)
        self._now = CodeNames(self._operations)
        books = schema.codebooks.c
        self._last = {row[0]: row[1] for row in connection.execute(select(books.hash, books.operation))}
        runs = schema.runs.c
        self.books = {row[0]: row[1] for row in connection.execute(select(runs.id, runs.codebook_hash))}
        self._then: dict[str, CodeNames] = {}
        self._found: dict[tuple[str, str], str] = {}

    def now(self, code: str, book: str) -> str:
        """The present id of what was called `code` in a codebook."""
        key = (code, book)
        if key not in self._found:
            self._found[key] = self._now.name(self.names(book).identity(code), code)
        return self._found[key]

    def names(self, book: str) -> CodeNames:
        """The names that a codebook goes by; those of now where it is not kept."""
        last = self._last.get(book)
        if last is None:
            return self._now
        if last not in self._then:
            self._then[last] = names_then(self._operations, last)
        return self._then[last]

    def asked(self, code: str, drawn: datetime) -> str:
        """The present id of what was called `code` at a time."""
        before = [each for each in self._operations if each.at <= drawn]
        last = before[-1].id if before else ""
        if last not in self._then:
            self._then[last] = names_then(self._operations, last)
        return self._now.name(self._then[last].identity(code), code)


class CurrentNames:
    """Maps records as they are read. The operations are read again when there are others."""

    def __init__(self) -> None:
        self._state: tuple[int, int, int] = (0, 0, 0)
        self._names: _Names | None = None

    def _known(self, connection: Connection) -> _Names | None:
        if connection.exec_driver_sql(_ANY_OPERATION).first() is None:
            return None
        row = connection.exec_driver_sql(_STATE).one()
        state = (int(row[0]), int(row[1]), int(row[2]))
        if state != self._state or self._names is None:
            self._names, self._state = _Names(connection), state
        return self._names

    def dated(self, connection: Connection, records: list[Dated]) -> list[Dated]:
        """Decisions, rulings or memos, which name the codebook they were made under."""
        names = self._known(connection)
        if names is None:
            return records
        return [
            record
            if record.code is None
            else _with(record, code=names.now(record.code, record.codebook_hash))
            for record in records
        ]

    def proposed(self, connection: Connection, records: Iterable[Proposed]) -> Iterator[Proposed]:
        """Suggestions or planted errors, which name the run they belong to."""
        names = self._known(connection)
        for record in records:
            if names is None:
                yield record
            else:
                yield _with(record, code=names.now(record.code, names.books.get(record.run, "")))

    def certified(self, connection: Connection, records: list[Certification]) -> list[Certification]:
        """Looks at codes, which name the codebook that was in use."""
        names = self._known(connection)
        if names is None:
            return records

        def now(record: Certification) -> Certification:
            called = {code: names.now(code, record.codebook_hash) for code in record.codes}
            tests = tuple(
                each.model_copy(update={"codes": tuple(called[code] for code in each.codes)})
                for each in record.tests
            )
            hashes = {called[code]: text for code, text in record.code_hashes.items()}
            return record.model_copy(update={"tests": tests, "code_hashes": hashes})

        return [now(record) for record in records]

    def scored(self, connection: Connection, records: Iterable[Outcome]) -> Iterator[Outcome]:
        """Outcomes, whose scores name codes."""
        names = self._known(connection)
        for record in records:
            if names is None or not record.scores:
                yield record
            else:
                book = names.books.get(record.run, "")
                scores = {names.now(code, book): score for code, score in record.scores.items()}
                yield record if scores == record.scores else record.model_copy(update={"scores": scores})

    def asked(self, connection: Connection, records: list[Assignment]) -> list[Assignment]:
        """Assignments, whose round may ask about some codes only."""
        names = self._known(connection) if any(record.codes for record in records) else None
        if names is None:
            return records
        found = []
        for record in records:
            codes = tuple(names.asked(code, record.drawn) for code in record.codes)
            found.append(record if codes == record.codes else record.model_copy(update={"codes": codes}))
        return found

    def ratings(self, connection: Connection, records: list[Rating]) -> list[Rating]:
        """Imported ratings; where they name no codebook that is kept, by the id's present meaning."""
        names = self._known(connection)
        if names is None:
            return records
        return [
            _with(record, code=names.now(record.code, record.codebook)) if record.code else record
            for record in records
        ]

    def carried(self, connection: Connection, records: list[Carried]) -> list[Carried]:
        """Codes of imported projects, whose version is the codebook that they came into."""
        names = self._known(connection)
        if names is None:
            return records
        return [
            record.model_copy(update={"name": names.now(record.name, record.version)})
            if record.kind is CarriedKind.CODE
            else record
            for record in records
        ]

    def changed(self, connection: Connection, book: str) -> Mapping[str, str]:
        """Ids in a kept codebook → present ids, where they differ."""
        names = self._known(connection)
        if names is None:
            return {}
        codes = _codes_in(connection, book) or ()
        return {code: now for code in codes if (now := names.now(code, book)) != code}

    def identities(self, connection: Connection, book: str) -> Mapping[str, str] | None:
        """Ids in a kept codebook → permanent ids."""
        codes = _codes_in(connection, book)
        if codes is None:
            return None
        known = self._known(connection)
        names = known.names(book) if known else CodeNames()
        return {code: names.identity(code) for code in codes}

    def worked_on(self, connection: Connection) -> frozenset[str]:
        """Permanent ids of the codes that records name."""
        known = self._known(connection)
        now = CodeNames()
        pairs: list[tuple[Column[Any], Column[Any]]] = [
            *((c.code, c.codebook_hash) for c in (schema.decisions.c, settlements.c, memos.c)),
            (ratings.c.code, ratings.c.codebook),
            (schema.suggestions.c.code, schema.suggestions.c.run),
        ]
        found: set[str] = set()
        for code, place in pairs:
            for name, book in connection.execute(select(code, place).distinct()):
                if name:
                    names = known.names(known.books.get(book, book)) if known else now
                    found.add(names.identity(name))
        return frozenset(found)


def _codes_in(connection: Connection, book: str) -> tuple[str, ...] | None:
    query = select(schema.codebooks.c.content).where(schema.codebooks.c.hash == book)
    content = connection.execute(query).scalar()
    return None if content is None else tuple(code["id"] for code in json.loads(content)["codes"])


def _with(record: Any, *, code: str) -> Any:
    return record if code == record.code else record.model_copy(update={"code": code})
