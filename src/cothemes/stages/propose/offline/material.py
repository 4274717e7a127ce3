"""Whole documents as the offline coder reads them: passages, their sentences, and what stands around them.

A passage is scored with its document in view. Turns of a conversation, and paragraphs of a speech, are about
what the turns around them are about; comments and answers of different people are not. Which of the two a
document is shows in its vectors, and does not depend on any other document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cothemes.records.document import Role
from cothemes.records.passage import Passage, Sentence
from cothemes.stages.propose.offline.lexicon import words_of
from cothemes.stages.propose.offline.row_product import product

NOT_CODED = (Role.INTERVIEWER, Role.OTHER)
"""Roles whose turns carry no code; they are no neighbours either."""
REACH = 6
"""Passages on each side that are neighbours."""
DECAY = 0.7
"""Weight of a neighbour, for each step away."""
FEWEST = 8
"""Passages under which a document is too short to tell whether it is coherent."""
COHERENT = 0.04
"""Coherence from which neighbours count. Interviews have .08 to .14; the same turns in random order have
−.015 to .015."""
KNOTS = 6
"""Columns that say where in its document a passage is."""
WIDTH = 0.15
"""Share of a document over which such a column falls to 1/e."""
PLACE_WEIGHT = 0.5
QUOTED = 5
"""Words from which a sentence may be evidence where its passage has one of that length."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts to unit rows, texts × dimension."""


@dataclass(frozen=True)
class Material:
    """Passages of whole documents, with their sentences and the vectors of both."""

    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    """The passages' own words."""
    vectors: Vectors
    sentences: tuple[Sentence, ...]
    """Sentences of all passages, in order; a passage without any is a sentence itself."""
    sentence_texts: tuple[str, ...]
    sentence_vectors: Vectors
    owner: Ints
    """Row of each sentence's passage."""

    @classmethod
    def of(cls, passages: Sequence[Passage], embed: Embed) -> Material:
        """Return the material of these passages, in the order of their documents and positions.

        They should be all passages of their documents. Turns that carry no code are left out.
        """
        first: dict[str, int] = {}
        for each in passages:
            first.setdefault(each.document, len(first))
        coded = [each for each in passages if each.role not in NOT_CODED]
        coded.sort(key=lambda each: (first[each.document], each.position))
        texts = [each.spoken for each in coded]
        pairs = [(row, sentence) for row, each in enumerate(coded) for sentence in sentences_of(each)]
        parts = [coded[row].sentence_text(sentence) for row, sentence in pairs]
        vectors = embed([*texts, *parts])
        return cls(
            tuple(coded),
            tuple(texts),
            vectors[: len(texts)],
            tuple(sentence for _, sentence in pairs),
            tuple(parts),
            vectors[len(texts) :],
            np.array([row for row, _ in pairs], np.int64),
        )

    @cached_property
    def stretches(self) -> tuple[slice, ...]:
        """Rows of each document."""
        names = [each.document for each in self.passages]
        starts = [at for at in range(len(names)) if not at or names[at] != names[at - 1]]
        return tuple(slice(a, b) for a, b in pairwise([*starts, len(names)]))

    @cached_property
    def quotable(self) -> NDArray[np.bool_]:
        """Whether each sentence may be evidence: a stray short one says little to a reader."""
        long = np.array([len(words_of(text)) >= QUOTED for text in self.sentence_texts], bool)
        some = np.zeros(len(self.passages), bool)
        some[self.owner[long]] = True
        return np.asarray(long | ~some[self.owner])

    @cached_property
    def coherent(self) -> tuple[slice, ...]:
        """Rows of the documents in which neighbours count."""
        return tuple(
            rows
            for rows in self.stretches
            if rows.stop - rows.start >= FEWEST and coherence(self.vectors[rows]) >= COHERENT
        )

    @cached_property
    def neighbours(self) -> sparse.csr_array:
        """Passages × passages: DECAY^k for the k-th passage before and after, in coherent documents."""
        rows: list[Ints] = []
        columns: list[Ints] = []
        for stretch in self.coherent:
            at = np.arange(stretch.start, stretch.stop)
            for step in range(1, REACH + 1):
                rows += [at[step:], at[:-step]]
                columns += [at[:-step], at[step:]]
        row = np.concatenate([np.empty(0, np.int64), *rows])
        column = np.concatenate([np.empty(0, np.int64), *columns])
        weight = DECAY ** np.abs(row - column).astype(np.float64)
        size = len(self.passages)
        return sparse.csr_array((weight, (row, column)), shape=(size, size))

    @cached_property
    def within(self) -> NDArray[np.bool_]:
        """Whether each passage is in a coherent document."""
        found = np.zeros(len(self.passages), bool)
        for rows in self.coherent:
            found[rows] = True
        return found

    @property
    def width(self) -> int:
        """Number of columns of `around`."""
        return int(self.vectors.shape[1]) + KNOTS if self.coherent else 0

    @cached_property
    def around(self) -> Vectors:
        """Passages × (dimension + KNOTS): the mean vector of the neighbours, and the place in the document.

        Zero in documents where neighbours do not count; without columns where there is no other.
        """
        if not self.coherent:
            return np.zeros((len(self.passages), 0), np.float32)
        return np.hstack([self._shares @ self.vectors, self._places])

    def around_times(self, columns: Vectors) -> Vectors:
        """Return `around @ columns`, without making `around`."""
        if not self.coherent:
            return np.zeros((len(self.passages), columns.shape[1]), np.float32)
        means = self._shares @ product(self.vectors, columns[:-KNOTS])
        return np.asarray(means + product(self._places, columns[-KNOTS:]))

    @cached_property
    def _shares(self) -> sparse.csr_array:
        """Weights of the neighbours, 1 together."""
        weights = self.neighbours.astype(np.float32)
        whole = np.asarray(self.neighbours.sum(axis=1)).ravel()
        weights.data /= np.repeat(whole, np.diff(weights.indptr)).astype(np.float32)
        return weights

    @cached_property
    def _places(self) -> Vectors:
        """Passages × KNOTS: how near each is to evenly spaced places of its document."""
        place = np.zeros((len(self.passages), KNOTS))
        for rows in self.coherent:
            at = np.linspace(0, 1, rows.stop - rows.start)[:, None]
            place[rows] = PLACE_WEIGHT * np.exp(-(((at - np.linspace(0, 1, KNOTS)) / WIDTH) ** 2))
        return place.astype(np.float32)


def sentences_of(passage: Passage) -> tuple[Sentence, ...]:
    """Return a passage's sentences; the whole passage where it has none."""
    return passage.sentences or (Sentence(id="s1", start=passage.start, end=passage.end),)


def coherence(vectors: Vectors) -> float:
    """Mean cosine of passages that follow each other, less the mean cosine of any two. Rows have length 1."""
    rows = vectors.astype(np.float64)
    count = len(rows)
    total = rows.sum(axis=0)
    every = (total @ total - (rows**2).sum()) / (count * (count - 1))
    return float((rows[1:] * rows[:-1]).sum(axis=1).mean() - every)
