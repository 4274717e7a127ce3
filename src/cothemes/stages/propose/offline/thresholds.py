"""From which log-odds a code is suggested, chosen on passages that the scoring model had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FOLDS = 5
ENOUGH = 20
"""Positives from which a code's own threshold stands alone; under it, it leans on the common one."""

Floats = NDArray[np.float64]


def folds_of(documents: Sequence[str]) -> list[NDArray[np.int64]]:
    """Rows to hold out, up to five sets, no document in two of them; none where there is one document only.

    Documents go, in an order fixed by their names' hashes, to the set that is smallest so far.
    """
    names = sorted(set(documents), key=lambda name: hashlib.sha256(name.encode()).digest())
    if len(names) < 2:
        return []
    sizes = [0] * min(FOLDS, len(names))
    home: dict[str, int] = {}
    counts = dict.fromkeys(names, 0)
    for document in documents:
        counts[document] += 1
    for name in names:
        home[name] = sizes.index(min(sizes))
        sizes[home[name]] += counts[name]
    where = np.array([home[document] for document in documents])
    return [np.flatnonzero(where == fold) for fold in range(len(sizes))]


def choose(log_odds: Floats, labels: Floats, fallback: float) -> Floats:
    """A threshold per code from held-out log-odds, passages × codes; labels are 1, 0 or NaN.

    A code's own threshold maximises its F1. The common one maximises the mean F1 of all codes with a
    positive. The two are mixed by n/20 under 20 positives; without any positive, `fallback` holds.
    """
    codes = labels.shape[1]
    known = np.isfinite(labels) & np.isfinite(log_odds)
    positives = ((labels == 1) & known).sum(axis=0)
    taught = np.flatnonzero(positives)
    thresholds = np.full(codes, fallback)
    if not len(taught):
        return thresholds
    common = _common(log_odds[:, taught], labels[:, taught], known[:, taught])
    for code in taught:
        rows = known[:, code]
        own = best_f1(log_odds[rows, code], labels[rows, code] == 1)
        share = min(positives[code] / ENOUGH, 1.0)
        thresholds[code] = share * own + (1 - share) * common
    return thresholds


def best_f1(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """The threshold with the best F1 = 2·TP/(2·TP + FP + FN), half-way to the next score below."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(truth[order])
    value = 2 * hits / (np.arange(1, len(ranked) + 1) + truth.sum())
    value[:-1][ranked[:-1] == ranked[1:]] = -1.0
    best = int(np.argmax(value))
    return float(ranked[best]) if best + 1 == len(ranked) else float((ranked[best] + ranked[best + 1]) / 2)


def _common(log_odds: Floats, labels: Floats, known: NDArray[np.bool_]) -> float:
    grid = np.quantile(log_odds[known], np.linspace(0.5, 0.999, 100))
    applied = (log_odds[:, :, np.newaxis] >= grid) & known[:, :, np.newaxis]
    truth = (labels == 1) & known
    hits = (applied & truth[:, :, np.newaxis]).sum(axis=0)
    f1 = 2 * hits / (applied.sum(axis=0) + truth.sum(axis=0)[:, np.newaxis])
    return float(grid[int(np.argmax(f1.mean(axis=0)))])
