"""Runs of coders, what became of every passage, and what they proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.current_names import CurrentNames
from cothemes.adapters.sql.current_spans import CurrentSpans
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import (
    chunks,
    columns_of,
    each,
    insert_all,
    read,
    read_one,
    read_within,
    row_of,
    taking_over,
)
from cothemes.records.candidate import Candidate
from cothemes.records.run import Run
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion

_RUN = columns_of(schema.runs, Run)
_OUTCOME = columns_of(schema.outcomes, Outcome)
_SUGGESTION = columns_of(schema.suggestions, Suggestion)
_CANDIDATE = columns_of(schema.candidates, Candidate)


class SqlRuns:
    """`ports.RunStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spans = CurrentSpans()
        self._names = CurrentNames()

    def next_id(self) -> str:
        """`r0001`, `r0002`, …: each given out once, also to two processes at once."""
        statement = insert(schema.counters).values(name="run", value=1)
        counted = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": schema.counters.c.value + 1}
        ).returning(schema.counters.c.value)
        with self._database.writing() as connection:
            return f"r{connection.execute(counted).scalar_one():04d}"

    def find(self, configuration: str) -> Run | None:
        """The latest run of this configuration."""
        query = (
            select(*_RUN)
            .where(schema.runs.c.configuration == configuration)
            .order_by(schema.runs.c.stored.desc())
        )
        with self._database.reading() as connection:
            return read_one(connection, Run, query)

    def put(self, run: Run) -> None:
        """Store a run, or its new state."""
        statement = insert(schema.runs)
        with self._database.writing() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_=taking_over(statement, ["id"], schema.runs)
                ),
                row_of(run),
            )

    def begin(self, run: Run, superseded: Callable[[Run], bool] = lambda _run: False) -> Run:
        """Store a new run, unless the latest of its configuration stands and is not superseded: then that one
        is given back. Of two processes that begin at once both get the same.
        """
        query = (
            select(*_RUN)
            .where(schema.runs.c.configuration == run.configuration)
            .order_by(schema.runs.c.stored.desc())
        )
        with self._database.writing() as connection:
            known = read_one(connection, Run, query)
            if known is not None and not superseded(known):
                return known
            connection.execute(insert(schema.runs), row_of(run))
        return run

    def get(self, run_id: str) -> Run | None:
        """The run of this id."""
        with self._database.reading() as connection:
            return read_one(connection, Run, select(*_RUN).where(schema.runs.c.id == run_id))

    def all(self) -> list[Run]:
        """Oldest first."""
        with self._database.reading() as connection:
            return read(connection, Run, select(*_RUN).order_by(schema.runs.c.stored))

    def record(
        self,
        outcomes: Sequence[Outcome],
        suggestions: Sequence[Suggestion],
        candidates: Sequence[Candidate] = (),
    ) -> None:
        """Store outcomes, suggestions and candidates in one transaction. An outcome gives way to a later one
        unless it is `coded`; a suggestion or candidate with a known id is not stored twice.
        """
        statement = insert(schema.outcomes)
        keys = ["run", "passage"]
        with self._database.writing() as connection:
            insert_all(
                connection,
                statement.on_conflict_do_update(
                    index_elements=keys,
                    set_=taking_over(statement, keys, schema.outcomes),
                    where=schema.outcomes.c.state != OutcomeState.CODED.value,
                ),
                (row_of(outcome) for outcome in outcomes),
            )
            insert_all(
                connection,
                insert(schema.suggestions).on_conflict_do_nothing(index_elements=["id"]),
                (row_of(suggestion) for suggestion in suggestions),
            )
            insert_all(
                connection,
                insert(schema.candidates).on_conflict_do_nothing(index_elements=["id"]),
                (row_of(candidate) for candidate in candidates),
            )

    def outcomes(self, run_id: str, *, passages: Iterable[str] | None = None) -> list[Outcome]:
        """Return the outcomes, by passage; with `passages`, nothing is loaded for others."""
        query = select(*_OUTCOME).where(schema.outcomes.c.run == run_id).order_by(schema.outcomes.c.passage)
        with self._database.reading() as connection:
            if passages is None:
                found = read(connection, Outcome, query)
            else:
                found = [
                    outcome
                    for chunk in chunks(sorted(set(passages)))
                    for outcome in read(
                        connection, Outcome, query.where(schema.outcomes.c.passage.in_(chunk))
                    )
                ]
            return list(self._names.scored(connection, found))

    def each_outcome(self, run_id: str) -> Iterator[Outcome]:
        """Yield the outcomes by passage, one after the other as of one moment; to be read to the end."""
        query = select(*_OUTCOME).where(schema.outcomes.c.run == run_id).order_by(schema.outcomes.c.passage)
        with self._database.reading() as connection:
            yield from self._names.scored(connection, each(connection, Outcome, query))

    def states(self, run_id: str) -> dict[OutcomeState, int]:
        """Return how many passages of a run ended in each state."""
        state = schema.outcomes.c.state
        query = select(state, func.count()).where(schema.outcomes.c.run == run_id).group_by(state)
        with self._database.reading() as connection:
            return {OutcomeState(name): count for name, count in connection.execute(query)}

    def suggestions(
        self,
        *,
        run_id: str | None = None,
        passages: Iterable[str] | None = None,
        as_coded: bool = False,
    ) -> list[Suggestion]:
        """Return suggestions in the order they were stored.

        Evidence is where its words are in the present text; with `as_coded`, where they were when quoted.
        """
        query: Select[Any] = select(schema.suggestions.c.stored, *_SUGGESTION).order_by(
            schema.suggestions.c.stored
        )
        if run_id is not None:
            run = schema.suggestions.c.run
            # Few passages of a run that coded them all: SQLite would go through the run, by its index.
            query = query.where((run if passages is None else run + "") == run_id)
        with self._database.reading() as connection:
            if passages is None:
                found = read(connection, Suggestion, query)
            else:
                found = read_within(connection, Suggestion, query, schema.suggestions.c.passage, passages)
            if as_coded:
                return found
            return list(self._spans.quoting(connection, self._names.proposed(connection, found)))

    def each_suggestion(self, run_id: str) -> Iterator[Suggestion]:
        """Yield the suggestions in the order they were stored, one after the other as of one moment; to be
        read to the end.
        """
        query = select(*_SUGGESTION).where(schema.suggestions.c.run == run_id)
        with self._database.reading() as connection:
            found = each(connection, Suggestion, query.order_by(schema.suggestions.c.stored))
            yield from self._spans.quoting(connection, self._names.proposed(connection, found))

    def offline_scores(self, run_id: str) -> dict[str, float]:
        """Suggestion → the offline coder's log-odds before it learns, where they are on record."""
        table = schema.suggestions.c
        query = select(table.id, table.offline_score).where(
            table.run == run_id, table.offline_score.is_not(None)
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query) if row[1] is not None}

    def put_offline_scores(self, scores: Mapping[str, float]) -> None:
        """Store offline log-odds, by suggestion, in one transaction."""
        self._put("offline_score", scores)

    def probabilities(self, suggestions: Iterable[str]) -> dict[str, float]:
        """Suggestion → its probability as of the latest calibration; those without one are left out."""
        table = schema.suggestions.c
        found: dict[str, float] = {}
        with self._database.reading() as connection:
            for chunk in chunks(sorted(set(suggestions))):
                query = select(table.id, table.probability).where(
                    table.id.in_(chunk), table.probability.is_not(None)
                )
                found.update((row[0], row[1]) for row in connection.execute(query) if row[1] is not None)
        return found

    def put_probabilities(self, probabilities: Mapping[str, float | None]) -> None:
        """Store probabilities, by suggestion, in one transaction; None takes one away."""
        self._put("probability", probabilities)

    def _put(self, column: str, numbers: Mapping[str, float | None]) -> None:
        rows = [{"which": name, "number": number} for name, number in sorted(numbers.items())]
        table = schema.suggestions
        if rows:
            with self._database.writing() as connection:
                connection.execute(
                    update(table)
                    .where(table.c.id == bindparam("which"))
                    .values({column: bindparam("number")}),
                    rows,
                )

    def suggested(self, run_id: str) -> dict[str, int]:
        """Return how many codes a run suggested for each passage."""
        table = schema.suggestions.c
        query = select(table.passage, func.count()).where(table.run == run_id).group_by(table.passage)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def candidates(self, *, run_id: str | None = None) -> list[Candidate]:
        """Return the candidates, in the order they were stored."""
        query = select(*_CANDIDATE).order_by(schema.candidates.c.stored)
        if run_id is not None:
            query = query.where(schema.candidates.c.run == run_id)
        with self._database.reading() as connection:
            return list(self._spans.quoting(connection, read(connection, Candidate, query)))
