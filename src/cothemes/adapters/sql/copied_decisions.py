"""Marks of decisions that were copied between passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, Named, Table, Text, TypedColumns, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import insert_all, row_of
from cothemes.adapters.sql.schema import BigKey, metadata
from cothemes.records.copied_decision import CopiedDecision


class CopiedDecisionColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    decision: Named[str] = Column(Text, unique=True)
    origin: Named[str] = Column(Text)


copied_decisions = Table("copied_decisions", metadata, CopiedDecisionColumns)


class SqlCopiedDecisions:
    """`ports.CopiedDecisionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, made: Sequence[CopiedDecision]) -> None:
        """Durable when it returns, all or none."""
        with self._database.writing() as connection:
            insert_all(connection, insert(copied_decisions), map(row_of, made))

    def origins(self) -> Mapping[str, str]:
        """Return id of a copied decision → passage that was read."""
        table = copied_decisions.c
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(select(table.decision, table.origin))}
