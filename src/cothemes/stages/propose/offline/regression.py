"""Logistic regression for all codes at once, where some answers are missing and a prior view is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

PENALTY = 1 / 3
"""Weight of the squared weights (scikit-learn's C = 3)."""
STEPS = 60

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """What is known of texts: dense columns and sparse ones, the same rows."""

    dense: Floats
    sparse: sparse.csr_array

    def rows(self, chosen: NDArray[np.int64]) -> Features:
        """Some of them."""
        return Features(self.dense[chosen], self.sparse[chosen])


Model = Callable[[Features], Floats]
"""Features to log-odds, texts × codes, the prior view not yet added."""


def fit(features: Features, labels: Floats, prior: Floats) -> Model:
    """Minimises Σ log(1 + exp(−t·(x·w + b + prior))) + PENALTY/2·|w|² for each code, by L-BFGS.

    `labels` are texts × codes of 1, 0 and NaN (not reviewed, and so of no weight); `prior` are log-odds of
    the same shape. Each code's problem is convex and its own; they run together for speed.
    """
    known = np.isfinite(labels).astype(np.float64)
    target = np.where(labels == 1, 1.0, -1.0)
    codes = labels.shape[1]
    wide, narrow = features.dense.shape[1], features.sparse.shape[1]
    turned = features.sparse.T.tocsr()

    def parts(flat: Floats) -> tuple[Floats, Floats, Floats]:
        first, second = wide * codes, (wide + narrow) * codes
        return (
            flat[:first].reshape(wide, codes),
            flat[first:second].reshape(narrow, codes),
            flat[second:],
        )

    def loss(flat: Floats) -> tuple[float, Floats]:
        dense, thin, bias = parts(flat)
        margin = target * (features.dense @ dense + features.sparse @ thin + bias + prior)
        value = (known * np.logaddexp(0, -margin)).sum() + PENALTY / 2 * (flat[:-codes] @ flat[:-codes])
        slope = -known * target / (1 + np.exp(np.clip(margin, -30, 30)))
        gradient = np.concatenate(
            [
                (features.dense.T @ slope + PENALTY * dense).ravel(),
                (turned @ slope + PENALTY * thin).ravel(),
                slope.sum(axis=0),
            ]
        )
        return float(value), gradient

    start = np.zeros((wide + narrow + 1) * codes)
    found = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 8, "ftol": 1e-6}
    )
    dense, thin, bias = parts(found.x)
    return lambda other: np.asarray(other.dense @ dense + other.sparse @ thin + bias)
