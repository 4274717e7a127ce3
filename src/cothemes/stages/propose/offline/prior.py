"""What resemblance says of a passage before anyone reviewed: its words, its best sentence, its neighbours.

A passage of several sentences is often about a code in one of them. So each sentence is scored as if it were
a passage, and the best counts as much as the whole. In coherent documents the neighbours' scores are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.lexicon import Counted, Lexicon
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.resemblance import Resemblance, log_odds
from cothemes.stages.propose.offline.row_product import product

SENTENCE = 0.5
"""Weight of the best sentence beside the whole passage."""
FEW = 4
"""Sentences up to which the best one counts as it is."""
LUCK = 1.0
"""Taken off the best of more, for each time that their number is e times as many: the best of ten is high by
chance alone. Up to four, passages with more sentences did have more codes."""
NEIGHBOUR = 0.3
"""Weight of the neighbours' scores."""
WITHIN = 0.8
"""Scores in coherent documents are multiplied by it: with the neighbours' they spread wider, and one
threshold has to fit both kinds."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Texts:
    """Texts as the learner takes them; all have as many rows."""

    words: Sequence[str]
    vectors: Vectors
    beside: Vectors | Material
    """What stands around them, see `Material.around`, or the material itself: most scores do without."""
    prior: Floats
    """Texts × codes: log-odds by resemblance."""
    place: Ints | None = None
    """Row of each text in what stands around; None where all rows are the texts'."""
    counted: Counted | None = None
    """Their words, where they were counted."""

    @property
    def around(self) -> Vectors:
        """What stands around each of them."""
        rows = self.beside.around if isinstance(self.beside, Material) else self.beside
        return rows if self.place is None else rows[self.place]

    @property
    def width(self) -> int:
        """Number of columns of what stands around; 0 where no document is coherent."""
        return self.beside.width if isinstance(self.beside, Material) else int(self.beside.shape[1])

    def around_times(self, columns: Vectors) -> Vectors:
        """Return `around @ columns`."""
        if isinstance(self.beside, Material):
            rows = self.beside.around_times(columns)
        else:
            rows = product(self.beside, columns)
        return rows if self.place is None else rows[self.place]

    def words_in(self, lexicon: Lexicon) -> Counted:
        """Return the texts as numbers of their words, counted once."""
        if self.counted is not None and self.counted.lexicon is lexicon:
            return self.counted
        return lexicon.counted(self.words)

    def rows(self, chosen: Ints) -> Texts:
        """Some of them."""
        return Texts(
            [self.words[row] for row in chosen],
            self.vectors[chosen],
            self.beside,
            self.prior[chosen],
            place=chosen if self.place is None else self.place[chosen],
            counted=self.counted.rows(chosen) if self.counted else None,
        )


@dataclass(frozen=True)
class Units:
    """Passages with their sentences, and what resemblance says of both."""

    whole: Texts
    parts: Texts
    owner: Ints
    """Row of each sentence's passage, ascending."""

    def rows(self, chosen: Ints) -> Units:
        """Some of the passages, in this order, each once."""
        place = np.full(len(self.whole.words), -1)
        place[chosen] = np.arange(len(chosen))
        owner = place[self.owner]
        kept = np.flatnonzero(owner >= 0)
        kept = kept[np.argsort(owner[kept], kind="stable")]
        return Units(self.whole.rows(chosen), self.parts.rows(kept), owner[kept])

    @property
    def prior(self) -> Floats:
        """Passages × codes: log-odds by resemblance."""
        return combined(self.whole.prior, self.parts.prior, self.owner)


def units_of(material: Material, resemblance: Resemblance) -> Units:
    """Score passages and sentences, and add to both what their neighbours resemble."""
    words, said_words = map(resemblance.lexicon.counted, (material.texts, material.sentence_texts))
    own = resemblance.scores_of(words, material.vectors)
    said = own[material.owner]
    parts = np.flatnonzero(
        [
            text != material.texts[row]
            for text, row in zip(material.sentence_texts, material.owner.tolist(), strict=True)
        ]
    )
    if len(parts) == len(said):
        said = resemblance.scores_of(said_words, material.sentence_vectors)
    elif len(parts):
        # A passage of one sentence is not scored twice.
        said[parts] = resemblance.scores_of(said_words.rows(parts), material.sentence_vectors[parts])
    near = NEIGHBOUR * (material.neighbours @ combined(own, said, material.owner))
    scale = scale_within(material)[:, None]
    said *= scale[material.owner]
    said += (scale * near)[material.owner]
    return Units(
        Texts(material.texts, material.vectors, material, log_odds(scale * (own + near)), counted=words),
        Texts(
            material.sentence_texts,
            material.sentence_vectors,
            material,
            log_odds(said),
            place=material.owner,
            counted=said_words,
        ),
        material.owner,
    )


def scale_within(material: Material) -> Floats:
    """Return what the scores of each passage are multiplied by."""
    return np.where(material.within, WITHIN, 1.0)


def combined(whole: Floats, parts: Floats, owner: Ints) -> Floats:
    """Return the mean of each passage's own value and its best sentence's.

    Every passage has a sentence, and the sentences are in the order of the passages.
    """
    if not len(whole):
        return np.zeros_like(whole)
    starts = np.searchsorted(owner, np.arange(len(whole)))
    best = np.maximum.reduceat(parts, starts, axis=0)
    count = np.diff(np.append(starts, len(owner)))[:, None]
    best -= LUCK * np.log(np.maximum(count / FEW, 1))
    return np.asarray((1 - SENTENCE) * whole + SENTENCE * best)
