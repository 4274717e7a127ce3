"""What people said of speakers: only ever grows, and comes with its documents or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.speaker import SpeakerEntry

DOCUMENT = Document(slug="d", version="v", kind=Kind.INTERVIEW, text="Some words.")


def entry(number: int, document: str = "d", role: Role | None = Role.OTHER) -> SpeakerEntry:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return SpeakerEntry(id=f"e{number}", at=at, by="ann", document=document, label="Mo", role=role, name="M.")


def passage(start: int) -> Passage:
    return Passage(
        id="d.0001", document="d", version="v", segmentation="s", start=start, end=11, text="words.",
        kind=BlockKind.TURN, position=0,
    )  # fmt: skip


def test_entries_come_back_in_order_and_by_document(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        store.documents.add(DOCUMENT)
        made = [entry(2), entry(1, role=None), entry(3, document="other")]
        store.speakers.settle(made, [(DOCUMENT.model_copy(update={"title": "T"}), [passage(5)])], {"k": "v"})
        assert store.speakers.all() == made
        assert store.speakers.of("d") == made[:2]
        assert [head.title for head in store.documents.heads()] == ["T"]
        assert (store.passages.of("d"), store.meta.get("k")) == ([passage(5)], "v")


def test_nothing_is_stored_where_a_passage_is_refused(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        store.documents.add(DOCUMENT)
        store.passages.replace("d", [passage(5)])
        changed = DOCUMENT.model_copy(update={"title": "T"})
        with pytest.raises(StateConflict):
            store.speakers.settle([entry(1)], [(changed, [passage(6)])], {"k": "v"})
        assert (store.speakers.all(), store.meta.get("k")) == ([], None)
        assert store.documents.get("d") == DOCUMENT


@pytest.mark.parametrize("act", ["UPDATE speakers SET label = 'x'", "DELETE FROM speakers"])
def test_an_entry_is_never_changed_or_deleted(tmp_path: Path, act: str) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        store.speakers.settle([entry(1)], [], {})
    with (
        closing(sqlite3.connect(tmp_path / "records.sqlite")) as other,
        pytest.raises(sqlite3.IntegrityError),
    ):
        other.execute(act)
