"""The vector ports in memory: an index by brute force and a store of embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class BruteForceIndex:
    """VectorIndex: every vector compared with every question."""

    def __init__(self) -> None:
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._texts: dict[str, str] = {}
        self.added = 0
        """Rows ever added."""

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32], texts: Sequence[str] = ()) -> None:
        self._vectors.update(zip(ids, vectors, strict=True))
        self._texts.update(dict.fromkeys(ids, "") | dict(zip(ids, texts, strict=False)))
        self.added += len(ids)

    def remove(self, ids: Sequence[str]) -> None:
        for each in ids:
            self._vectors.pop(each, None)
            self._texts.pop(each, None)

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        scored = [
            (each, float(v @ vector / (np.linalg.norm(v) * np.linalg.norm(vector))))
            for each, v in self._vectors.items()
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:k]

    def ids(self) -> set[str]:
        return set(self._vectors)

    def texts(self) -> dict[str, str]:
        return dict(self._texts)

    def clear(self) -> None:
        self._vectors.clear()
        self._texts.clear()


class MemoryEmbeddings:
    """EmbeddingStore in a dictionary."""

    def __init__(self) -> None:
        self._vectors: dict[tuple[str, str], NDArray[np.float32]] = {}

    def missing(self, embedder: str, text_hashes: Sequence[str]) -> list[str]:
        return [h for h in dict.fromkeys(text_hashes) if (embedder, h) not in self._vectors]

    def add(self, embedder: str, text_hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        for digest, vector in zip(text_hashes, vectors, strict=True):
            self._vectors[embedder, digest] = vector

    def matrix(self, embedder: str, text_hashes: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._vectors[embedder, h] for h in text_hashes], np.float32)
