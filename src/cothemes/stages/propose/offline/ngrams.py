"""Character n-grams of words, weighed by TF-IDF: catches word stems that the embedding blurs.

Small and sparse, so that scikit-learn (five seconds to import) stays out of the core. Texts are counted by
word, and each different word is taken apart once: a study has many texts and few different words. Most pieces
occur once in a text, where TF-IDF is a plain sum over its words; only repeated pieces are counted by text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cothemes.stages.propose.offline.lexicon import Counted, Lexicon, counted_pieces

WORDS_HELD = 50_000
"""Words whose products with fixed columns are kept; a study seldom has more."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Thin = NDArray[np.float32]


class CharacterTfidf:
    """Weights learned from `texts`: (1 + ln tf) · (1 + ln((1 + n) / (1 + df))), rows scaled to length 1.

    The formula is scikit-learn's (sublinear, smoothed). The row of a text depends on `texts` alone, never on
    which other texts are asked about with it. `common` drops pieces that fewer than so many texts hold;
    `most` keeps only so many, the commonest. Texts that are counted already must be of `lexicon`.
    """

    def __init__(
        self,
        texts: Sequence[str] | Counted,
        common: int = 1,
        most: int | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.lexicon = Lexicon() if lexicon is None else lexicon
        counted = self.counted(texts)
        holding = np.zeros(len(self.lexicon.pieces), np.int64)
        for block in counted.blocks():
            holding += np.bincount(counted_pieces(block, self.lexicon).indices, minlength=len(holding))
        names = self.lexicon.pieces
        kept = _commonest(holding, names, max(common, 1), most)
        self._column = np.full(len(names), -1, np.int32)
        """Column of each piece of the lexicon; -1 for the others. Later pieces are in none of the texts."""
        self._column[kept] = np.arange(len(kept))
        self._idf = 1 + np.log((1 + len(counted)) / (1 + holding[kept].astype(np.float64)))

    @property
    def width(self) -> int:
        """Number of pieces that count."""
        return len(self._idf)

    def matrix(self, texts: Sequence[str] | Counted) -> sparse.csr_array:
        """(texts × pieces); a text without any known piece is a row of zeros."""
        blocks = [self._rows(block) for block in self.counted(texts).blocks()]
        if len(blocks) == 1:
            return blocks[0]
        empty = sparse.csr_array((0, self.width), dtype=np.float64)
        return sparse.csr_array(sparse.vstack([empty, *blocks], format="csr"))

    def weighed(self, weights: NDArray[np.floating]) -> WeighedTfidf:
        """Return what gives `matrix(texts) @ weights` without making the matrix.

        `weights` are pieces × any number of columns.
        """
        columns = np.ascontiguousarray(self._idf[:, None] * weights, np.float32)
        return WeighedTfidf(self, columns, self._idf**2)

    def of_words(self, numbers: NDArray[np.int64]) -> sparse.csr_array:
        """Words of the lexicon × pieces: how often each word has each piece."""
        return self.kept(self.lexicon.pieces_of_words[numbers])

    def _rows(self, block: Counted) -> sparse.csr_array:
        rows = self.kept(counted_pieces(block, self.lexicon))
        rows = sparse.csr_array(rows.astype(np.float64))
        rows.sort_indices()
        rows.data = (1 + np.log(rows.data)) * self._idf[rows.indices]
        filled = np.diff(rows.indptr)
        # Summed one after the other, so that a row is the same to the bit in whichever batch it comes.
        row = np.repeat(np.arange(len(block)), filled)
        norms = np.sqrt(np.bincount(row, weights=rows.data**2, minlength=len(block)))
        rows.data /= norms[row]
        return rows

    def kept(self, pieces: sparse.csr_array) -> sparse.csr_array:
        """Rows × pieces of the lexicon, reduced to the columns that count."""
        known = pieces.indices < len(self._column)
        column = self._column[np.where(known, pieces.indices, 0)]
        kept = known & (column >= 0)
        ends = np.concatenate([[0], np.cumsum(kept)])[pieces.indptr]
        return sparse.csr_array(
            (pieces.data[kept], column[kept], ends.astype(np.int32)), shape=(pieces.shape[0], self.width)
        )

    def counted(self, texts: Sequence[str] | Counted) -> Counted:
        if isinstance(texts, Counted):
            assert texts.lexicon is self.lexicon
            return texts
        return self.lexicon.counted(texts)


def _commonest(holding: NDArray[np.int64], names: Sequence[str], least: int, most: int | None) -> list[int]:
    """Return the pieces that at least so many texts hold, by name; if they are more than `most`, the
    commonest, of equals the first by name."""
    kept = np.flatnonzero(holding >= least)
    if most is not None and len(kept) > most:
        edge = np.sort(holding[kept])[-most]
        above, equal = kept[holding[kept] > edge], kept[holding[kept] == edge].tolist()
        kept = np.append(above, sorted(equal, key=names.__getitem__)[: most - len(above)])
    return sorted(kept.tolist(), key=names.__getitem__)


class WeighedTfidf:
    """A product of TF-IDF rows with fixed columns, in single precision."""

    def __init__(self, tfidf: CharacterTfidf, columns: Thin, squared: Floats) -> None:
        """`columns` are pieces × columns, idf · weight; `squared` are the pieces' idf²."""
        self._tfidf = tfidf
        self._columns = columns
        self._squared = squared
        self._of_words = np.zeros((0, columns.shape[1]), np.float32)
        """What each of the lexicon's first words adds to a product."""
        self._squares = np.zeros(0)
        """What each of them adds to the squared length."""

    def __call__(self, texts: Sequence[str] | Counted) -> Thin:
        """Texts × columns."""
        counted = self._tfidf.counted(texts)
        result = np.empty((len(counted), self._columns.shape[1]), np.float32)
        at = 0
        for block in counted.blocks():
            result[at : at + len(block)] = self._of_block(block)
            at += len(block)
        return result

    def _of_block(self, block: Counted) -> Thin:
        words = block.words
        met = np.zeros(len(self._tfidf.lexicon), bool)
        met[words.indices] = True
        place = np.cumsum(met, dtype=np.int32) - 1
        of_words, squares_of_words = self._words(np.flatnonzero(met))
        shape = (len(block), len(of_words))
        own = sparse.csr_array((words.data, place[words.indices], words.indptr), shape=shape)
        rows, squares = own @ of_words, own @ squares_of_words
        repeats = self._tfidf.kept(block.repeats)
        if repeats.nnz:
            # The sums over words count repeated pieces as often as they occur, not 1 + ln of that.
            times = repeats.data.astype(np.int64)
            often = np.maximum(np.arange(times.max() + 1.0), 1)
            damped = 1 + np.log(often)
            repeats.data = (damped - often).astype(np.float32)[times]
            rows += repeats @ self._columns
            more = (damped**2 - often)[times] * self._squared[repeats.indices]
            row = np.repeat(np.arange(len(block)), np.diff(repeats.indptr))
            squares += np.bincount(row, weights=more, minlength=len(block))
        rows /= np.sqrt(np.where(squares > 0, squares, 1.0)).astype(np.float32)[:, None]
        return np.asarray(rows)

    def _words(self, numbers: NDArray[np.int64]) -> tuple[Thin, Floats]:
        """Return what words add to the products and to the squared lengths; their numbers ascend."""
        first, last = len(self._squares), min(len(self._tfidf.lexicon), WORDS_HELD)
        if first < last:
            fresh = self._tfidf.of_words(np.arange(first, last))
            self._of_words = np.vstack([self._of_words, fresh @ self._columns])
            self._squares = np.concatenate([self._squares, fresh @ self._squared])
        held = numbers[: np.searchsorted(numbers, WORDS_HELD)]
        if len(held) == len(numbers):
            return self._of_words[held], self._squares[held]
        others = self._tfidf.of_words(numbers[len(held) :])
        return (
            np.vstack([self._of_words[held], others @ self._columns]),
            np.concatenate([self._squares[held], others @ self._squared]),
        )
