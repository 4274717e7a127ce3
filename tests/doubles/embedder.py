"""An embedder that needs no weights: words hashed into a bag, so that texts with common words are near."""

from __future__ import annotations

import hashlib
import pickle
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from cothemes.ports import Embedder, Progress


class HashedBagEmbedder:
    """Each word goes to a fixed place with a fixed sign; rows have length 1; an empty text points one way."""

    name = "hashed-bag/64"
    dimension = 64

    def __init__(self) -> None:
        self.texts_seen = 0
        """How many texts were embedded in all."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.sha256(word.encode()).digest()
                vectors[row, digest[0] % self.dimension] += 1.0 if digest[1] % 2 else -1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
            vectors[row] /= np.linalg.norm(vectors[row])
            if progress is not None:
                progress(1)
        self.texts_seen += len(texts)
        return vectors


class RememberingEmbedder:
    """The embedder given, asked once for each text: its own vectors, whoever asks for them again.

    `folder` is common to processes that share what they have embedded.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder
        self._read: set[str] = set()
        self._known: dict[str, NDArray[np.float32]] = {}
        self.name = embedder.name
        self.dimension = embedder.dimension

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        if any(text not in self._known for text in texts):
            self._learn()
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            vectors = self._embedder.embed(new)
            self._known.update(zip(new, vectors, strict=True))
            self._tell(new, vectors)
        if progress is not None:
            progress(len(texts))
        return np.array([self._known[text] for text in texts], np.float32).reshape(-1, self.dimension)

    def _learn(self) -> None:
        for path in self._folder.glob("*.pickle"):
            if path.name not in self._read:
                self._read.add(path.name)
                self._known.update(zip(*pickle.loads(path.read_bytes()), strict=True))

    def _tell(self, texts: list[str], vectors: NDArray[np.float32]) -> None:
        name = uuid4().hex
        self._read.add(f"{name}.pickle")
        begun = self._folder / name
        begun.write_bytes(pickle.dumps((texts, vectors)))
        # Others see a file that is whole.
        begun.rename(begun.with_suffix(".pickle"))
