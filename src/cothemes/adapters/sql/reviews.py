"""People, what they were given, and what they decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, insert_all, read, read_within, row_of
from cothemes.records.review import Assignment, Decision, Reviewer

_REVIEWER = columns_of(schema.reviewers, Reviewer)
_ASSIGNMENT = columns_of(schema.assignments, Assignment)
_DECISION = columns_of(schema.decisions, Decision)


class SqlReviews:
    """`ports.ReviewStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_reviewer(self, reviewer: Reviewer) -> None:
        """Registers a person; a name that is there stays as it is."""
        statement = insert(schema.reviewers).on_conflict_do_nothing(index_elements=["name"])
        with self._database.writing() as connection:
            connection.execute(statement, row_of(reviewer))

    def reviewers(self) -> list[Reviewer]:
        """In the order of registration."""
        with self._database.reading() as connection:
            return read(connection, Reviewer, select(*_REVIEWER).order_by(schema.reviewers.c.stored))

    def assign(self, assignments: Sequence[Assignment]) -> None:
        """In one transaction. A reviewer and passage already assigned are left as they are."""
        statement = insert(schema.assignments).on_conflict_do_nothing(index_elements=["reviewer", "passage"])
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(assignment) for assignment in assignments))

    def assignments(
        self, *, reviewer: str | None = None, round_name: str | None = None, passage: str | None = None
    ) -> list[Assignment]:
        """By reviewer, then position."""
        table = schema.assignments
        query = select(*_ASSIGNMENT).order_by(table.c.reviewer, table.c.position, table.c.passage)
        for column, value in (
            (table.c.reviewer, reviewer),
            (table.c.round, round_name),
            (table.c.passage, passage),
        ):
            if value is not None:
                query = query.where(column == value)
        with self._database.reading() as connection:
            return read(connection, Assignment, query)

    def append(self, decisions: Sequence[Decision]) -> None:
        """Durable when it returns, all or none. A decision with a known id changes nothing."""
        statement = insert(schema.decisions).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(decision) for decision in decisions))

    def decisions(
        self,
        *,
        reviewer: str | None = None,
        passage: str | None = None,
        passages: Iterable[str] | None = None,
    ) -> list[Decision]:
        """In the order they were stored."""
        table = schema.decisions
        query: Select[Any] = select(table.c.stored, *_DECISION).order_by(table.c.stored)
        if reviewer is not None:
            query = query.where(table.c.reviewer == reviewer)
        if passage is not None:
            query = query.where(table.c.passage == passage)
        with self._database.reading() as connection:
            if passages is None:
                return read(connection, Decision, query)
            return read_within(connection, Decision, query, table.c.passage, passages)
