"""Share of a review that an order saves against random order, at equal error, with intervals over documents.

Error left is counted per positive of gold: micro over all codes, macro as the mean of the scored codes, each
by its own positives. To leave the error that random order leaves after a share y of the passages, another
order reads a share x; saved is 1 − x/y. The interval resamples documents (percentile bootstrap), with the
same documents for every order and seed; curves are means over seeds before they are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.stages.evaluate.workload.review import Part, Review

LEVELS = (0.2, 0.4, 0.6, 0.8)
"""Shares read in random order whose error is the yardstick."""
RESAMPLES = 1_000
LEVEL = 0.95

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """The passages of a part, counted by document."""

    positives: Ints
    """Documents × codes."""
    passages: Ints
    words: Ints
    scored: Ints
    """Columns of the codes that macro figures are of."""

    @classmethod
    def of(cls, part: Part, scored: Ints) -> Pool:
        """Count a part."""
        positives = np.zeros((part.documents, part.truth.shape[1]), np.int64)
        np.add.at(positives, part.home, part.truth)
        passages, words = np.zeros((2, part.documents), np.int64)
        np.add.at(passages, part.home, 1)
        np.add.at(words, part.home, part.words)
        return cls(positives, passages, words, scored)


def weightings(pools: Sequence[Pool], resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """How often each document is drawn: a row of ones, then a row for each resample. One that leaves a part
    without a positive of any scored code has no error per positive there and is left out."""
    count = len(pools[0].passages)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), resamples)
    some = np.ones(resamples, bool)
    for pool in pools:
        some &= drawn @ pool.positives[:, pool.scored].sum(axis=1) > 0
    return np.vstack([np.ones((1, count)), drawn[some]])


@dataclass(frozen=True)
class Curves:
    """An order's curves: weightings of the documents × points."""

    read: Floats
    """Share of the passages read."""
    words: Floats
    """Share of the words read."""
    micro: Floats
    macro: Floats

    def error(self, kind: str) -> Floats:
        """Return `micro` or `macro`."""
        return self.micro if kind == "micro" else self.macro


def curves(pools: Sequence[Pool], reviews: Sequence[Review], weights: Floats) -> Curves:
    """Means over the reviews of one order, each with its part."""
    found = [_curves(pool, each, weights) for pool, each in zip(pools, reviews, strict=True)]
    return Curves(*(np.mean([getattr(each, name) for each in found], axis=0) for name in _NAMES))


def saved(order: Curves, random: Curves, kind: str, level: float, *, words: bool = False) -> Floats:
    """1 − x/y for each weighting: `order` reads x to leave what `random` leaves after reading y = `level`.

    `words`: x and y are shares of the words, y what random order has read of them by then.
    """
    result = np.empty(len(order.read))
    for row in range(len(result)):
        error = float(np.interp(level, random.read[row], random.error(kind)[row]))
        mine, theirs = (order.words, random.words) if words else (order.read, random.read)
        spent = float(np.interp(level, random.read[row], theirs[row]))
        result[row] = 1 - _reached(mine[row], order.error(kind)[row], error) / spent
    return result


def ends(values: Floats) -> tuple[float, float, float]:
    """(value, low, high): the first row, and percentiles of the others."""
    low, high = np.percentile(values[1:], [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(values[0]), float(low), float(high)


def savings(
    found: Mapping[str, Curves], baseline: str, kind: str, *, words: bool = False
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Order → level (and `mean`, over the levels) → what it saves against the baseline, with its interval."""
    result = {}
    for name, each in found.items():
        if name == baseline:
            continue
        levels = {level: saved(each, found[baseline], kind, level, words=words) for level in LEVELS}
        result[name] = {f"{level:g}": ends(values) for level, values in levels.items()}
        result[name]["mean"] = ends(np.mean(list(levels.values()), axis=0))
    return result


_NAMES = ("read", "words", "micro", "macro")


def _curves(pool: Pool, each: Review, weights: Floats) -> Curves:
    points, documents, codes = each.errors.shape
    flat = each.errors.transpose(1, 0, 2).reshape(documents, points * codes)
    errors = (weights @ flat).reshape(-1, points, codes)
    positives = weights @ pool.positives
    scored = pool.scored
    there = positives[:, scored] > 0
    by_code = errors[:, :, scored] / np.where(there, positives[:, scored], 1)[:, None, :]
    macro = (by_code * there[:, None, :]).sum(axis=2) / there.sum(axis=1)[:, None]
    return Curves(
        (weights @ each.read.T) / (weights @ pool.passages)[:, None],
        (weights @ each.words.T) / (weights @ pool.words)[:, None],
        errors.sum(axis=2) / positives.sum(axis=1)[:, None],
        macro,
    )


def _reached(spent: Floats, error: Floats, wanted: float) -> float:
    """The least that is spent for an error of at most `wanted`, between points by a straight line."""
    at = int(np.argmax(error <= wanted))
    if error[at] > wanted:
        return float(spent[-1])
    if at == 0:
        return float(spent[0])
    part = (error[at - 1] - wanted) / (error[at - 1] - error[at])
    return float(spent[at - 1] + part * (spent[at] - spent[at - 1]))
