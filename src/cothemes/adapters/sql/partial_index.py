"""Indexes over some rows of a table, on SQLite and on PostgreSQL.

PostgreSQL's condition is told when its tables are made: to name it earlier has SQLAlchemy load every driver
that PostgreSQL has, at the start of every command.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Index, Table, event


def partial_index(
    name: str, column: Column[Any], condition: ColumnElement[bool], *, unique: bool = False
) -> Index:
    """An index over the rows of the column's table for which the condition holds."""
    index = Index(name, column, unique=unique, sqlite_where=condition)

    def told(_table: Table, connection: Connection, **_facts: Any) -> None:
        if connection.dialect.name == "postgresql":
            index.dialect_kwargs["postgresql_where"] = condition

    event.listen(column.table, "before_create", told)
    return index
