"""The store keeps people, assignments and decisions as their port promises; a decision is for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Assignment, Decision, Reviewer

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        opened.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="xxxx"))
        cut = [
            Passage(
                id=f"d.{n:04d}",
                document="d",
                version="v",
                segmentation="s",
                start=n,
                end=n + 1,
                text="x",
                kind=BlockKind.PARAGRAPH,
                position=n,
            )
            for n in range(4)
        ]
        opened.passages.replace("d", cut)
        for name in ("Zoë", "Ann"):
            opened.reviews.add_reviewer(Reviewer(name=name, added=NOW))
        yield opened


def assignment(reviewer: str, passage: str, position: int, **fields: object) -> Assignment:
    return Assignment.model_validate(
        {
            "reviewer": reviewer,
            "passage": passage,
            "document": "d",
            "round": "main",
            "arm": Arm.BLIND,
            "probability": 0.1,
            "double": True,
            "position": position,
            "drawn": NOW,
            "seed": 2**62,
            **fields,
        }
    )


def decision(name: str, passage: str = "d.0001", reviewer: str = "Ann", **fields: object) -> Decision:
    return Decision.model_validate(
        {
            "id": name,
            "at": NOW,
            "reviewer": reviewer,
            "passage": passage,
            "round": "main",
            "arm": Arm.ASSISTED,
            "action": Action.ACCEPT,
            "code": "A1",
            "code_hash": "ch",
            "codebook_hash": "h",
            **fields,
        }
    )


def test_people_in_the_order_of_registration_and_once(store: SqlStore) -> None:
    store.reviews.add_reviewer(Reviewer(name="Ann", role="adjudicator", added=NOW + timedelta(days=1)))
    assert store.reviews.reviewers() == [Reviewer(name="Zoë", added=NOW), Reviewer(name="Ann", added=NOW)]


def test_assignments_by_reviewer_then_position(store: SqlStore) -> None:
    given = [
        assignment("Zoë", "d.0001", 0),
        assignment("Ann", "d.0001", 2),
        assignment("Ann", "d.0002", 1, round="pilot", arm=Arm.REVEAL, double=False),
    ]
    store.reviews.assign(given)
    assert store.reviews.assignments() == [given[2], given[1], given[0]]
    assert store.reviews.assignments(reviewer="Ann", round_name="pilot") == [given[2]]
    assert store.reviews.assignments(passage="d.0001") == [given[1], given[0]]


def test_arm_and_round_stay_with_the_first_assignment(store: SqlStore) -> None:
    store.reviews.assign([assignment("Ann", "d.0001", 0)])
    store.reviews.assign(
        [assignment("Ann", "d.0001", 5, arm=Arm.ASSISTED, round="two"), assignment("Ann", "d.0002", 6)]
    )
    found = store.reviews.assignments(reviewer="Ann")
    assert [(a.passage, a.arm, a.round) for a in found] == [
        ("d.0001", Arm.BLIND, "main"),
        ("d.0002", Arm.BLIND, "main"),
    ]


def test_decisions_in_the_order_stored_whatever_their_ids_and_times(store: SqlStore) -> None:
    given = [
        decision("z", at=NOW + timedelta(hours=1), shown=("s1", "s2"), attributes={"status": ("a", "b")}),
        decision("a", "d.0002", "Zoë", action=Action.NOTE, note="hm\n“quoted”", start=1, end=3),
        decision("m", action=Action.UNDO, undoes="z", code=None, code_hash=None, implicit=True),
    ]
    store.reviews.append(given[:2])
    store.reviews.append(given[2:])
    assert store.reviews.decisions() == given
    assert store.reviews.decisions(reviewer="Ann") == [given[0], given[2]]
    assert store.reviews.decisions(passage="d.0002") == [given[1]]
    assert store.reviews.decisions(reviewer="Zoë", passages=["d.0002", "d.0001"]) == [given[1]]
    assert store.reviews.decisions(passages=iter(["d.0001"])) == [given[0], given[2]]


def test_a_known_id_changes_nothing(store: SqlStore) -> None:
    store.reviews.append([decision("a")])
    store.reviews.append([decision("a", code="B2"), decision("b")])
    assert store.reviews.decisions() == [decision("a"), decision("b")]


def test_a_decision_on_what_is_not_there_is_refused_with_all_beside_it(store: SqlStore) -> None:
    for bad in (decision("b", passage="d.9999"), decision("b", reviewer="Nobody")):
        with pytest.raises(StateConflict, match="does not hold"):
            store.reviews.append([decision("a"), bad])
    assert store.reviews.decisions() == []


def test_a_time_of_another_zone_is_the_same_moment(store: SqlStore) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.reviews.append([decision("a", at=there)])
    found = store.reviews.decisions()[0]
    assert found.at == NOW
    assert found.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET code = 'B2'",
        "UPDATE decisions SET stored = stored + 10",
        "DELETE FROM decisions",
        "DELETE FROM decisions WHERE id = 'a'",
    ],
)
def test_the_database_itself_forbids_to_change_or_delete_a_decision(store: SqlStore, statement: str) -> None:
    store.reviews.append([decision("a")])
    with (
        closing(sqlite3.connect(store.path)) as other,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        other.execute(statement)
    assert store.reviews.decisions() == [decision("a")]


def test_replacing_a_decision_by_insert_changes_nothing(store: SqlStore) -> None:
    store.reviews.append([decision("a")])
    with closing(sqlite3.connect(store.path)) as other:
        other.execute(
            "INSERT OR REPLACE INTO decisions SELECT stored, id, at, reviewer, passage, round, arm, action, "
            "'B2', "
            'code_hash, codebook_hash, text_version, attributes, start, "end", note, suggestion, shown, '
            "implicit, undoes, further "
            "FROM decisions"
        )
        other.commit()
    assert store.reviews.decisions() == [decision("a")]


def test_decisions_can_be_asked_for_by_act(store: SqlStore) -> None:
    store.reviews.append(
        [
            decision("1", action=Action.ADD, code="A", codebook_hash="old"),
            decision("2", action=Action.DONE, codebook_hash="old"),
            decision("3", action=Action.UNDO, undoes="2", codebook_hash="new"),
            decision("4", reviewer="Zoë", action=Action.DONE, codebook_hash="new"),
        ]
    )
    closing = (Action.DONE, Action.UNDO)
    assert [each.id for each in store.reviews.decisions(acts=closing)] == ["2", "3", "4"]
    assert [each.id for each in store.reviews.decisions(reviewer="Ann", acts=closing)] == ["2", "3"]
    assert store.reviews.decisions(acts=()) == []
    assert store.reviews.codebooks() == {"old", "new"}
