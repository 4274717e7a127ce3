"""What resemblance says of a passage before anyone reviewed: its words, its best sentence, its neighbours.

A passage of several sentences is often about a code in one of them. So each sentence is scored as if it were
a passage, and the best counts as much as the whole. In coherent documents the neighbours' scores are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.resemblance import Resemblance, log_odds

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
    around: Vectors
    """What stands around them, see `Material.around`; it may have no columns."""
    prior: Floats
    """Texts × codes: log-odds by resemblance."""

    def rows(self, chosen: Ints) -> Texts:
        """Some of them."""
        words = [self.words[row] for row in chosen]
        return Texts(words, self.vectors[chosen], self.around[chosen], self.prior[chosen])


@dataclass(frozen=True)
class Units:
    """Passages with their sentences, and what resemblance says of both."""

    whole: Texts
    parts: Texts
    owner: Ints
    """Row of each sentence's passage."""

    def rows(self, chosen: Ints) -> Units:
        """Some of the passages, in this order, each once."""
        place = np.full(len(self.whole.words), -1)
        place[chosen] = np.arange(len(chosen))
        kept = np.flatnonzero(place[self.owner] >= 0)
        return Units(self.whole.rows(chosen), self.parts.rows(kept), place[self.owner[kept]])

    @property
    def prior(self) -> Floats:
        """Passages × codes: log-odds by resemblance."""
        return combined(self.whole.prior, self.parts.prior, self.owner)


def units_of(material: Material, resemblance: Resemblance) -> Units:
    """Score passages and sentences, and add to both what their neighbours resemble."""
    own = resemblance.scores_of(material.texts, material.vectors)
    said = own[material.owner]
    parts = np.flatnonzero(
        [
            text != material.texts[row]
            for text, row in zip(material.sentence_texts, material.owner, strict=True)
        ]
    )
    if len(parts):
        # A passage of one sentence is not scored twice.
        texts = [material.sentence_texts[at] for at in parts]
        said[parts] = resemblance.scores_of(texts, material.sentence_vectors[parts])
    near = NEIGHBOUR * (material.neighbours @ combined(own, said, material.owner))
    scale = scale_within(material)[:, None]
    around = material.around
    return Units(
        Texts(material.texts, material.vectors, around, log_odds(scale * (own + near))),
        Texts(
            material.sentence_texts,
            material.sentence_vectors,
            around[material.owner],
            log_odds((scale * near)[material.owner] + scale[material.owner] * said),
        ),
        material.owner,
    )


def scale_within(material: Material) -> Floats:
    """Return what the scores of each passage are multiplied by."""
    return np.where(material.within, WITHIN, 1.0)


def combined(whole: Floats, parts: Floats, owner: Ints) -> Floats:
    """Return the mean of each passage's own value and its best sentence's. Every passage has a sentence."""
    best = np.full(whole.shape, -np.inf)
    np.maximum.at(best, owner, parts)
    count = np.bincount(owner, minlength=len(whole))[:, None]
    best -= LUCK * np.log(np.maximum(count / FEW, 1))
    return np.asarray((1 - SENTENCE) * whole + SENTENCE * best)
