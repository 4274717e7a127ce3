"""The index stage: run twice it changes nothing, and the store follows the current passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.held import alive, newcomers
from tests.doubles.vectors import BruteForceIndex, MemoryEmbeddings

from cothemes.ports import Progress
from cothemes.records.document import BlockKind
from cothemes.records.passage import Passage
from cothemes.stages.index import passages as stage
from cothemes.stages.index.passages import IndexReport, index_passages, search


def passage(number: int, text: str) -> Passage:
    return Passage(
        id=f"doc.{number:04d}",
        document="doc",
        version="v1",
        segmentation="s1",
        start=0,
        end=len(text),
        text=text,
        kind=BlockKind.TURN,
        position=number,
    )


PASSAGES = [
    passage(0, "the board agreed the plan"),
    passage(1, "people told us their stories"),
    passage(2, "the board agreed the plan"),
]


def test_equal_texts_are_embedded_once_and_a_second_run_changes_nothing() -> None:
    embedder, embeddings, index = HashedBagEmbedder(), MemoryEmbeddings(), BruteForceIndex()
    counted: list[int] = []
    first = index_passages(PASSAGES, embedder, embeddings, index, counted.append)
    assert first == IndexReport(embedded=2, reused=1, added=3, removed=0, indexed=3)
    assert sum(counted) == 3
    second = index_passages(PASSAGES, embedder, embeddings, index, counted.append)
    assert second == IndexReport(embedded=0, reused=3, added=0, removed=0, indexed=3)
    assert (embedder.texts_seen, index.added, sum(counted)) == (2, 3, 6)


def test_what_is_no_longer_current_leaves_the_store_and_keeps_its_vector() -> None:
    embedder, embeddings, index = HashedBagEmbedder(), MemoryEmbeddings(), BruteForceIndex()
    index_passages(PASSAGES, embedder, embeddings, index)
    report = index_passages(PASSAGES[:1], embedder, embeddings, index)
    assert (report.removed, report.indexed, index.ids()) == (2, 1, {"doc.0000"})
    again = index_passages(PASSAGES, embedder, embeddings, index)
    assert (again.embedded, again.added) == (0, 2)


def test_an_emptied_store_is_filled_from_the_records_without_embedding() -> None:
    embedder, embeddings, index = HashedBagEmbedder(), MemoryEmbeddings(), BruteForceIndex()
    index_passages(PASSAGES, embedder, embeddings, index)
    index.clear()
    assert index_passages(PASSAGES, embedder, embeddings, index).added == 3
    assert embedder.texts_seen == 2


def test_no_passages_empty_the_store() -> None:
    embedder, embeddings, index = HashedBagEmbedder(), MemoryEmbeddings(), BruteForceIndex()
    index_passages(PASSAGES, embedder, embeddings, index)
    assert index_passages([], embedder, embeddings, index).removed == 3
    assert index.ids() == set()


def test_a_stopped_run_keeps_what_it_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(HashedBagEmbedder):
        def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
            if self.texts_seen >= 2:
                raise KeyboardInterrupt
            return super().embed(texts, progress)

    monkeypatch.setattr(stage, "CHUNK", 2)
    passages = [passage(number, f"text {'x' * number} {number}") for number in range(5)]
    embeddings, index = MemoryEmbeddings(), BruteForceIndex()
    with pytest.raises(KeyboardInterrupt):
        index_passages(passages, Dying(), embeddings, index)
    fresh = HashedBagEmbedder()
    assert index_passages(passages, fresh, embeddings, index).embedded == 3


def test_no_more_than_a_window_of_passages_is_held_and_the_window_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = BruteForceIndex()
    made = [passage(number, f"text {'x' * (number * 7 % 11)} {number % 25}") for number in range(30)]
    report = index_passages(made, HashedBagEmbedder(), MemoryEmbeddings(), whole)
    assert (report.embedded, report.reused) == (
        len({each.text for each in made}),
        30 - len({*map(text, made)}),
    )
    numbers, texts = [each.position for each in made], [each.text for each in made]
    made.clear()
    held: list[int] = []

    def one_by_one() -> Iterator[Passage]:
        for number, words in zip(numbers, texts, strict=True):
            held.extend(alive(Passage))
            yield passage(number, words)

    for window, chunk in ((1, 1), (4, 2), (7, 3)):
        monkeypatch.setattr(stage, "WINDOW", window)
        monkeypatch.setattr(stage, "CHUNK", chunk)
        index = BruteForceIndex()
        with newcomers():
            assert index_passages(one_by_one(), HashedBagEmbedder(), MemoryEmbeddings(), index) == report
        assert index.ids() == whole.ids()
        assert max(held) <= window + chunk
        held.clear()


def text(each: Passage) -> str:
    return each.text


def test_search_gives_ids_with_cosines_best_first() -> None:
    embedder, embeddings, index = HashedBagEmbedder(), MemoryEmbeddings(), BruteForceIndex()
    index_passages(PASSAGES, embedder, embeddings, index)
    found = search("people told us their stories", 2, embedder, index)
    assert found[0] == ("doc.0001", pytest.approx(1.0, abs=1e-6))
    assert len(found) == 2
