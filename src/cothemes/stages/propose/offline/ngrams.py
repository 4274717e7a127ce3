"""Character n-grams of words, weighed by TF-IDF: catches word stems that the embedding blurs.

Small and sparse, so that scikit-learn (five seconds to import) stays out of the core. Texts are counted by
word, and words are taken apart once each: a study has many texts and few different words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SHORTEST, LONGEST = 3, 5
ROWS = 8_192
"""Texts that are turned into rows together."""
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
        counted, words = _counted(texts)
        place: dict[str, int] = {}
        taken = [[place.setdefault(piece, len(place)) for piece in ngrams_of(word)] for word in words]
        held = counted @ _matrix(taken, len(place))
        holding = np.bincount(held.indices, minlength=len(place))
        names = list(place)
        kept = [at for at in range(len(names)) if holding[at] >= common]
        kept.sort(key=lambda at: (-holding[at], names[at]))
        kept = sorted(kept[:most], key=names.__getitem__)
        self._place = {names[at]: row for row, at in enumerate(kept)}
        self._idf = 1 + np.log((1 + len(texts)) / (1 + holding[kept].astype(np.float64)))
        self._known: dict[str, list[int]] = {}

    def matrix(self, texts: Iterable[str]) -> sparse.csr_array:
        """(texts × pieces); a text without any known piece is a row of zeros."""
        given = list(texts)
        blocks = [self._rows(given[start : start + ROWS]) for start in range(0, len(given), ROWS)]
        if len(blocks) == 1:
            return blocks[0]
        empty = sparse.csr_array((0, len(self._place)), dtype=np.float64)
        return sparse.csr_array(sparse.vstack([empty, *blocks], format="csr"))

    def _rows(self, texts: Sequence[str]) -> sparse.csr_array:
        counted, words = _counted(texts)
        rows = counted @ _matrix([self._of_word(word) for word in words], len(self._place))
        rows.sort_indices()
        rows.data = (1 + np.log(rows.data)) * self._idf[rows.indices]
        filled = np.diff(rows.indptr)
        # Summed one after the other, so that a row is the same to the bit in whichever batch it comes.
        row = np.repeat(np.arange(len(texts)), filled)
        norms = np.sqrt(np.bincount(row, weights=rows.data**2, minlength=len(texts)))
        rows.data /= norms[row]
        return rows

    def _of_word(self, word: str) -> list[int]:
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = [
                self._place[piece] for piece in ngrams_of(word) if piece in self._place
            ]
        return found


def _counted(texts: Sequence[str]) -> tuple[sparse.csr_array, list[str]]:
    """Return texts × words with how often a text has each, and the words."""
    place: dict[str, int] = {}
    found = [words_of(text) for text in texts]
    columns = np.array(
        [place.setdefault(word, len(place)) for words in found for word in words], dtype=np.int64
    )
    ends = np.cumsum([0, *map(len, found)])
    counted = sparse.csr_array((np.ones(len(columns)), columns, ends), shape=(len(texts), len(place)))
    counted.sum_duplicates()
    return counted, list(place)


def _matrix(rows: Sequence[Sequence[int]], width: int) -> sparse.csr_array:
    """Return rows × columns with how often each row names each column."""
    columns: NDArray[np.int64] = np.fromiter(chain.from_iterable(rows), np.int64)
    ends = np.cumsum([0, *map(len, rows)])
    matrix = sparse.csr_array((np.ones(len(columns)), columns, ends), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix
