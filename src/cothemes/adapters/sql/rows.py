"""Between records and rows: a column bears the name of its field, so one rule serves all tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Insert, RowMapping, Select, Table

from cothemes.records.record import Record

Some = TypeVar("Some", bound=Record)
Item = TypeVar("Item")

AT_ONCE = 5_000
"""Rows of one statement, and ids of one IN: under SQLite's 32,766 parameters, and memory stays flat."""


def columns_of(table: Table[Any], record: type[Record]) -> list[Column[Any]]:
    """The columns that make up the record; `stored`, `current` and such stay behind."""
    return [table.c[name] for name in record.model_fields]


def row_of(record: Record, **more: Any) -> dict[str, Any]:
    """The record as a row, with whatever the table holds besides."""
    row = {
        name: str(value) if isinstance(value, StrEnum) else value
        for name, value in record.model_dump().items()
    }
    return {**row, **more}


def records_of(record: type[Some], rows: Iterable[RowMapping]) -> list[Some]:
    """Rows back to records; columns that are no field stay behind."""
    fields = tuple(record.model_fields)
    return [record.model_validate({name: row[name] for name in fields}) for row in rows]


def read(connection: Connection, record: type[Some], query: Select[Any]) -> list[Some]:
    """The records that a query finds."""
    return records_of(record, connection.execute(query).mappings())


def each(connection: Connection, record: type[Some], query: Select[Any]) -> Iterator[Some]:
    """Yield the rows one after the other: only what the reader keeps is held."""
    fields = tuple(record.model_fields)
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE // 10}).mappings():
        yield record.model_validate({name: row[name] for name in fields})


def read_one(connection: Connection, record: type[Some], query: Select[Any]) -> Some | None:
    """The first record that a query finds."""
    found = read(connection, record, query.limit(1))
    return found[0] if found else None


def read_within(
    connection: Connection, record: type[Some], query: Select[Any], column: Column[str], ids: Iterable[str]
) -> list[Some]:
    """The records whose `column` is one of `ids`, however many, in the order they were stored; the query must
    hold `stored`."""
    rows = [
        row
        for chunk in chunks(dict.fromkeys(ids))
        for row in connection.execute(query.where(column.in_(chunk))).mappings()
    ]
    return records_of(record, sorted(rows, key=lambda row: row["stored"]))


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
