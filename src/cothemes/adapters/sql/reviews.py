"""People, what they were given, and what they decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql import schema
from cothemes.adapters.sql.current_names import CurrentNames
from cothemes.adapters.sql.current_spans import CurrentSpans
from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.meta import set_fact
from cothemes.adapters.sql.operation_tables import code_drafts
from cothemes.adapters.sql.rater_tables import rater_identities
from cothemes.adapters.sql.rows import chunks, columns_of, insert_all, read, read_within, row_of
from cothemes.adapters.sql.seed_tables import seeds as sown
from cothemes.errors import StateConflict
from cothemes.records.code_operation import DraftAct
from cothemes.records.rater_identity import RaterIdentity
from cothemes.records.review import (
    Action,
    Arm,
    AssignedPlace,
    Assignment,
    Decision,
    Purpose,
    Reviewer,
    Seed,
    reordered_key,
)

_REVIEWER = columns_of(schema.reviewers, Reviewer)
_ASSIGNMENT = columns_of(schema.assignments, Assignment)
_DECISION = columns_of(schema.decisions, Decision)
_SEED = columns_of(sown, Seed)
_IDENTITY = columns_of(rater_identities, RaterIdentity)
_CODED = (Action.ACCEPT, Action.REJECT, Action.ADD, Action.DONE)
"""Acts after which a reading is begun."""
_READ_BY_DESKS = ("assignments", "code_operations", "documents", "passage_texts", "passages", "tombstones")
"""Tables that a reviewer's desk is made of, beside the person's own decisions."""
_MARK = (
    "SELECT (SELECT max(stored) FROM decisions WHERE reviewer = ?), "
    "(SELECT group_concat(count) FROM (SELECT count FROM changes "
    f"WHERE name IN ({', '.join(map(repr, _READ_BY_DESKS))}) ORDER BY name))"
)
_PLACES = (
    "SELECT passage, round, position, codes <> '[]' AS again FROM assignments WHERE reviewer = ? "
    "ORDER BY again, CASE WHEN again THEN drawn END, position, passage"
)
_PAIRS = 400
"""Pairs of one comparison: SQLite takes a row value for an expression of some depth."""


class SqlReviews:
    """`ports.ReviewStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spans = CurrentSpans()
        self._names = CurrentNames()

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

    def mark(self, reviewer: str) -> str:
        """Return a word that differs once the person's decisions, anybody's assignments, the texts or the
        names of codes have changed.

        It asks for the end of an index and for counts that triggers keep, so that it may be asked before
        every act.
        """
        with self._database.reading() as connection:
            return "/".join(map(str, connection.exec_driver_sql(_MARK, (reviewer,)).one()))

    def identify(self, said: Sequence[RaterIdentity]) -> None:
        """Store what a person said of names; a statement with a known id changes nothing."""
        statement = insert(rater_identities).on_conflict_do_nothing(index_elements=["id"])
        with self._database.writing() as connection:
            insert_all(connection, statement, map(row_of, said))

    def identities(self) -> list[RaterIdentity]:
        """In the order they were stored."""
        with self._database.reading() as connection:
            return read(connection, RaterIdentity, select(*_IDENTITY).order_by(rater_identities.c.stored))

    def assign(
        self,
        assignments: Sequence[Assignment],
        *,
        purpose: Purpose = Purpose.STUDY,
        seeds: Sequence[Seed] = (),
    ) -> None:
        """In one transaction. A reviewer, passage and round that are there are left as they are.

        A round that asks about all codes is left out where the reviewer has the passage in another such
        round, and with it a seed.
        """
        keys = ["reviewer", "passage", "round"]
        statement = insert(schema.assignments).on_conflict_do_nothing(index_elements=keys)
        with self._database.writing() as connection:
            pairs = [(each.reviewer, each.passage) for each in assignments]
            pairs += [(seed.reviewer, seed.passage) for seed in seeds]
            has = {(each[0], each[1]) for each in _assigned(connection, pairs, main=True)}
            fresh = (row_of(seed) for seed in seeds if (seed.reviewer, seed.passage) not in has)
            insert_all(connection, insert(sown), fresh)
            rows = (row_of(each, purpose=str(purpose)) for each in _not_yet_main(assignments, has))
            insert_all(connection, statement, rows)

    def assignments(
        self,
        *,
        reviewer: str | None = None,
        round_name: str | None = None,
        passage: str | None = None,
        arms: Collection[Arm] | None = None,
        after: Collection[Action] | None = None,
        every: bool = False,
    ) -> list[Assignment]:
        """By reviewer, then position; seeded readings only where one reviewer's or `every` are asked for.

        `after`: only of passages on which the reviewer did one of these acts.
        """
        table = schema.assignments
        query = select(*_ASSIGNMENT).order_by(table.c.reviewer, table.c.position, table.c.passage)
        for name, value in (("reviewer", reviewer), ("round", round_name), ("passage", passage)):
            if value is not None:
                query = query.where(table.c[name] == value)
        if arms is not None:
            query = query.where(table.c.arm.in_([str(arm) for arm in arms]))
        if after is not None:
            acts = schema.decisions
            done = select(acts.c.passage).where(
                acts.c.reviewer == reviewer, acts.c.action.in_([str(act) for act in after])
            )
            query = query.where(table.c.passage.in_(done))
        if not every and reviewer is None:
            query = query.where(table.c.purpose == str(Purpose.STUDY))
        with self._database.reading() as connection:
            found = self._names.asked(connection, read(connection, Assignment, query))
        recoded = [each for each in found if each.codes]
        if not recoded:
            return found
        # A later round follows an earlier one, wherever it is in the queue.
        main = [each for each in found if not each.codes]
        recoded.sort(key=lambda each: (each.reviewer, each.drawn))
        return sorted([*main, *recoded], key=lambda each: each.reviewer)

    def assigned_places(self, reviewer: str) -> list[AssignedPlace]:
        """Return all of a person's assignments as a queue needs them, recode rounds last, in the order of
        their draw."""
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_PLACES, (reviewer,)).all()
        return [AssignedPlace(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def give_on(self, moved: Sequence[Assignment]) -> list[Assignment]:
        """In one transaction; what was decided on meanwhile stays, and what the other has is left out."""
        table, acts = schema.assignments, schema.decisions
        given = []
        with self._database.writing() as connection:
            for assignment in moved:
                owned = (
                    table.c.reviewer == assignment.moved_from,
                    table.c.passage == assignment.passage,
                    table.c.round == assignment.round,
                )
                begun = exists().where(
                    acts.c.reviewer == assignment.moved_from,
                    acts.c.passage == assignment.passage,
                    acts.c.round == assignment.round,
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

    def reorder(self, moved: Sequence[Assignment]) -> list[Assignment]:
        """In one transaction; what was decided on meanwhile keeps its place."""
        table, acts = schema.assignments, schema.decisions
        given = []
        with self._database.writing() as connection:
            for each in moved:
                owned = (
                    table.c.reviewer == each.reviewer,
                    table.c.passage == each.passage,
                    table.c.round == each.round,
                )
                begun = exists().where(
                    acts.c.reviewer == each.reviewer,
                    acts.c.passage == each.passage,
                    acts.c.round == each.round,
                )
                new = {"position": each.position, "stream": each.stream.value}
                if connection.execute(update(table).where(*owned, ~begun).values(**new)).rowcount:
                    given.append(each)
            for reviewer in {each.reviewer for each in given}:
                before = connection.execute(
                    select(schema.entries.c.value).where(schema.entries.c.key == reordered_key(reviewer))
                ).scalar()
                set_fact(connection, reordered_key(reviewer), str(int(before or 0) + 1))
        return given

    def seeds(self, *, reviewer: str | None = None, passage: str | None = None) -> list[Seed]:
        """In the order they were stored."""
        table = sown
        query = select(*_SEED).order_by(table.c.stored)
        for column, value in ((table.c.reviewer, reviewer), (table.c.passage, passage)):
            if value is not None:
                query = query.where(column == value)
        with self._database.reading() as connection:
            found = list(self._names.proposed(connection, read(connection, Seed, query)))
            return self._spans.marked(connection, found)

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
        acts: Collection[Action] | None = None,
        last: int | None = None,
        as_coded: bool = False,
        with_drafts: bool = False,
    ) -> list[Decision]:
        """Return decisions in the order they were stored; with `acts`, only these; with `last`, at most so
        many, the last ones.

        Marked words are where they are in the present text, and codes have their present ids; with
        `as_coded`, as they were. Decisions on a draft are given only where its author is named or looks;
        `with_drafts`: also elsewhere, for what shows none of them.
        """
        table = schema.decisions
        query: Select[Any] = select(table.c.stored, *_DECISION).order_by(table.c.stored)
        if reviewer is not None:
            # Few passages of a person who decided on all: SQLite would go through the person, by its index.
            few = passage is not None or passages is not None
            query = query.where((table.c.reviewer + "" if few else table.c.reviewer) == reviewer)
        elif not with_drafts:
            query = query.where(table.c.code.is_(None) | table.c.code.not_in(self._private()))
        if passage is not None:
            query = query.where(table.c.passage == passage)
        if acts is not None:
            query = query.where(table.c.action.in_([str(act) for act in acts]))
        with self._database.reading() as connection:
            if last is not None:
                backwards = query.order_by(None).order_by(table.c.stored.desc()).limit(last)
                found = read(connection, Decision, backwards)[::-1]
            elif passages is None:
                found = read(connection, Decision, query)
            else:
                found = read_within(connection, Decision, query, table.c.passage, passages)
            if as_coded:
                return found
            return self._spans.marked(connection, self._names.dated(connection, found))

    def _private(self) -> Select[str]:
        """Return the draft codes whose decisions are kept back."""
        return private_drafts()

    def rounds(self) -> set[str]:
        """Names of the rounds in which anything of the study was assigned."""
        table = schema.assignments.c
        query = select(table.round).where(table.purpose == str(Purpose.STUDY)).distinct()
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def planted_readings(self) -> set[tuple[str, str]]:
        """Reviewer and passage of what was given for a planted error, or to check one."""
        table = schema.assignments.c
        query = select(table.reviewer, table.passage).where(table.purpose != str(Purpose.STUDY))
        with self._database.reading() as connection:
            return {(row[0], row[1]) for row in connection.execute(query)}

    def codebooks(self) -> set[str]:
        """Hashes of the codebooks that anything was decided under."""
        with self._database.reading() as connection:
            return set(connection.execute(select(schema.decisions.c.codebook_hash).distinct()).scalars())


def _not_yet_main(
    assignments: Iterable[Assignment], has: Collection[tuple[str, str]]
) -> Iterator[Assignment]:
    """Leave out rounds that ask about all codes where the reviewer has such a round of the passage."""
    seen = set(has)
    for each in assignments:
        pair = (each.reviewer, each.passage)
        if each.codes:
            yield each
        elif pair not in seen:
            seen.add(pair)
            yield each


def _assigned(
    connection: Connection, pairs: Iterable[tuple[str, str]], *, main: bool = False
) -> set[tuple[str, str, str]]:
    """Reviewer, passage and round of what is assigned of these pairs; `main`: only rounds that ask about all
    codes."""
    table = schema.assignments
    place = tuple_(table.c.reviewer, table.c.passage)
    query = select(table.c.reviewer, table.c.passage, table.c.round, table.c.codes)
    found: set[tuple[str, str, str]] = set()
    for chunk in chunks(dict.fromkeys(pairs), _PAIRS):
        rows = connection.execute(query.where(place.in_(chunk)))
        found.update((row[0], row[1], row[2]) for row in rows if not (main and row[3]))
    return found


def _refuse_given_on(connection: Connection, decisions: Sequence[Decision]) -> None:
    readings = {(decision.reviewer, decision.passage, decision.round) for decision in decisions}
    missing = readings - _assigned(connection, sorted({(each[0], each[1]) for each in readings}))
    table = schema.assignments
    for reviewer, passage, round_name in sorted(missing):
        owner = connection.execute(
            select(table.c.reviewer).where(
                table.c.passage == passage,
                table.c.round == round_name,
                table.c.moved_from.is_not(None),
            )
        ).scalar()
        if owner is not None:
            raise StateConflict(
                f"{passage} was given on to {owner} and is no longer {reviewer}'s",
                hint=f"Nothing was recorded. What is left: cothemes queue --as {reviewer}",
            )


def private_drafts(but: str = "") -> Select[str]:
    """Codes that are drafts and not published; `but`: without those that this person is still coding by."""
    table = code_drafts
    public = select(table.c.code).where(table.c.act == DraftAct.PUBLISHED.value)
    found = select(table.c.code).where(table.c.act == DraftAct.CREATED.value, table.c.code.not_in(public))
    if not but:
        return found
    gone = select(table.c.code).where(table.c.act == DraftAct.DISCARDED.value)
    return found.where((table.c.by != but) | table.c.code.in_(gone))
