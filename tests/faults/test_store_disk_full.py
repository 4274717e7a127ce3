"""A full disk, by SQLite's own limit on pages: told in words, nothing acknowledged is lost, work goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import InputError
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm, Decision, Reviewer

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@contextmanager
def disk_of(pages: int) -> Iterator[None]:
    """Databases opened inside may not grow over so many pages of 4 KiB."""

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(Pool, "connect", limit)
    try:
        yield
    finally:
        event.remove(Pool, "connect", limit)


def prepare(path: Path) -> None:
    with SqlStore.open(path) as store:
        store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="x"))
        store.passages.replace(
            "d",
            [
                Passage(
                    id="d.0001",
                    document="d",
                    version="v",
                    segmentation="s",
                    start=0,
                    end=1,
                    text="x",
                    kind=BlockKind.PARAGRAPH,
                    position=0,
                )
            ],
        )
        store.reviews.add_reviewer(Reviewer(name="Ann", added=NOW))


def decision(number: int) -> Decision:
    return Decision(
        id=f"{number:08d}",
        at=NOW,
        reviewer="Ann",
        passage="d.0001",
        round="main",
        arm=Arm.BLIND,
        action=Action.NOTE,
        codebook_hash="h",
        note="words " * 100,
    )


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    prepare(path)
    acknowledged: list[Decision] = []

    def work_on(store: SqlStore) -> None:
        for number in range(1000):
            store.reviews.append([decision(number)])
            acknowledged.append(decision(number))

    with disk_of(240), SqlStore.open(path) as store:
        with pytest.raises(InputError, match="disk is full") as caught:
            work_on(store)
        assert "Make room" in caught.value.hint
        assert caught.value.exit_code == 3
        assert store.reviews.decisions() == acknowledged
    assert 10 < len(acknowledged) < 1000
    with SqlStore.open(path) as store:
        assert store.check() == "ok"
        assert store.reviews.decisions() == acknowledged
        store.reviews.append([decision(9999)])
        assert store.reviews.decisions() == [*acknowledged, decision(9999)]


def test_a_step_that_does_not_fit_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    prepare(path)
    with disk_of(240), SqlStore.open(path) as store:
        store.reviews.append([decision(0)])
        with pytest.raises(InputError, match="disk is full"):
            store.reviews.append([decision(number) for number in range(1, 20_000)])
        assert store.reviews.decisions() == [decision(0)]
        store.reviews.append([decision(1)])
        assert store.check() == "ok"


@pytest.mark.usefixtures("records_as_shipped")
def test_no_room_even_for_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with disk_of(5), pytest.raises(InputError, match="disk is full"):
        SqlStore.open(path)
    prepare(path)
    with SqlStore.open(path) as store:
        assert store.check() == "ok"
