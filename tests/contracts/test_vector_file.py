"""The EmbeddingStore port on a file of the user's cache, and on the double that other tests use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.doubles.vectors import MemoryEmbeddings

from cothemes.adapters.vector_file import VectorFile
from cothemes.errors import VectorsError
from cothemes.ports import EmbeddingStore


@pytest.fixture(params=["double", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EmbeddingStore:
    return MemoryEmbeddings() if request.param == "double" else VectorFile(tmp_path / "vectors.npz")


def test_what_was_added_comes_back_in_the_order_asked(store: EmbeddingStore) -> None:
    store.add("e", ["a", "b"], np.array([[1, 0], [0, 1]], np.float32))
    assert store.matrix("e", ["b", "a", "b"]).tolist() == [[0, 1], [1, 0], [0, 1]]


def test_missing_ones_are_named_once_in_order(store: EmbeddingStore) -> None:
    store.add("e", ["b"], np.ones((1, 2), np.float32))
    assert store.missing("e", ["c", "b", "a", "c"]) == ["c", "a"]
    with pytest.raises(KeyError):
        store.matrix("e", ["a"])


def test_embedders_are_kept_apart(store: EmbeddingStore) -> None:
    store.add("e", ["a"], np.ones((1, 2), np.float32))
    assert store.missing("other", ["a"]) == ["a"]


def test_a_file_outlives_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.npz"
    VectorFile(path).add("model/256/mean", ["a"], np.array([[0.5, 0.25]], np.float32))
    again = VectorFile(path)
    assert again.matrix("model/256/mean", ["a"]).tolist() == [[0.5, 0.25]]
    assert [each.name for each in path.parent.iterdir()] == ["vectors.npz"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_file_that_cannot_be_read_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(content)
    store = VectorFile(path)
    assert store.missing("e", ["a"]) == ["a"]
    store.add("e", ["a"], np.ones((1, 2), np.float32))
    assert VectorFile(path).missing("e", ["a"]) == []


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    store = VectorFile(tmp_path / "taken" / "vectors.npz")
    with pytest.raises(VectorsError, match="cannot be written") as caught:
        store.add("e", ["a"], np.ones((1, 2), np.float32))
    assert "COTHEMES_CACHE" in caught.value.hint
