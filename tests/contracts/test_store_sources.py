"""The store keeps documents, passages and vectors as their ports promise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import StateConflict
from cothemes.records.document import Block, BlockKind, Document, Kind, OffsetMap, Role
from cothemes.records.passage import Passage, Sentence


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as opened:
        yield opened


def document(slug: str = "int01", version: str = "v1", **fields: object) -> Document:
    return Document.model_validate(
        {"slug": slug, "version": version, "kind": Kind.INTERVIEW, "text": "One. Two. Three.", **fields}
    )


def passage(number: int, slug: str = "int01", version: str = "v1", **fields: object) -> Passage:
    return Passage.model_validate(
        {
            "id": f"{slug}.{number:04d}",
            "document": slug,
            "version": version,
            "segmentation": "s1",
            "start": number,
            "end": number + 1,
            "text": "O",
            "kind": BlockKind.TURN,
            "position": number,
            **fields,
        }
    )


def test_a_document_comes_back_equal(store: SqlStore) -> None:
    whole = document(
        title="Planner",
        blocks=(Block(start=0, end=4, kind=BlockKind.TURN, speaker="P", role=Role.PARTICIPANT, time="0:03"),),
        source_name="int01.vtt",
        source_hash="abc",
        reader="vtt",
        offsets=OffsetMap(unit="cue", points=((0, 1), (5, 2))),
        metadata={"participant": "P1"},
        synthetic=True,
        notes=("one cue was empty",),
    )
    store.documents.add(whole)
    assert store.documents.get("int01") == whole
    assert store.documents.by_source("abc") == [whole]
    assert store.documents.by_source("other") == []
    assert store.documents.get("int02") is None


def test_a_new_version_takes_the_place_of_the_old(store: SqlStore) -> None:
    old, new = document(source_hash="a"), document(version="v2", source_hash="b")
    store.documents.add(old)
    store.documents.add(new)
    store.documents.add(document(slug="aaa"))
    assert [d.slug for d in store.documents.all()] == ["aaa", "int01"]
    assert store.documents.get("int01") == new
    assert store.documents.by_source("a") == []


def test_the_same_version_again_changes_nothing(store: SqlStore) -> None:
    store.documents.add(document(title="first"))
    store.documents.add(document(title="second"))
    assert [d.title for d in store.documents.all()] == ["first"]


def test_an_old_version_can_become_current_again(store: SqlStore) -> None:
    for version in ("v1", "v2", "v1"):
        store.documents.add(document(version=version))
    found = store.documents.get("int01")
    assert found is not None
    assert found.version == "v1"


def test_describe_replaces_the_metadata_of_the_current_version(store: SqlStore) -> None:
    store.documents.add(document(metadata={"role": "planner", "site": "north"}))
    store.documents.describe("int01", {"role": "manager"})
    found = store.documents.get("int01")
    assert found is not None
    assert found.metadata == {"role": "manager"}


def test_passages_come_back_in_document_order(store: SqlStore) -> None:
    store.documents.add(document())
    store.documents.add(document(slug="aaa"))
    cut = [
        passage(n, sentences=(Sentence(id="s1", start=n, end=n + 1),), headings=("A", "B")) for n in (1, 2)
    ]
    store.passages.replace("int01", list(reversed(cut)))
    store.passages.replace("aaa", [passage(1, slug="aaa")])
    assert store.passages.of("int01") == cut
    assert store.passages.get("int01.0002") == cut[1]
    assert store.passages.get("int01.0009") is None
    assert [p.id for p in store.passages.all()] == ["aaa.0001", "int01.0001", "int01.0002"]
    assert store.passages.find("int01.000") == ["int01.0001", "int01.0002"]
    assert store.passages.find("INT01") == []
    assert store.passages.find("int01_") == []


def test_numbers_go_on_after_those_that_are_out_of_sight(store: SqlStore) -> None:
    store.documents.add(document())
    assert store.passages.next_number("int01") == 1
    store.passages.replace("int01", [passage(1), passage(2)])
    store.passages.replace("int01", [passage(3)])
    assert store.passages.next_number("int01") == 4
    assert [p.id for p in store.passages.of("int01")] == ["int01.0003"]
    assert store.passages.get("int01.0001") == passage(1)


def test_an_id_is_never_given_to_another_text(store: SqlStore) -> None:
    store.documents.add(document())
    store.passages.replace("int01", [passage(1), passage(2)])
    for other in (passage(1, text="T"), passage(1, start=0), passage(1, segmentation="s2")):
        with pytest.raises(StateConflict, match=r"int01\.0001 belongs to another text"):
            store.passages.replace("int01", [other])
    assert store.passages.of("int01") == [passage(1), passage(2)]


def test_the_same_passages_again_change_nothing_but_what_describes_them(store: SqlStore) -> None:
    store.documents.add(document())
    store.passages.replace("int01", [passage(1)])
    store.passages.replace("int01", [passage(1, speaker="Mhairi", role=Role.PARTICIPANT)])
    assert store.passages.of("int01") == [passage(1, speaker="Mhairi", role=Role.PARTICIPANT)]


def test_passages_of_an_older_version_are_out_of_sight(store: SqlStore) -> None:
    store.documents.add(document())
    store.passages.replace("int01", [passage(1)])
    store.documents.add(document(version="v2"))
    assert store.passages.of("int01") == []
    assert store.passages.all() == []
    store.passages.replace("int01", [passage(2, version="v2")])
    assert store.passages.of("int01") == [passage(2, version="v2")]


def test_passages_of_another_document_or_given_twice_are_refused(store: SqlStore) -> None:
    store.documents.add(document())
    with pytest.raises(StateConflict, match="of int02, not of int01"):
        store.passages.replace("int01", [passage(1, slug="int02")])
    with pytest.raises(StateConflict, match="two passages"):
        store.passages.replace("int01", [passage(1), passage(1, text="T")])
    with pytest.raises(StateConflict, match="does not hold"):
        store.passages.replace("int03", [passage(1, slug="int03")])


def test_vectors_come_back_in_the_order_asked(store: SqlStore) -> None:
    vectors = np.arange(12, dtype=np.float32).reshape(3, 4)
    store.embeddings.add("m", ["a", "b", "c"], vectors)
    assert store.embeddings.missing("m", ["x", "a", "x", "y"]) == ["x", "y"]
    assert store.embeddings.missing("other", ["a"]) == ["a"]
    found = store.embeddings.matrix("m", ["c", "a", "c"])
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, vectors[[2, 0, 2]])
    found[0, 0] = 7
    with pytest.raises(KeyError, match="z"):
        store.embeddings.matrix("m", ["a", "z"])
    assert store.embeddings.matrix("m", []).shape == (0, 0)


def test_a_text_keeps_its_first_vector(store: SqlStore) -> None:
    store.embeddings.add("m", ["a"], np.ones((1, 2), dtype=np.float32))
    store.embeddings.add("m", ["a"], np.zeros((1, 2), dtype=np.float32))
    np.testing.assert_array_equal(store.embeddings.matrix("m", ["a"]), [[1, 1]])


def test_vectors_that_do_not_fit_are_refused(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="2 texts"):
        store.embeddings.add("m", ["a", "b"], np.ones((1, 2), dtype=np.float32))
    store.embeddings.add("m", ["a"], np.ones((1, 2), dtype=np.float32))
    store.embeddings.add("m", ["b"], np.ones((1, 3), dtype=np.float32))
    with pytest.raises(StateConflict, match="several lengths"):
        store.embeddings.matrix("m", ["a", "b"])


def test_more_ids_than_one_statement_takes(store: SqlStore) -> None:
    hashes = [f"{n:06d}" for n in range(40_000)]
    vectors = np.arange(80_000, dtype=np.float32).reshape(-1, 2)
    store.embeddings.add("m", hashes, vectors)
    assert store.embeddings.missing("m", [*hashes, "new"]) == ["new"]
    np.testing.assert_array_equal(store.embeddings.matrix("m", hashes[::-1]), vectors[::-1])
