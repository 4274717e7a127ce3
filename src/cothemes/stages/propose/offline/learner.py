"""What reviewed decisions teach: a correction to the resemblance, code by code.

The log-odds of a code are w·x + b + prior · 10/(n + 10). The resemblance to the codebook is the prior; its
weight fades as positives come, and the weights w are held near zero, so that a code with two positives is
still coded mostly by its definition. A rejection weighs most where the prior was wrong. A code without a
positive or without a negative is left to the prior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.ngrams import CharacterTfidf
from cothemes.stages.propose.offline.regression import Features, Model, fit
from cothemes.stages.propose.offline.resemblance import THRESHOLD, log_odds
from cothemes.stages.propose.offline.thresholds import choose, folds_of

HALF = 10
"""Positives at which the prior's weight is one half."""
COMMON = 2
"""Reviewed texts that must hold a piece of a word for it to count."""
MOST = 10_000
"""Pieces of words that count at most: more of them changed nothing but time and memory."""

Floats = NDArray[np.float64]
SHIPPED = float(log_odds(np.array(THRESHOLD)))
"""The threshold, in log-odds, of a code that nobody taught."""


@dataclass(frozen=True)
class Taught:
    """What was learnt: log-odds of new texts, and a threshold for each code."""

    tfidf: CharacterTfidf
    model: Model | None
    codes: NDArray[np.int64]
    """Columns that were learnt."""
    fade: Floats
    """Weight of the prior, per learnt code."""
    thresholds: Floats
    """In log-odds, per code."""

    def log_odds(self, texts: Sequence[str], vectors: NDArray[np.float32], prior: Floats) -> Floats:
        """Texts × codes; `prior` are the log-odds by resemblance, of the same shape."""
        result = prior.copy()
        if self.model is not None:
            features = Features(vectors.astype(np.float64), self.tfidf.matrix(texts))
            result[:, self.codes] = self.model(features) + self.fade * prior[:, self.codes]
        return result


def learn(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    documents: Sequence[str],
    labels: Floats,
    prior: Floats,
) -> Taught:
    """`labels` are texts × codes of 1, 0 or NaN (not reviewed); `documents` keep folds apart."""
    positives, negatives = (labels == 1).sum(axis=0), (labels == 0).sum(axis=0)
    codes = np.flatnonzero((positives > 0) & (negatives > 0))
    tfidf = CharacterTfidf(texts, COMMON, MOST)
    thresholds = np.full(labels.shape[1], SHIPPED)
    if not len(codes):
        return Taught(tfidf, None, codes, np.empty(0), thresholds)
    features = Features(vectors.astype(np.float64), tfidf.matrix(texts))
    own, view = labels[:, codes], prior[:, codes]
    model, fade = _fitted(features, own, view)
    unseen = np.full(own.shape, np.nan)
    everything = np.arange(len(texts))
    for held in folds_of(documents):
        rest = np.setdiff1d(everything, held)
        part, part_fade = _fitted(features.rows(rest), own[rest], view[rest])
        unseen[held] = part(features.rows(held)) + part_fade * view[held]
    thresholds[codes] = choose(unseen, own, SHIPPED)
    return Taught(tfidf, model, codes, fade, thresholds)


def _fitted(features: Features, labels: Floats, prior: Floats) -> tuple[Model, Floats]:
    fade = HALF / ((labels == 1).sum(axis=0) + HALF)
    return fit(features, labels, fade * prior), fade
