"""What reviewed decisions teach: a correction to the resemblance, code by code.

The log-odds of a code are (x − x̄)·w + b + the resemblance to the codebook, whose weight fades by 10/(n + 10)
as positives come; what it says of a text that resembles every code alike never fades. Weights and intercept
are held near zero, so that a code with two positives is still coded mostly by its definition, and one that
was only rejected is suggested less. A rejection weighs most where the resemblance was wrong.

What is learnt on whole passages is asked of each sentence too; the best counts as much as the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cothemes.stages.propose.offline.calibration import AS_IS, Scale, scale_of
from cothemes.stages.propose.offline.lexicon import Lexicon
from cothemes.stages.propose.offline.ngrams import CharacterTfidf, WeighedTfidf
from cothemes.stages.propose.offline.prior import Texts, Units, combined
from cothemes.stages.propose.offline.regression import KEPT, MANY, Features, Model, basis_of, fit, sampled
from cothemes.stages.propose.offline.resemblance import INTERCEPT, THRESHOLD, log_odds
from cothemes.stages.propose.offline.row_product import product
from cothemes.stages.propose.offline.thresholds import choose, folds_of

HALF = 10
"""Positives at which the resemblance's weight is one half."""
COMMON = 2
"""Reviewed texts that must hold a piece of a word for it to count."""
MOST = 10_000
"""Pieces of words that count at most: more of them changed nothing but time and memory."""
HELD_OUT = 2_000
"""Passages after which no further fold is held out: thresholds and the scale need no more."""

Floats = NDArray[np.float64]
SHIPPED = float(log_odds(np.array(THRESHOLD)))
"""The threshold, in log-odds, of a code that nobody gave."""


@dataclass(frozen=True)
class Lessons:
    """Reviewed passages with what is known of them, and what the codebook itself teaches."""

    units: Units
    """The reviewed passages."""
    documents: Sequence[str]
    """Their documents: what folds keep apart."""
    labels: Floats
    """Passages × codes: 1, 0, or NaN where nobody said."""
    weights: Floats
    """Passages × codes: how much each label counts; 0 where nobody said."""
    misses: Texts
    """The codebook's near misses; they are in no fold."""
    missed: NDArray[np.int64]
    """Code (column) that each of them is not."""


@dataclass(frozen=True)
class Taught:
    """Result of learning: log-odds of new texts, and a threshold for each code."""

    tfidf: CharacterTfidf
    width: int
    """Columns of what stands around a text that were learnt from; 0 where no document was coherent."""
    model: Model | None
    codes: NDArray[np.int64]
    """Columns that were learnt: codes on which anybody said anything."""
    fade: Floats
    """Weight of the resemblance, per learnt code."""
    thresholds: Floats
    """Thresholds in log-odds, per code."""
    scale: Scale = AS_IS
    """What calibrates the log-odds of learnt codes."""

    def log_odds(self, units: Units) -> Floats:
        """Passages × codes."""
        return self.scored(units)[0]

    def scored(self, units: Units) -> tuple[Floats, Floats]:
        """(log-odds of passages, of their sentences), each × codes."""
        if self.model is None:
            return units.prior, units.parts.prior
        own, said = self._raw(units.whole), self._raw(units.parts)
        found, parts = self.scale(combined(own, said, units.owner)), self.scale(said)
        if len(self.codes) == units.whole.prior.shape[1]:
            return found, parts
        whole, texts = units.prior, units.parts.prior.copy()
        whole[:, self.codes], texts[:, self.codes] = found, parts
        return whole, texts

    def of_texts(self, texts: Texts) -> Floats:
        """Texts × codes, each taken by itself."""
        result = texts.prior.copy()
        if self.model is not None:
            result[:, self.codes] = self.scale(self._raw(texts))
        return result

    @cached_property
    def _pieces(self) -> WeighedTfidf:
        assert self.model is not None
        return self.tfidf.weighed(self.model.sparse)

    def _raw(self, texts: Texts) -> Floats:
        assert self.model is not None
        own = texts.vectors.shape[1]
        dense = self.model.dense.astype(np.float32)
        found = self._pieces(texts.words_in(self.tfidf.lexicon))
        found += product(texts.vectors, dense[:own])
        if self.width and texts.width == self.width:
            found += texts.around_times(dense[own:])
        every = len(self.codes) == texts.prior.shape[1]
        faded = self.fade * (texts.prior if every else texts.prior[:, self.codes])
        faded += found
        faded += INTERCEPT * (1 - self.fade) + self.model.shift
        return np.asarray(faded)


