"""Passages and documents read in portions are those read at once; no more of them is held than is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.doubles.held import alive, newcomers

from cothemes.adapters.sql.store import SqlStore
from cothemes.app.corpus.passages import HELD, StudyPassages, documents_of, passages_of
from cothemes.records.document import BlockKind, Document, DocumentHead, Kind
from cothemes.records.passage import Passage
from cothemes.records.privacy import Tombstone
from cothemes.records.record import content_hash

DOCUMENTS, EACH = 9, 11


def document(slug: str, words: str = "We met.") -> Document:
    text = "\n".join(f"{words} {slug} {number:02d}" for number in range(EACH))
    metadata = {"participant": f"P-{slug}"}
    return Document(slug=slug, version=content_hash(text), kind=Kind.INTERVIEW, text=text, metadata=metadata)


def put(store: SqlStore, whole: Document, first: int = 1) -> None:
    store.documents.add(whole)
    passages, at = [], 0
    for number, line in enumerate(whole.text.splitlines()):
        made = Passage(
            id=f"{whole.slug}.{first + number:04d}", document=whole.slug, version=whole.version,
            segmentation="s1", start=at, end=at + len(line), text=line, kind=BlockKind.TURN, position=number,
        )  # fmt: skip
        passages.append(made)
        at += len(line) + 1
    store.passages.replace(whole.slug, passages)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path_factory.mktemp("read") / "records.sqlite") as opened:
        # Stored from the last to the first: their order is by slug and position, not by when they came.
        for number in reversed(range(DOCUMENTS)):
            put(opened, document(f"d{number}"))
        yield opened


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        put(opened, document("one"))
        put(opened, document("two"))
        yield opened


SLICES = st.slices(DOCUMENTS * EACH)
LENIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@LENIENT
@given(portion=st.integers(1, DOCUMENTS * EACH + 5), cut=SLICES, lucky=st.integers(1, 7))
def test_any_portion_and_any_part_read_as_the_whole_does(
    store: SqlStore, portion: int, cut: slice, lucky: int
) -> None:
    everything = store.passages.all()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StudyPassages, "portion", portion)
        read = passages_of(store.passages)
        assert list(read) == everything
        assert list(read[cut]) == everything[cut]
        some = [passage for passage in everything if int(passage.id[-4:]) % lucky == 0]
        assert list(read.among({passage.id for passage in some})) == some
        assert list(read[:5] + read[50:]) == everything[:5] + everything[50:]
    assert len(read) == len(everything) == DOCUMENTS * EACH
    assert read[-1] == everything[-1]
    assert list(read.heads) == [passage.head for passage in everything]


def test_documents_read_in_turn_are_those_read_at_once(store: SqlStore) -> None:
    everything = {each.slug: each for each in store.documents.all()}
    read = documents_of(store.documents, passages_of(store.passages).versions)
    assert dict(read) == everything
    heads = store.documents.heads()
    assert [head.slug for head in heads] == list(everything)
    for head in heads:
        assert type(head) is DocumentHead
        whole = everything[head.slug]
        assert head == DocumentHead(**{name: getattr(whole, name) for name in DocumentHead.model_fields})
        assert (head.cluster, whole.cluster) == (f"P-{head.slug}", f"P-{head.slug}")


def test_no_more_than_a_portion_and_a_few_documents_are_held(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StudyPassages, "portion", 7)
    held = []
    with newcomers():
        read = passages_of(store.passages)
        whole = documents_of(store.documents, read.versions)
        for passage in read:
            assert passage.text in whole[passage.document].text
            held.append(alive(Passage, Document))
    assert 0 < max(passages for passages, _ in held) <= 7 + 1
    assert 0 < max(documents for _, documents in held) <= HELD


def test_what_was_settled_on_is_read_though_the_file_changed_meanwhile(own: SqlStore) -> None:
    read = passages_of(own.passages)
    documents = documents_of(own.documents, read.versions)
    before = list(read)
    put(own, document("one", "We met again."), first=own.passages.next_number("one"))
    assert list(read) == before, "the passages as they were"
    assert all(passage.version == documents[passage.document].version for passage in read)
    assert next(p.text for p in passages_of(own.passages)) == "We met again. one 00", (
        "who asks now sees the new"
    )
    old = own.documents.get("one", before[0].version)
    assert old is not None
    assert old.text.startswith("We met. one")
    assert own.documents.get("one", "no such version") is None


def test_what_is_forgotten_meanwhile_is_left_out(own: SqlStore) -> None:
    read = passages_of(own.passages)
    documents = documents_of(own.documents, read.versions)
    grave = Tombstone(document="one", at=datetime(2026, 11, 3, tzinfo=UTC), reason="asked", by="ann")
    own.privacy.forget(grave, lambda _: False)
    assert {passage.document for passage in read} == {"two"}
    assert len(read) == 2 * EACH, "how many were meant stays known"
    assert ("one" in documents, "two" in documents) == (False, True)
    with pytest.raises(IndexError, match=r"one\.0001 was forgotten"):
        read[0]


def test_an_id_that_is_not_there_is_left_out_and_the_order_asked_for_is_kept(own: SqlStore) -> None:
    found = own.passages.read(["two.0003", "nobody.0001", "one.0002", "two.0001"])
    assert [passage.id for passage in found] == ["two.0003", "one.0002", "two.0001"]
    assert own.passages.read([]) == []
