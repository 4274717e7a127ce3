"""Logistic regression for all codes at once, where answers are missing or weak and a prior view is given.

The intercept is held near the prior view more firmly than the weights are. Left free, it would take the share
of a code among the first few passages for its share in the study, and a code given once in ten passages would
be ranked above all that nobody met yet. For the same reason the columns are centred: else the part that all
passages have in common is a second intercept, and a free one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

PENALTY = 1 / 3
"""Weight of the squared weights (scikit-learn's C = 3)."""
INTERCEPT_PENALTY = 10.0
"""Weight of the squared intercept: a code's share departs from the prior view only on evidence."""
STEPS = 60
SMALL = 800
"""Rows up to which the columns are first turned into at most as many as there are rows."""
MANY = 3_000
"""Rows from which the sparse columns are first turned into KEPT dense ones."""
KEPT, SPARE, SAMPLED = 256, 16, 2_000
"""Dense columns, those drawn beside them, and rows that they are found on."""

Floats = NDArray[np.float64]
Dense = NDArray[np.floating]


@dataclass(frozen=True)
class Features:
    """Features of texts: dense columns and sparse ones, the same rows."""

    dense: Dense
    sparse: sparse.csr_array

    def rows(self, chosen: NDArray[np.int64]) -> Features:
        """Some of them."""
        return Features(self.dense[chosen], self.sparse[chosen])

    def above(self, other: Features) -> Features:
        """These rows and then the other's."""
        return Features(
            np.vstack([self.dense, other.dense]),
            sparse.csr_array(sparse.vstack([self.sparse, other.sparse], format="csr")),
        )


@dataclass(frozen=True)
class Model:
    """Features to log-odds, texts × codes, the prior view not yet added."""

    dense: Floats
    """Columns × codes."""
    sparse: Floats
    shift: Floats

    def __call__(self, features: Features) -> Floats:
        # In the precision of the features: nothing is copied to multiply it.
        found = features.dense @ self.dense.astype(features.dense.dtype)
        if features.sparse.shape[1]:
            found = found + features.sparse @ self.sparse
        return np.asarray(found + self.shift, np.float64).reshape(-1, len(self.shift))

    def widened(self, basis: Floats) -> Model:
        """Return the model of sparse columns whose products with `basis` were the last dense ones."""
        wide = len(self.dense) - basis.shape[1]
        return Model(self.dense[:wide], basis @ self.dense[wide:], self.shift)


def sampled(rows: int) -> NDArray[np.int64]:
    """Return the rows that a basis is found on: at most SAMPLED, in even steps."""
    return np.linspace(0, rows - 1, min(rows, SAMPLED)).astype(np.int64)


def basis_of(some: sparse.csr_array) -> Floats:
    """Return the first KEPT right singular vectors of sparse rows, as columns.

    By a random projection and one power iteration (Halko, Martinsson and Tropp 2011). The draw is fixed, so
    the same texts always give the same basis.
    """
    start = np.random.default_rng(0).normal(size=(some.shape[0], KEPT + SPARE))
    twice = np.linalg.qr(some.T @ (some @ (some.T @ start)))[0]
    _, _, right = np.linalg.svd(some @ twice, full_matrices=False)
    return np.asarray(twice @ right[:KEPT].T)


def fit(features: Features, labels: Floats, weights: Floats, prior: Floats) -> Model:
    """Minimises Σ weight·log(1 + exp(−t·((x − x̄)·w + b + prior))) + PENALTY/2·|w|² + INTERCEPT_PENALTY/2·b²
    for each code, by L-BFGS.

    `labels` are texts × codes of 1 and 0, `weights` how much each counts (0: not reviewed), `prior` are
    log-odds of the same shape. Each code's problem is convex and its own; they run together for speed.
    """
    columns = _Columns(features)
    target = np.where(labels == 1, 1.0, -1.0)
    if len(labels) <= SMALL:
        # The best weights are sums of rows (the representer theorem), so as many columns as rows suffice.
        values, vectors = np.linalg.eigh(columns.gram())
        kept = values > max(values[-1], 0) * 1e-9
        scale = np.sqrt(values[kept])
        design = np.asarray(vectors[:, kept] * scale)
        found, intercept = _solved(
            design.__matmul__, design.T.__matmul__, int(kept.sum()), target, weights, prior
        )
        weight = columns.turned((vectors[:, kept] / scale) @ found)
    elif not features.sparse.shape[1]:
        # Half the precision is enough for the slopes, and twice as fast.
        narrow = features.dense - columns.mean.astype(np.float32)
        weight, intercept = _solved(
            lambda weight: np.asarray(narrow @ weight.astype(np.float32), np.float64),
            lambda slope: np.asarray(narrow.T @ slope.astype(np.float32), np.float64),
            columns.width,
            target,
            weights,
            prior,
        )
    else:
        weight, intercept = _solved(columns.times, columns.turned, columns.width, target, weights, prior)
    wide = features.dense.shape[1]
    return Model(weight[:wide], weight[wide:], np.asarray(intercept - columns.mean @ weight))


def _solved(
    times: Callable[[Floats], Floats],
    turned: Callable[[Floats], Floats],
    width: int,
    target: Floats,
    known: Floats,
    prior: Floats,
) -> tuple[Floats, Floats]:
    """(weights, intercepts); `times` multiplies the design by weights, `turned` its transpose by slopes."""
    codes = target.shape[1]
    # As a column of this height the intercept bears the weights' penalty.
    height = np.sqrt(PENALTY / INTERCEPT_PENALTY)

    def loss(flat: Floats) -> tuple[float, Floats]:
        both = flat.reshape(width + 1, codes)
        margin = target * (times(both[:-1]) + height * both[-1] + prior)
        # Both from one exponential, of a number that is never positive.
        small = np.exp(-np.abs(margin))
        surprise = np.log1p(small) + np.maximum(-margin, 0)
        value = (known * surprise).sum() + PENALTY / 2 * (flat @ flat)
        slope = -known * target * np.where(margin > 0, small, 1) / (1 + small)
        gradient = np.vstack([turned(slope), height * slope.sum(axis=0)]) + PENALTY * both
        return float(value), gradient.ravel()

    # Imported where a coder learns: it takes a fifth of a second, and most commands only name a coder.
    from scipy.optimize import minimize

    found = minimize(
        loss,
        np.zeros((width + 1) * codes),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": STEPS, "maxcor": 8, "ftol": 1e-6},
    )
    both = found.x.reshape(width + 1, codes)
    return both[:-1], height * both[-1]


@dataclass(frozen=True)
class _Columns:
    """The features side by side with their means taken off, without ever making the sparse ones dense."""

    features: Features

    @property
    def width(self) -> int:
        return int(self.features.dense.shape[1] + self.features.sparse.shape[1])

    @cached_property
    def mean(self) -> Floats:
        thin = np.asarray(self.features.sparse.sum(axis=0)).ravel() / max(len(self.features.dense), 1)
        return np.concatenate([self.features.dense.mean(axis=0, dtype=np.float64), thin])

    @cached_property
    def _turned(self) -> sparse.csr_array:
        return self.features.sparse.T.tocsr()

    def times(self, weight: Floats) -> Floats:
        """Rows × codes."""
        wide = self.features.dense.shape[1]
        whole = self.features.dense @ weight[:wide] + self.features.sparse @ weight[wide:]
        return np.asarray(whole - self.mean @ weight)

    def turned(self, slope: Floats) -> Floats:
        """Columns × codes."""
        whole = np.vstack([self.features.dense.T @ slope, self._turned @ slope])
        return np.asarray(whole - np.outer(self.mean, slope.sum(axis=0)))

    def gram(self) -> Floats:
        """Rows × rows: the centred rows' inner products."""
        thin = (self.features.sparse @ self.features.sparse.T).toarray()
        whole = self.features.dense @ self.features.dense.T + thin
        across = whole.mean(axis=0)
        return np.asarray(whole - across - across[:, np.newaxis] + across.mean())
