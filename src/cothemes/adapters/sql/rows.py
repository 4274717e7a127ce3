"""Between records and rows: a column bears the name of its field, so one rule serves all tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from sys import intern
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Insert, Result, Row, Select, Table

from cothemes.records.record import Record

Some = TypeVar("Some", bound=Record)
Item = TypeVar("Item")

AT_ONCE = 5_000
"""Rows of one statement, and ids of one IN: under SQLite's 32,766 parameters, and memory stays flat."""

_WORDS = (str, str | None)
_SHARED = 64
"""Characters of a word that records share: names, ids and hashes, which stand in many rows each."""


def columns_of(table: Table[Any], record: type[Record]) -> list[Column[Any]]:
    """The columns that make up the record; `stored`, `current` and such stay behind, and so do fields that
    are not part of its dump."""
    return [table.c[name] for name, field in record.model_fields.items() if not field.exclude]


def row_of(record: Record, **more: Any) -> dict[str, Any]:
    """The record as a row, with whatever the table holds besides."""
    row = {
        name: str(value) if isinstance(value, StrEnum) else value
        for name, value in record.model_dump().items()
    }
    return {**row, **more}


def records_of(record: type[Some], found: Result[Any]) -> list[Some]:
    """Rows back to records; columns that are no field stay behind."""
    made = _maker(record, found)
    # Fetched in portions: one row at a time takes a third longer, all at once twice the memory.
    return [made(row) for rows in found.partitions(AT_ONCE) for row in rows]


def read(connection: Connection, record: type[Some], query: Select[Any]) -> list[Some]:
    """The records that a query finds."""
    return records_of(record, connection.execute(query))


def each(connection: Connection, record: type[Some], query: Select[Any]) -> Iterator[Some]:
    """Yield the rows one after the other: only what the reader keeps is held."""
    found = connection.execute(query, execution_options={"yield_per": AT_ONCE // 10})
    yield from map(_maker(record, found), found)


def _maker(record: type[Some], found: Result[Any]) -> Callable[[Row[Any]], Some]:
    """Return what turns a row of this result into a record.

    A study has hundreds of thousands of rows. Their records share words and the set of given fields, which
    takes less than half the memory.
    """
    keys = list(found.keys())
    given = set(record.model_fields)
    others = [key for key in keys if key not in given]
    shared = [name for name, field in record.model_fields.items() if field.annotation in _WORDS]
    validate = record.__pydantic_validator__.validate_python

    def made(row: Row[Any]) -> Some:
        values = dict(zip(keys, row, strict=True))
        for name in others:
            del values[name]
        for name in shared:
            value = values[name]
            if value and len(value) <= _SHARED:
                values[name] = intern(value)
        one: Some = validate(values)
        object.__setattr__(one, "__pydantic_fields_set__", given)
        return one

    return made


def read_one(connection: Connection, record: type[Some], query: Select[Any]) -> Some | None:
    """The first record that a query finds."""
    found = read(connection, record, query.limit(1))
    return found[0] if found else None


def read_within(
    connection: Connection, record: type[Some], query: Select[Any], column: Column[str], ids: Iterable[str]
) -> list[Some]:
    """The records whose `column` is one of `ids`, however many, in the order they were stored; the query must
    hold `stored`."""
    found: list[tuple[int, Some]] = []
    for chunk in chunks(dict.fromkeys(ids)):
        rows = connection.execute(query.where(column.in_(chunk)))
        made = _maker(record, rows)
        found += ((row.stored, made(row)) for row in rows)
    found.sort(key=lambda pair: pair[0])
    return [one for _, one in found]


def chunks(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    """The items in lists of up to `size`."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk


def insert_all(connection: Connection, statement: Insert, rows: Iterable[Mapping[str, Any]]) -> None:
    """Many rows by one statement."""
    for chunk in chunks(rows):
        connection.execute(statement, chunk)


def taking_over(statement: Any, keys: Sequence[str], table: Table[Any]) -> dict[str, Any]:
    """Return what an upsert writes over a row that is there: everything but its keys and its place in the
    order.
    """
    return {c.name: statement.excluded[c.name] for c in table.c if c.name not in {*keys, "stored"}}
