"""What reviewed decisions teach: a correction to the resemblance, code by code.

The log-odds of a code are (x − x̄)·w + b + the resemblance to the codebook, whose weight fades by 10/(n + 10)
as positives come; what it says of a text that resembles every code alike never fades. Weights and intercept
are held near zero, so that a code with two positives is still coded mostly by its definition, and one that
was only rejected is suggested less. A rejection weighs most where the resemblance was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.propose.offline.ngrams import CharacterTfidf
from cothemes.stages.propose.offline.regression import Features, Model, fit
from cothemes.stages.propose.offline.resemblance import INTERCEPT, THRESHOLD, log_odds
from cothemes.stages.propose.offline.thresholds import choose, folds_of

HALF = 10
"""Positives at which the resemblance's weight is one half."""
COMMON = 2
"""Reviewed texts that must hold a piece of a word for it to count."""
MOST = 10_000
"""Pieces of words that count at most: more of them changed nothing but time and memory."""

Floats = NDArray[np.float64]
SHIPPED = float(log_odds(np.array(THRESHOLD)))
"""The threshold, in log-odds, of a code that nobody gave."""


@dataclass(frozen=True)
class Lessons:
    """Texts with what is known of them: first the reviewed passages, then what the codebook itself
    teaches."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    documents: Sequence[str]
    """Documents of the reviewed passages: what folds keep apart. The texts after them are in no fold."""
    labels: Floats
    """Texts × codes: 1, 0, or NaN where nobody said."""
    weights: Floats
    """Texts × codes: how much each label counts; 0 where nobody said."""
    prior: Floats
    """Texts × codes: log-odds by resemblance."""


@dataclass(frozen=True)
class Taught:
    """Result of learning: log-odds of new texts, and a threshold for each code."""

    tfidf: CharacterTfidf
    model: Model | None
    codes: NDArray[np.int64]
    """Columns that were learnt: codes on which anybody said anything."""
    fade: Floats
    """Weight of the resemblance, per learnt code."""
    thresholds: Floats
    """Thresholds in log-odds, per code."""

    def log_odds(self, texts: Sequence[str], vectors: NDArray[np.float32], prior: Floats) -> Floats:
        """Texts × codes; `prior` are the log-odds by resemblance, of the same shape."""
        result = prior.copy()
        if self.model is not None:
            features = Features(vectors.astype(np.float64), self.tfidf.matrix(texts))
            result[:, self.codes] = self.model(features) + _faded(prior[:, self.codes], self.fade)
        return result


def learn(lessons: Lessons) -> Taught:
    """Learns the codes on which people said anything, and sets their thresholds on passages held out."""
    own, labels = len(lessons.documents), lessons.labels
    codes = np.flatnonzero(np.isfinite(labels[:own]).any(axis=0))
    tfidf = CharacterTfidf(lessons.texts, COMMON, MOST)
    thresholds = np.full(labels.shape[1], SHIPPED)
    if not len(codes):
        return Taught(tfidf, None, codes, np.empty(0), thresholds)
    features = Features(lessons.vectors.astype(np.float64), tfidf.matrix(lessons.texts))
    said, weights, view = labels[:, codes], lessons.weights[:, codes], lessons.prior[:, codes]
    model, fade = _fitted(features, said, weights, view)
    unseen = np.full((own, len(codes)), np.nan)
    everything = np.arange(len(lessons.texts))
    for held in folds_of(lessons.documents):
        rest = np.setdiff1d(everything, held)
        part, part_fade = _fitted(features.rows(rest), said[rest], weights[rest], view[rest])
        unseen[held] = part(features.rows(held)) + _faded(view[held], part_fade)
    thresholds[codes] = choose(unseen, said[:own], view[:own] >= SHIPPED, SHIPPED)
    return Taught(tfidf, model, codes, fade, thresholds)


def _faded(prior: Floats, fade: Floats) -> Floats:
    return np.asarray(INTERCEPT + fade * (prior - INTERCEPT))


def _fitted(features: Features, labels: Floats, weights: Floats, prior: Floats) -> tuple[Model, Floats]:
    fade = HALF / ((labels == 1).sum(axis=0) + HALF)
    return fit(features, labels, weights, _faded(prior, fade)), fade
