"""The store keeps what people said of the codebook, and never lets go of it, save for withdrawn consent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.records.document import Document, Kind
from cothemes.records.privacy import Tombstone
from cothemes.records.revision import Revision, RevisionKind

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        yield opened


def revision(name: str, **fields: object) -> Revision:
    return Revision.model_validate(
        {
            "id": name,
            "at": NOW,
            "by": "ann",
            "kind": RevisionKind.ADOPTED,
            "old": "h1",
            "new": "h2",
            "codes": ("A1", "B2"),
            "candidates": ("c1",),
            "reason": "nothing fitted “the room”",
            **fields,
        }
    )


def test_what_was_said_comes_back_in_order_and_once(store: SqlStore) -> None:
    first, second = revision("2"), revision("1", kind=RevisionKind.DISMISSED)
    store.revisions.append([first, second])
    store.revisions.append([revision("2", reason="otherwise")])
    assert store.revisions.all() == [first, second]


def test_nothing_of_it_is_changed_or_deleted(store: SqlStore) -> None:
    store.revisions.append([revision("1")])
    with closing(sqlite3.connect(store.path)) as connection:
        for statement in ("UPDATE revisions SET reason = ''", "DELETE FROM revisions"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"):
                connection.execute(statement)
    assert store.revisions.all() == [revision("1")]


def test_a_reason_that_quotes_a_forgotten_document_loses_its_words(store: SqlStore) -> None:
    store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="secret words"))
    store.revisions.append([revision("1", reason="she said secret words"), revision("2")])
    buried = store.privacy.forget(
        Tombstone(document="d", at=NOW, reason="asked"), lambda words: b"secret words" in words
    )
    assert [r.reason for r in store.revisions.all()] == ["", "nothing fitted “the room”"]
    assert buried.erased["revisions"] == 1
    with closing(sqlite3.connect(store.path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM revisions")


def test_codebooks_are_listed_in_the_order_they_came_into_use(store: SqlStore) -> None:
    store.codebooks.put("b", "{}")
    store.codebooks.put("a", "{}")
    assert store.codebooks.hashes() == ["b", "a"]
