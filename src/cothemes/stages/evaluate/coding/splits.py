"""Which passages each seed learns from and is tested on, and what a limit leaves of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cothemes.errors import SuiteError
from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.stages.evaluate.coding.gold import Gold, Ints, parts

DRAW = 2
"""Seed of what a limit keeps: the same for all seeds of the suite, so that nothing is paid for twice."""


@dataclass(frozen=True)
class Parts:
    """One seed's passages, as rows of the gold."""

    seed: int
    train: Ints
    test: Ints


def splits_of(suite: Suite, gold: Gold, wanted: CoderRow) -> list[Parts]:
    """Every seed's parts; with a limit, so many passages are drawn over all test parts.

    Raises SuiteError where nothing is left to learn from or to test.
    """
    splits = [Parts(seed, *parts(gold.passages, suite.split, seed)) for seed in suite.split.seeds]
    rows = _rows(splits)
    if wanted.limit is None or wanted.limit >= len(rows):
        return splits
    drawn = np.random.default_rng(DRAW).permutation(rows)[: wanted.limit]
    found = [replace(split, test=np.intersect1d(split.test, drawn)) for split in splits]
    empty = [split.seed for split in found if not len(split.test)]
    if empty:
        raise SuiteError(
            f"a limit of {wanted.limit} leaves the test part of seed {empty[0]} without a passage",
            where=suite.path,
            hint="Raise `limit`, or name fewer seeds.",
        )
    return found


def tested(gold: Gold, splits: Sequence[Parts]) -> list[GoldPassage]:
    """The passages of all test parts, each once."""
    return at(gold, _rows(splits))


def at(gold: Gold, rows: Ints) -> list[GoldPassage]:
    """The passages of these rows."""
    return [gold.passages[row] for row in rows]


def _rows(splits: Sequence[Parts]) -> Ints:
    return np.unique(np.concatenate([split.test for split in splits]))
