"""The store keeps people's capacity, gives work on, and hides seeded readings from the study's codings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Assignment, Decision, Purpose, Reviewer, Seed, Stream
from cothemes.records.run import Run, RunState

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(path) as opened:
        opened.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="xxxx"))
        cut = [
            Passage(
                id=f"d.{n:04d}", document="d", version="v", segmentation="s", start=n, end=n + 1, text="x",
                kind=BlockKind.PARAGRAPH, position=n,
            )
            for n in range(4)
        ]  # fmt: skip
        opened.passages.replace("d", cut)
        for name in ("ann", "bob"):
            opened.reviews.add_reviewer(Reviewer(name=name, added=NOW))
        opened.runs.put(
            Run(
                id="r0001", coder="offline", rater="offline@0#r0001", configuration="c", codebook_hash="b",
                started=NOW, state=RunState.FINISHED,
            )
        )  # fmt: skip
        yield opened


def assignment(reviewer: str, number: int, **fields: object) -> Assignment:
    return Assignment.model_validate(
        {
            "reviewer": reviewer, "passage": f"d.{number:04d}", "document": "d", "round": "main",
            "arm": Arm.BLIND, "probability": 0.1, "double": False, "position": number, "drawn": NOW,
            "seed": 1, "chance": 0.28, "rank": 0.5, "stream": Stream.DRAWN, **fields,
        }
    )  # fmt: skip


def decision(number: int, passage: int, action: Action, reviewer: str = "ann") -> Decision:
    return Decision(
        id=f"0{number}", at=NOW, reviewer=reviewer, passage=f"d.{passage:04d}", round="main", arm=Arm.BLIND,
        action=action, codebook_hash="b",
    )  # fmt: skip


def seed(number: int, reviewer: str = "ann") -> Seed:
    return Seed(
        id=f"s{number}", reviewer=reviewer, passage=f"d.{number:04d}", round="main", code="A1",
        code_hash="h", start=number, end=number + 1, run="r0001", reason="Closest.", drawn=NOW, seed=1,
    )  # fmt: skip


def test_a_person_takes_another_role_capacity_or_pause(store: SqlStore) -> None:
    store.reviews.put_reviewer(Reviewer(name="ann", role="lead", added=NOW, capacity=40, paused=NOW))
    ann, bob = store.reviews.reviewers()
    assert (ann.role, ann.capacity, ann.paused) == ("lead", 40, NOW)
    assert (bob.capacity, bob.paused) == (None, None)


def test_everything_of_an_assignment_comes_back(store: SqlStore) -> None:
    given = assignment("ann", 1)
    store.reviews.assign([given])
    assert store.reviews.assignments() == [given]


def test_seeded_readings_are_served_and_never_read_as_codings(store: SqlStore) -> None:
    store.reviews.assign([assignment("ann", 1)])
    store.reviews.assign([assignment("ann", 2, arm=Arm.ASSISTED)], purpose=Purpose.SEED, seeds=[seed(2)])
    store.reviews.assign([assignment("bob", 2)], purpose=Purpose.CHECK)
    assert [a.passage for a in store.reviews.assignments()] == ["d.0001"]
    assert [a.passage for a in store.reviews.assignments(reviewer="ann")] == ["d.0001", "d.0002"]
    assert store.reviews.assignments(passage="d.0002") == []
    assert len(store.reviews.assignments(every=True)) == 3
    assert store.reviews.seeds() == store.reviews.seeds(reviewer="ann", passage="d.0002") == [seed(2)]
    assert store.reviews.seeds(reviewer="bob") == []


def test_a_seed_is_not_sown_where_the_person_has_the_passage(store: SqlStore) -> None:
    store.reviews.assign([assignment("ann", 1)])
    store.reviews.assign([assignment("ann", 1, arm=Arm.ASSISTED)], purpose=Purpose.SEED, seeds=[seed(1)])
    assert store.reviews.seeds() == []
    assert [a.arm for a in store.reviews.assignments(reviewer="ann")] == [Arm.BLIND]


def test_a_seed_stays_as_it_was_sown(store: SqlStore, path: Path) -> None:
    store.reviews.assign([assignment("ann", 2)], purpose=Purpose.SEED, seeds=[seed(2)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for statement in ("UPDATE seeds SET code = 'A2'", "DELETE FROM seeds"):
            with pytest.raises(sqlite3.DatabaseError, match="never changed"):
                other.execute(statement)


def test_open_work_is_given_on_and_begun_work_is_not(store: SqlStore) -> None:
    store.reviews.assign([assignment("ann", n) for n in range(4)] + [assignment("bob", 3)])
    store.reviews.append([decision(1, 0, Action.ADD), decision(2, 1, Action.SKIP)])
    wanted = [assignment("bob", n, position=10 + n, moved_from="ann") for n in range(4)]
    given = store.reviews.give_on(wanted)
    assert [a.passage for a in given] == ["d.0001", "d.0002"]
    assert [a.passage for a in store.reviews.assignments(reviewer="ann")] == ["d.0000", "d.0003"]
    assert store.reviews.assignments(reviewer="bob")[1:] == given


def test_a_window_left_open_records_nothing_on_what_was_given_on(store: SqlStore) -> None:
    store.reviews.assign([assignment("ann", 0), assignment("ann", 1)])
    store.reviews.give_on([assignment("bob", 0, moved_from="ann")])
    with pytest.raises(StateConflict, match=r"d\.0000 was given on to bob"):
        store.reviews.append([decision(1, 1, Action.ADD), decision(2, 0, Action.ADD)])
    assert store.reviews.decisions() == []
    store.reviews.append([decision(3, 0, Action.ADD, reviewer="bob"), decision(4, 1, Action.ADD)])
    assert len(store.reviews.decisions()) == 2


def test_open_work_gets_another_place_and_begun_work_keeps_its_own(store: SqlStore) -> None:
    """What was skipped was begun too; whoever holds a desk learns that the order is another."""
    store.reviews.assign([assignment("ann", n, position=n) for n in range(4)] + [assignment("bob", 3)])
    store.reviews.append([decision(1, 0, Action.ADD), decision(2, 1, Action.SKIP)])
    mark = store.reviews.mark("ann")
    wanted = [assignment("ann", n, position=9 - n, stream=Stream.VALUE) for n in range(4)]
    moved = store.reviews.reorder(wanted)
    assert [each.passage for each in moved] == ["d.0002", "d.0003"]
    found = store.reviews.assignments(reviewer="ann")
    assert [(a.passage, a.position) for a in found] == [
        ("d.0000", 0), ("d.0001", 1), ("d.0003", 6), ("d.0002", 7)
    ]  # fmt: skip
    assert [a.stream for a in found[2:]] == [Stream.VALUE] * 2
    assert store.reviews.mark("ann") != mark
