"""People, what they were given, and what they decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.current_spans import CurrentSpans
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.recoding_tables import recodings as given_again
from cothemes.adapters.sql.rows import chunks, columns_of, insert_all, read, read_within, row_of
from cothemes.adapters.sql.seed_tables import seeds as sown
from cothemes.errors import StateConflict
from cothemes.records.review import Action, Assignment, Decision, Purpose, Recoding, Reviewer, Seed

_REVIEWER = columns_of(schema.reviewers, Reviewer)
_ASSIGNMENT = columns_of(schema.assignments, Assignment)
_DECISION = columns_of(schema.decisions, Decision)
_SEED = columns_of(sown, Seed)
_RECODING = columns_of(given_again, Recoding)
_CODED = (Action.ACCEPT, Action.REJECT, Action.ADD, Action.DONE)
"""Acts after which a reading is begun."""
_PAIRS = 400
"""Pairs of one comparison: SQLite takes a row value for an expression of some depth."""


class SqlReviews:
    """`ports.ReviewStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spans = CurrentSpans()

    def add_reviewer(self, reviewer: Reviewer) -> None:
        """Registers a person; a name that is there stays as it is."""
        statement = insert(schema.reviewers).on_conflict_do_nothing(index_elements=["name"])
        with self._database.writing() as connection:
            connection.execute(statement, row_of(reviewer))

    def put_reviewer(self, reviewer: Reviewer) -> None:
        """Another role, capacity or pause of a person who is there."""
        row = row_of(reviewer)
        statement = update(schema.reviewers).where(schema.reviewers.c.name == row.pop("name"))
        with self._database.writing() as connection:
            connection.execute(statement.values(**row))

    def reviewers(self) -> list[Reviewer]:
        """In the order of registration."""
        with self._database.reading() as connection:
            return read(connection, Reviewer, select(*_REVIEWER).order_by(schema.reviewers.c.stored))

    def assign(
        self,
        assignments: Sequence[Assignment],
        *,
        purpose: Purpose = Purpose.STUDY,
        seeds: Sequence[Seed] = (),
    ) -> None:
        """In one transaction. A reviewer and passage already assigned are left as they are, and a seed of
        theirs is left out."""
        statement = insert(schema.assignments).on_conflict_do_nothing(index_elements=["reviewer", "passage"])
        with self._database.writing() as connection:
            has = _assigned(connection, [(seed.reviewer, seed.passage) for seed in seeds])
            rows = (row_of(assignment, purpose=str(purpose)) for assignment in assignments)
            insert_all(connection, statement, rows)
            fresh = (row_of(seed) for seed in seeds if (seed.reviewer, seed.passage) not in has)
            insert_all(connection, insert(sown), fresh)

    def recode(self, recodings: Sequence[Recoding]) -> None:
        """In one transaction. A reviewer, passage and round that are there are left as they are."""
        keys = ["reviewer", "passage", "round"]
        statement = insert(given_again).on_conflict_do_nothing(index_elements=keys)
        with self._database.writing() as connection:
            insert_all(connection, statement, (row_of(recoding) for recoding in recodings))

    def assignments(
        self,
        *,
        reviewer: str | None = None,
        round_name: str | None = None,
        passage: str | None = None,
        every: bool = False,
    ) -> list[Assignment]:
        """By reviewer, then position; seeded readings only where one reviewer's or `every` are asked for."""
        table, again = schema.assignments, given_again
        purpose = None if every or reviewer is not None else str(Purpose.STUDY)
        first = select(*_ASSIGNMENT).order_by(table.c.reviewer, table.c.position, table.c.passage)
        later = select(*_RECODING)
        for name, value in (("reviewer", reviewer), ("round", round_name), ("passage", passage)):
            if value is not None:
                first, later = first.where(table.c[name] == value), later.where(again.c[name] == value)
        if purpose is not None:
            first = first.where(table.c.purpose == purpose)
        with self._database.reading() as connection:
            found = read(connection, Assignment, first)
            more = read(connection, Recoding, later)
        if not more:
            return found
        # Behind the first readings, wherever in the queue: who looks a passage up by its id finds the last.
        return sorted(
            [*found, *more],
            key=lambda a: (a.reviewer, isinstance(a, Recoding), a.position, a.passage),
        )

    def give_on(self, moved: Sequence[Assignment]) -> list[Assignment]:
        """In one transaction; what was decided on meanwhile stays, and what the other has is left out."""
        table, acts = schema.assignments, schema.decisions
        given = []
        with self._database.writing() as connection:
            for assignment in moved:
                owned = (table.c.reviewer == assignment.moved_from, table.c.passage == assignment.passage)
                begun = exists().where(
                    acts.c.reviewer == assignment.moved_from,
                    acts.c.passage == assignment.passage,
                    acts.c.action.in_([str(action) for action in _CODED]),
                )
                other = table.alias()
                has = exists().where(
                    other.c.reviewer == assignment.reviewer, other.c.passage == assignment.passage
                )
                row = row_of(assignment)
                statement = update(table).where(*owned, ~begun, ~has).values(**row)
                if connection.execute(statement).rowcount:
                    given.append(assignment)
        return given

    def seeds(self, *, reviewer: str | None = None, passage: str | None = None) -> list[Seed]:
        """In the order they were stored."""
        table = sown
        query = select(*_SEED).order_by(table.c.stored)
        for column, value in ((table.c.reviewer, reviewer), (table.c.passage, passage)):
            if value is not None:
                query = query.where(column == value)
        with self._database.reading() as connection:
            return self._spans.marked(connection, read(connection, Seed, query))

    def append(self, decisions: Sequence[Decision]) -> None:
        """Durable when it returns, all or none. A decision with a known id changes nothing.

        Raises StateConflict for a passage that was given on to someone else: a window left open would
        otherwise record what nobody counts.
        """
        statement = insert(schema.decisions).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            _refuse_given_on(connection, decisions)
            insert_all(connection, statement, (row_of(decision) for decision in decisions))

    def decisions(
        self,
        *,
        reviewer: str | None = None,
        passage: str | None = None,
        passages: Iterable[str] | None = None,
        as_coded: bool = False,
    ) -> list[Decision]:
        """Return decisions in the order they were stored.

        Marked words are where they are in the present text; with `as_coded`, where they were when marked.
        """
        table = schema.decisions
        query: Select[Any] = select(table.c.stored, *_DECISION).order_by(table.c.stored)
        if reviewer is not None:
            query = query.where(table.c.reviewer == reviewer)
        if passage is not None:
            query = query.where(table.c.passage == passage)
        with self._database.reading() as connection:
            if passages is None:
                found = read(connection, Decision, query)
            else:
                found = read_within(connection, Decision, query, table.c.passage, passages)
            return found if as_coded else self._spans.marked(connection, found)


def _assigned(connection: Connection, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of pairs of reviewer and passage, those that are assigned."""
    table = schema.assignments
    place = tuple_(table.c.reviewer, table.c.passage)
    found: set[tuple[str, str]] = set()
    for chunk in chunks(dict.fromkeys(pairs), _PAIRS):
        rows = connection.execute(select(table.c.reviewer, table.c.passage).where(place.in_(chunk)))
        found.update((row[0], row[1]) for row in rows)
    return found


def _refuse_given_on(connection: Connection, decisions: Sequence[Decision]) -> None:
    pairs = dict.fromkeys((decision.reviewer, decision.passage) for decision in decisions)
    missing = pairs.keys() - _assigned(connection, pairs)
    table = schema.assignments
    for reviewer, passage in sorted(missing):
        owner = connection.execute(
            select(table.c.reviewer).where(table.c.passage == passage, table.c.moved_from.is_not(None))
        ).scalar()
        if owner is not None:
            raise StateConflict(
                f"{passage} was given on to {owner} and is no longer {reviewer}'s",
                hint=f"Nothing was recorded. What is left: cothemes queue --as {reviewer}",
            )
