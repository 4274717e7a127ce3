"""One suite for the VectorIndex port, on the brute-force double and on a real Chroma folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.doubles.vectors import BruteForceIndex

from cothemes.adapters.chroma import ChromaIndex
from cothemes.errors import VectorsError
from cothemes.ports import VectorIndex


@pytest.fixture(params=["double", "chroma"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "double":
        yield BruteForceIndex()
    else:
        with ChromaIndex.open(tmp_path / "vectors") as opened:
            yield opened


def unit(*rows: tuple[float, ...]) -> np.ndarray:
    matrix = np.array(rows, np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_it_starts_empty(index: VectorIndex) -> None:
    assert index.ids() == set()
    assert index.nearest(unit((1, 0))[0], 3) == []


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    index.add(["east", "north", "north-east"], unit((1, 0), (0, 1), (1, 1)))
    # From due east: itself 1, north-east cos 45° = .7071, north 0.
    found = index.nearest(unit((1, 0))[0], 3)
    assert [each for each, _ in found] == ["east", "north-east", "north"]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.5**0.5, 0.0], abs=1e-6)


def test_k_limits_and_may_exceed_what_is_there(index: VectorIndex) -> None:
    index.add(["a", "b", "c"], unit((1, 0), (0, 1), (-1, 0)))
    assert len(index.nearest(unit((1, 0))[0], 2)) == 2
    assert len(index.nearest(unit((1, 0))[0], 50)) == 3


def test_an_id_that_is_there_takes_the_new_vector(index: VectorIndex) -> None:
    index.add(["a", "b"], unit((1, 0), (0, 1)))
    index.add(["a", "c"], unit((0, -1), (1, 0)))
    assert index.ids() == {"a", "b", "c"}
    assert index.nearest(unit((0, -1))[0], 1)[0] == ("a", pytest.approx(1.0, abs=1e-6))
    assert index.nearest(unit((1, 0))[0], 1)[0][0] == "c"


def test_it_says_of_which_text_each_vector_is(index: VectorIndex) -> None:
    index.add(["a", "b"], unit((1, 0), (0, 1)), ["hash of a", "hash of b"])
    index.add(["c"], unit((1, 1)))
    assert index.texts() == {"a": "hash of a", "b": "hash of b", "c": ""}
    index.add(["a"], unit((0, 1)), ["another"])
    index.remove(["b"])
    assert index.texts() == {"a": "another", "c": ""}


def test_what_is_removed_is_gone_and_unknown_ids_are_passed_over(index: VectorIndex) -> None:
    index.add(["a", "b"], unit((1, 0), (0, 1)))
    index.remove(["a", "never"])
    assert index.ids() == {"b"}
    assert [each for each, _ in index.nearest(unit((1, 0))[0], 5)] == ["b"]


def test_cleared_it_is_empty_and_takes_vectors_again(index: VectorIndex) -> None:
    index.add(["a"], unit((1, 0)))
    index.clear()
    assert index.ids() == set()
    index.add(["b"], unit((0, 1)))
    assert index.ids() == {"b"}


def test_nothing_added_or_removed_changes_nothing(index: VectorIndex) -> None:
    index.add([], np.empty((0, 2), np.float32))
    index.remove([])
    assert index.ids() == set()


def test_every_vector_finds_itself(index: VectorIndex) -> None:
    vectors = np.random.default_rng(7).normal(size=(1_500, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"p{row:04d}" for row in range(len(vectors))]
    index.add(ids, vectors)
    for row in range(0, len(ids), 15):
        assert index.nearest(vectors[row], 1)[0][0] == ids[row]


def test_chroma_keeps_its_vectors_from_one_opening_to_the_next(tmp_path: Path) -> None:
    with ChromaIndex.open(tmp_path / "vectors") as first:
        first.add(["a", "b"], unit((1, 0), (0, 1)))
    with ChromaIndex.open(tmp_path / "vectors") as second:
        assert second.ids() == {"a", "b"}
        assert second.nearest(unit((0, 1))[0], 1)[0][0] == "b"


def test_a_folder_in_use_names_the_process_that_has_it(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from cothemes.adapters.chroma import ChromaIndex;"
        "index = ChromaIndex.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    folder = tmp_path / "vectors"
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(VectorsError, match=f"in use by process {holder.pid}"):
            ChromaIndex.open(folder)
        holder.kill()
    # A killed holder leaves no lock behind.
    ChromaIndex.open(folder).close()


def test_a_broken_folder_is_an_error_with_the_way_out_and_clear_mends_it(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    with ChromaIndex.open(folder) as index:
        index.add(["a"], unit((1, 0)))
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    with ChromaIndex.open(folder) as index:
        with pytest.raises(VectorsError) as caught:
            index.ids()
        assert "cothemes index --rebuild" in str(caught.value)
        index.clear()
        index.add(["b"], unit((1, 0)))
        assert index.ids() == {"b"}


def test_a_vector_of_another_length_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    with ChromaIndex.open(tmp_path / "vectors") as index:
        index.add(["a"], unit((1, 0)))
        with pytest.raises(VectorsError, match="--rebuild"):
            index.nearest(unit((1, 0, 0))[0], 1)