def learn(lessons: Lessons) -> Taught:
    """Learn the codes on which people said anything; set thresholds and scale on passages held out."""
    units, labels = lessons.units, lessons.labels
    codes = np.flatnonzero(np.isfinite(labels).any(axis=0))
    lexicon = units.whole.counted.lexicon if units.whole.counted else Lexicon()
    words = units.whole.words_in(lexicon).above(lessons.misses.words_in(lexicon))
    tfidf = CharacterTfidf(words, COMMON, MOST, lexicon)
    width = units.whole.width
    untaught = Taught(tfidf, width, None, codes, np.empty(0), np.full(labels.shape[1], SHIPPED))
    if not len(codes):
        return untaught
    columns = _Columns.of(units.whole, tfidf, width)
    school = _School(lessons, codes, columns(units.whole), columns(lessons.misses))
    model, fade = school.taught(np.arange(len(labels)))
    unseen = np.full((len(labels), len(codes)), np.nan)
    held_out = 0
    for held in folds_of(lessons.documents):
        part, part_fade = school.taught(np.setdiff1d(np.arange(len(labels)), held))
        some = units.rows(held)
        own = part(school.whole.rows(held)) + _faded(some.whole.prior[:, codes], part_fade)
        said = part(columns(some.parts)) + _faded(some.parts.prior[:, codes], part_fade)
        unseen[held] = combined(own, said, some.owner)
        held_out += len(held)
        if held_out >= HELD_OUT:
            break
    said_of, offered = labels[:, codes], units.prior[:, codes] >= SHIPPED
    scale = scale_of(unseen, said_of, lessons.weights[:, codes])
    thresholds, shipped = untaught.thresholds, float(scale(np.array(SHIPPED)))
    thresholds[codes] = choose(scale(unseen), said_of, offered, shipped, calibrated=scale != AS_IS)
    # A code that nobody gave keeps the shipped threshold, on the scale of the others.
    return replace(untaught, model=columns.undone(model), fade=fade, thresholds=thresholds, scale=scale)


@dataclass(frozen=True)
class _Columns:
    """The columns that models are fitted to."""

    tfidf: CharacterTfidf
    width: int
    basis: Floats | None
    """Pieces × fewer dense columns, where there are many rows; None where pieces stay as they are."""

    @classmethod
    def of(cls, texts: Texts, tfidf: CharacterTfidf, width: int) -> _Columns:
        """`texts` are those that are learned from."""
        if len(texts.words) <= MANY or tfidf.width <= KEPT:
            return cls(tfidf, width, None)
        some = texts.words_in(tfidf.lexicon).rows(sampled(len(texts.words)))
        return cls(tfidf, width, basis_of(tfidf.matrix(some)))

    def __call__(self, texts: Texts) -> Features:
        if self.basis is None:
            return _features(texts, self.tfidf, self.width)
        dense = np.hstack(
            [texts.vectors, _around(texts, self.width), self._few(texts.words_in(self.tfidf.lexicon))]
        )
        return Features(dense, sparse.csr_array((len(dense), 0), dtype=np.float64))

    def undone(self, model: Model) -> Model:
        """Return the model of the pieces themselves."""
        return model if self.basis is None else model.widened(self.basis)

    @cached_property
    def _few(self) -> WeighedTfidf:
        assert self.basis is not None
        return self.tfidf.weighed(self.basis)


@dataclass(frozen=True)
class _School:
    """The columns and labels that models of all and of a part of the passages are fitted to."""

    lessons: Lessons
    codes: NDArray[np.int64]
    whole: Features
    misses: Features

    def taught(self, rows: NDArray[np.int64]) -> tuple[Model, Floats]:
        """(model, weight of the resemblance) from some of the passages and all near misses."""
        lessons, codes = self.lessons, self.codes
        count = len(lessons.missed)
        denied = np.full((count, lessons.labels.shape[1]), np.nan)
        denied[np.arange(count), lessons.missed] = 0
        denied = denied[:, codes]
        labels = np.vstack([lessons.labels[np.ix_(rows, codes)], denied])
        weights = np.vstack([lessons.weights[np.ix_(rows, codes)], np.isfinite(denied)])
        prior = np.vstack([lessons.units.whole.prior[np.ix_(rows, codes)], lessons.misses.prior[:, codes]])
        fade = HALF / ((labels == 1).sum(axis=0) + HALF)
        features = self.whole.rows(rows).above(self.misses)
        return fit(features, labels, weights, _faded(prior, fade)), fade


def _features(texts: Texts, tfidf: CharacterTfidf, width: int) -> Features:
    dense = np.hstack([texts.vectors, _around(texts, width)], dtype=np.float64)
    return Features(dense, tfidf.matrix(texts.words_in(tfidf.lexicon)))


def _around(texts: Texts, width: int) -> NDArray[np.float32]:
    if texts.width == width:
        return texts.around
    # Documents that stand by themselves have nothing around them, or nothing was learned from that.
    return np.zeros((len(texts.words), width), np.float32)


def _faded(prior: Floats, fade: Floats) -> Floats:
    return np.asarray(INTERCEPT + fade * (prior - INTERCEPT))
