"""An embedder that needs no weights: words hashed into a bag, so that texts with common words are near."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

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
    """The embedder given, asked once for each text: its own vectors, whoever asks for them again."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}
        self.name = embedder.name
        self.dimension = embedder.dimension

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        if progress is not None:
            progress(len(texts))
        return np.array([self._known[text] for text in texts], np.float32).reshape(-1, self.dimension)
