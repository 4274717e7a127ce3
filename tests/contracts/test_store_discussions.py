"""The store keeps settled disagreements and memos as their ports promise; both only ever grow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.document import BlockKind, Document, Kind
from cothemes.records.memo import Memo
from cothemes.records.passage import Passage
from cothemes.records.privacy import Tombstone
from cothemes.records.review import Reviewer

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        for slug in ("d", "e"):
            opened.documents.add(Document(slug=slug, version="v", kind=Kind.POLICY, text="xxxx"))
            cut = [
                Passage(
                    id=f"{slug}.{n:04d}",
                    document=slug,
                    version="v",
                    segmentation="s",
                    start=n,
                    end=n + 1,
                    text="x",
                    kind=BlockKind.PARAGRAPH,
                    position=n,
                )
                for n in range(2)
            ]
            opened.passages.replace(slug, cut)
        opened.reviews.add_reviewer(Reviewer(name="Ann", added=NOW))
        yield opened


def settlement(name: str, passage: str = "d.0001", **fields: object) -> Settlement:
    return Settlement.model_validate(
        {
            "id": name,
            "at": NOW,
            "by": "Ann",
            "passage": passage,
            "round": "main",
            "ruling": Ruling.YES,
            "code": "A1",
            "code_hash": "ch",
            "codebook_hash": "h",
            "attributes": {"status": ("a", "b")},
            "note": "we read it “twice”",
            "readers": ("Zoë", "Ann"),
            **fields,
        }
    )


def memo(name: str, **fields: object) -> Memo:
    return Memo.model_validate(
        {"id": name, "memo": name, "at": NOW, "by": "Ann", "codebook_hash": "h", "text": "hm\n", **fields}
    )


def test_settlements_come_back_in_the_order_stored(store: SqlStore) -> None:
    given = [settlement("z", start=1, end=2), settlement("a", "d.0000"), settlement("m", undoes="z")]
    store.settlements.append(given[:2])
    store.settlements.append([settlement("a", code="B2"), given[2]])
    assert store.settlements.all() == given
    assert store.settlements.all(passage="d.0001") == [given[0], given[2]]
    assert store.settlements.readers() == {"d.0000": {"Ann", "Zoë"}, "d.0001": {"Ann", "Zoë"}}


def test_memos_come_back_version_by_version(store: SqlStore) -> None:
    given = [
        memo("m1", document="d", passage="d.0001"),
        memo("m2", by="", code="A1"),
        memo("m3", memo="m1", text="again", document="d", passage="d.0001"),
    ]
    for each in (*given, memo("m2", text="other")):
        store.memos.append(each)
    assert store.memos.all() == given
    assert store.memos.all(by="Ann") == [given[0], given[2]]
    assert store.memos.all(passage="d.0001", by="") == []


def test_what_is_not_there_is_refused(store: SqlStore) -> None:
    for bad in (settlement("b", "d.9999"), settlement("b", by="Nobody")):
        with pytest.raises(StateConflict, match="does not hold"):
            store.settlements.append([settlement("a"), bad])
    assert store.settlements.all() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = 'b'", "DELETE FROM {}", "UPDATE {} SET stored = stored + 10"]
)
@pytest.mark.parametrize("table", ["settlements", "memos"])
def test_the_database_itself_forbids_to_change_or_delete_them(
    store: SqlStore, table: str, statement: str
) -> None:
    store.settlements.append([settlement("a")])
    store.memos.append(memo("a"))
    with (
        closing(sqlite3.connect(store.path)) as other,
        pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"),
    ):
        other.execute(statement.format(table))


def test_a_forgotten_document_takes_their_words_with_it(store: SqlStore) -> None:
    store.settlements.append([settlement("a"), settlement("b", "e.0001")])
    store.memos.append(memo("m1", document="d", passage="d.0001"))
    store.memos.append(memo("m2", document="e"))
    store.memos.append(memo("m3", code="A1"))
    store.privacy.forget(Tombstone(document="d", at=NOW, reason="asked", by="Ann"), lambda _: False)
    first, second = store.settlements.all()
    assert (first.note, first.attributes, first.ruling) == ("", {}, Ruling.YES)
    assert second.note
    assert [each.text for each in store.memos.all()] == ["", "hm\n", "hm\n"]
    for late in (
        lambda: store.settlements.append([settlement("c")]),
        lambda: store.memos.append(memo("m4", document="d")),
    ):
        with pytest.raises(StateConflict, match="forgotten"):
            late()
    with (
        closing(sqlite3.connect(store.path)) as other,
        pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"),
    ):
        other.execute("UPDATE memos SET text = 'x'")
