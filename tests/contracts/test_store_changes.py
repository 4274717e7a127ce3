"""The counts of what was written, which tell a reader that what it has read is old."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.doubles.coded_study import assign, propose, study_in

from cothemes.adapters.sql.store import SqlStore
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.claim import Claim
from cothemes.records.review import Action, Arm

PASSAGE = "talk-1.0002"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = study_in(tmp_path / "study")
    propose(made)
    return made


def _amended(store: SqlStore) -> None:
    document = store.documents.get("talk-1")
    assert document is not None
    store.documents.amend(document.model_copy(update={"title": "Another title"}))


WRITES: dict[str, Callable[[Study], object]] = {
    "a fact": lambda study: study.store.meta.set("key", "value"),
    "a document amended": lambda study: _amended(study.store),
    "passages cut anew": lambda study: study.store.passages.replace(
        "talk-1", study.store.passages.of("talk-1")[1:]
    ),
    "an assignment": lambda study: assign(study, "ann", {PASSAGE: Arm.BLIND}),
    "a run": lambda study: propose(study, "r0002"),
    "a codebook": lambda study: study.store.codebooks.put("hash", "{}"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_another_process_writes_changes_the_mark(study: Study, write: Callable[[Study], object]) -> None:
    before = study.store.changes.mark()
    assert study.store.changes.mark() == before
    other = Study(study.root)
    write(other)
    other.close()
    assert study.store.changes.mark() != before


def test_acts_and_leases_leave_the_mark(study: Study) -> None:
    """With a hundred reviewers they come all the time, and each is asked for where it matters."""
    assign(study, "ann", {PASSAGE: Arm.BLIND})
    desk = Desk(study, "ann")
    desk.decide(desk.card(PASSAGE), "A1", Action.ADD)
    before = study.store.changes.mark()
    desk.done(desk.card(PASSAGE))
    until = datetime(2030, 1, 1, tzinfo=UTC)
    study.store.claims.claim(
        Claim(reviewer="ann", passage=PASSAGE, holder="a tab of ann", until=until), until
    )
    assert study.store.changes.mark() == before


def test_what_is_not_kept_is_not_counted(study: Study) -> None:
    before = study.store.changes.mark()

    def half_way() -> None:
        with study.store.together():
            study.store.meta.set("key", "value")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert study.store.changes.mark() == before


def test_every_way_of_writing_to_a_counted_table_is_counted(study: Study) -> None:
    with closing(sqlite3.connect(study.store.path)) as database:
        counted = {name for (name,) in database.execute("SELECT name FROM changes")}
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {name for (name,) in found}
    acts = ("insert", "update", "delete")
    assert {f"{table}_counted_{act}" for table in counted for act in acts} <= triggers
