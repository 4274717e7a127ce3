"""How often `evaluate --compare` calls equal coders worse, and how often it notices a true fall.

`python -m eval.comparisons` prints the table of docs/benchmarks.md, seeded. Two coders see the same passages
through features of their own that are equally informative; `weaker` shortens the signal of the second. Their
figures are those of an evaluation: split by document, each coder taught on the training part and scored on
the test part.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cothemes.stages.evaluate.coding.coders import Bools, Floats
from cothemes.stages.evaluate.coding.metrics import f1_by_code, mean_average_precision, recall_at
from cothemes.stages.evaluate.coding.paired_difference import (
    DifferenceError,
    difference_error,
    holm,
    jackknife_error,
    resampled_error,
)

CODES, FEATURES, SEEDS, TEST, GROUPS = 6, 24, 5, 0.34, 20
CUTS = np.array([1.4, 1.6, 1.8, 2.0, 1.5, 2.2])
ALPHA = 0.025
METHODS = ("paired t over seeds", "resampled t", "jackknife", "used")


@dataclass(frozen=True)
class World:
    """A set of documents, and how coders learn from it."""

    documents: int
    passages: int
    """Of each document."""
    train: int | None
    """Passages that a coder learns from; 0 none, None all."""


WORLDS = tuple(
    World(documents, passages, train)
    for documents, passages in ((17, 40), (60, 10), (600, 1))
    for train in (0, 100, None)
)


def once(chance: np.random.Generator, world: World, weaker: float) -> dict[str, list[float]]:
    """One comparison: by method, the one-sided p of a fall of mAP, macro F1 and recall at 3."""
    home = np.repeat(np.arange(world.documents), world.passages)
    weight = chance.normal(size=(FEATURES, CODES)) / np.sqrt(2 * FEATURES)
    seen = [_features(chance, home), _features(chance, home)]
    signal = [seen[0] @ weight, seen[1] @ weight * (1 - weaker)]
    lone = 0.7 * chance.normal(size=(len(home), CODES))
    shared = 0.4 * chance.normal(size=(world.documents, CODES))[home]
    truth = np.asarray(1.6 * sum(signal) + lone + shared > CUTS)
    count = min(GROUPS, world.documents)
    by_seed, left_out = np.zeros((2, SEEDS, 3)), np.zeros((2, count, SEEDS, 3))
    shares = []
    for seed in range(SEEDS):
        drawn = chance.permutation(world.documents)[: int(np.ceil(TEST * world.documents))]
        test = np.isin(home, drawn)
        shares.append(test.mean())
        taught = chance.permutation(np.flatnonzero(~test))[: world.train]
        for side in (0, 1):
            score, cut = _coder(seen[side], signal[side], truth, taught)
            by_seed[side, seed] = _figures(truth[test], score[test], cut)
            for group in range(count):
                rows = test & (home % count != group)
                left_out[side, group, seed] = _figures(truth[rows], score[rows], cut)
    return _p_values(by_seed, np.nanmean(left_out, axis=2), float(np.mean(shares)), world.train != 0)


def _features(chance: np.random.Generator, home: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    of_document = chance.normal(size=(home.max() + 1, FEATURES))
    return np.asarray(chance.normal(size=(len(home), FEATURES)) + 0.6 * of_document[home])


def _coder(
    seen: Floats, signal: Floats, truth: Bools, taught: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[Floats, Floats]:
    """Scores of all passages and thresholds: fixed without training, else ridge regression."""
    if not len(taught):
        return signal, np.full(CODES, 0.9)
    wide = np.column_stack([seen, np.ones(len(seen))])
    own = wide[taught]
    learned = np.linalg.solve(own.T @ own + 10 * np.eye(wide.shape[1]), own.T @ truth[taught])
    score = wide @ learned
    share = np.maximum(truth[taught].mean(axis=0), 0.01)
    return score, np.array([np.quantile(score[taught, at], 1 - share[at]) for at in range(CODES)])


def _figures(truth: Bools, score: Floats, cut: Floats) -> list[float]:
    if not truth.any():
        return [np.nan] * 3
    return [
        mean_average_precision(truth, score),
        float(np.nanmean(f1_by_code(truth, score >= cut))),
        recall_at(truth, score, 3),
    ]


def _p_values(by_seed: Floats, left_out: Floats, share: float, taught: bool) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in METHODS}
    for at in range(3):
        old, new = by_seed[0, :, at].tolist(), by_seed[1, :, at].tolist()
        steps = by_seed[1, :, at] - by_seed[0, :, at]
        fall = float(steps.mean())
        naive = float(steps.std(ddof=1)) / np.sqrt(SEEDS)
        groups = left_out[0, :, at].tolist(), left_out[1, :, at].tolist()
        errors = {
            "resampled t": resampled_error(old, new, share),
            "jackknife": jackknife_error(*groups),
            "used": difference_error((old, new), groups, share, taught=taught),
        }
        found["paired t over seeds"].append(float(stats.t.cdf(fall / naive, SEEDS - 1)))
        for name, error in errors.items():
            assert isinstance(error, DifferenceError)
            found[name].append(error.p_below(fall))
    return found


def rates(world: World, weaker: float, replications: int) -> dict[str, tuple[float, float]]:
    """By method: how often one figure is called worse, and how often any is after Holm's correction."""
    chance = np.random.default_rng([world.documents, world.train if world.train is not None else 9999])
    runs = [once(chance, world, weaker) for _ in range(replications)]
    found = {}
    for name in METHODS:
        p = np.array([run[name] for run in runs])
        found[name] = (
            float((p < ALPHA).mean()),
            float(np.mean([min(holm(row)) <= ALPHA for row in p.tolist()])),
        )
    return found


def main(replications: int = 400) -> None:
    """Prints the table: equal coders, then one whose signal is a fifth and two fifths shorter."""
    print("documents × passages | train | weaker by | " + " | ".join(METHODS))
    print("rate of one figure called worse (rate of any regression after Holm)")
    for world in WORLDS:
        for weaker in (0.0, 0.2, 0.4):
            cells = rates(world, weaker, replications if not weaker else replications // 4)
            size = "all" if world.train is None else str(world.train)
            told = " | ".join(f"{one:.3f} ({some:.3f})" for one, some in cells.values())
            print(f"{world.documents} × {world.passages} | {size} | {weaker:.0%} | {told}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
