"""Character n-grams of words, weighed by TF-IDF: catches word stems that the embedding blurs.

Small and sparse, so that scikit-learn (five seconds to import) stays out of the core.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SHORTEST, LONGEST = 3, 5
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def ngrams_of(word: str) -> list[str]:
    """All pieces of 3 to 5 characters of a word with a blank at each end; a shorter word is one piece."""
    padded = f" {word} "
    pieces: list[str] = []
    for size in range(SHORTEST, LONGEST + 1):
        if len(padded) <= size:
            pieces.append(padded)
            break
        pieces.extend(padded[at : at + size] for at in range(len(padded) - size + 1))
    return pieces


class CharacterTfidf:
    """Weights learnt from `texts`: (1 + ln tf) · (1 + ln((1 + n) / (1 + df))), rows scaled to length 1.

    The formula is scikit-learn's (sublinear, smoothed). What a text says depends on `texts` alone, never on
    which other texts are asked about with it. `common` drops pieces that fewer than so many texts hold;
    `most` keeps only so many, the commonest.
    """

    def __init__(self, texts: Sequence[str], common: int = 1, most: int | None = None) -> None:
        holding: Counter[str] = Counter()
        for text in texts:
            holding.update({piece for word in set(words_of(text)) for piece in ngrams_of(word)})
        held = [piece for piece, count in holding.items() if count >= common]
        kept = sorted(sorted(held, key=lambda piece: (-holding[piece], piece))[:most])
        self._place = {piece: at for at, piece in enumerate(kept)}
        counts = np.array([holding[piece] for piece in kept], np.float64)
        self._idf = 1 + np.log((1 + len(texts)) / (1 + counts))
        self._known: dict[str, NDArray[np.int64]] = {}

    def matrix(self, texts: Iterable[str]) -> sparse.csr_array:
        """(texts × pieces); a text without any known piece is a row of zeros."""
        columns: list[NDArray[np.int64]] = []
        values: list[NDArray[np.float64]] = []
        ends = [0]
        for text in texts:
            found, counts = self._pieces(text)
            weights = (1 + np.log(counts)) * self._idf[found]
            norm = np.sqrt(weights @ weights)
            columns.append(found)
            values.append(weights / norm if norm else weights)
            ends.append(ends[-1] + len(found))
        return sparse.csr_array(
            (
                np.concatenate([np.empty(0), *values]),
                np.concatenate([np.empty(0, np.int64), *columns]),
                np.array(ends, np.int64),
            ),
            shape=(len(ends) - 1, len(self._place)),
        )

    def _pieces(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        words = [self._of_word(word) for word in words_of(text)]
        if not words:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.unique(np.concatenate(words), return_counts=True)

    def _of_word(self, word: str) -> NDArray[np.int64]:
        found = self._known.get(word)
        if found is None:
            places = [self._place[piece] for piece in ngrams_of(word) if piece in self._place]
            found = self._known[word] = np.array(places, np.int64)
        return found
