"""Ratings that came from elsewhere: a paper's labels, another tool, a synthetic coder."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.current_names import CurrentNames
from cothemes.adapters.sql.current_spans import CurrentSpans
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rating_tables import ratings as table
from cothemes.adapters.sql.rows import columns_of, insert_all, read, row_of
from cothemes.records.rating import Rating

_RATING = columns_of(table, Rating)
_ROW = ("rater", "unit", "code", "arm", "round")


class SqlRatings:
    """`ports.RatingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spans = CurrentSpans()
        self._names = CurrentNames()

    def add(self, ratings: Sequence[Rating], *, instead_of: Collection[str] = ()) -> None:
        """All or nothing: first the rows of the raters `instead_of` go; then a row that is there stays."""
        statement = insert(table).on_conflict_do_nothing(index_elements=list(_ROW))
        with self._database.writing() as connection:
            for rater in instead_of:
                connection.execute(delete(table).where(table.c.rater == rater))
            insert_all(connection, statement, (row_of(rating) for rating in ratings))

    def all(self) -> list[Rating]:
        """Return all ratings, in the order in which they came."""
        with self._database.reading() as connection:
            found = read(connection, Rating, select(*_RATING).order_by(table.c.stored))
            return self._spans.ratings(connection, self._names.ratings(connection, found))
