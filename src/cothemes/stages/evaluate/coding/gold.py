"""Gold as a matrix, the codes that can be scored, and the parts that training and test take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.errors import SuiteError
from cothemes.records.suite import MAJORITY, GoldPassage, Split, Suite

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Gold:
    """The passages that count, and what is true of them."""

    passages: tuple[GoldPassage, ...]
    truth: Bools
    """Passages × codes of the codebook."""
    scored: Ints
    """Columns with enough positives."""
    too_rare: dict[str, int]
    """Code → positives, for those left out."""
    outside: dict[str, int]
    """Codes in the labels that the codebook does not hold, with their number."""
    excluded: int
    unrated: int
    """Passages that the gold rater did not rate."""


def gold_of(suite: Suite) -> Gold:
    """Raise SuiteError where the gold rater is unknown or no code can be scored."""
    rated, excluded, unrated = [], 0, 0
    for passage in suite.passages:
        if passage.exclude:
            excluded += 1
        elif passage.labels if suite.gold == MAJORITY else suite.gold in passage.labels:
            rated.append(passage)
        else:
            unrated += 1
    if not rated:
        known = sorted({rater for passage in suite.passages for rater in passage.labels})
        raise SuiteError(
            f"no passage has labels of {suite.gold}",
            where=suite.path,
            hint=f"Raters in the data: {', '.join(known[:10]) or 'none'}; or `gold: {MAJORITY}`.",
        )
    codes = [code.id for code in suite.codebook.codes]
    applied = [_applied(passage, suite.gold) for passage in rated]
    truth = np.array([[code in labels for code in codes] for labels in applied], dtype=bool)
    positives = truth.sum(axis=0)
    scored = np.flatnonzero(positives >= suite.min_positives)
    if not len(scored):
        raise SuiteError(
            f"no code has {suite.min_positives} positives",
            where=suite.path,
            hint="Lower min_positives, or bring more passages.",
        )
    rare = {codes[at]: int(positives[at]) for at in np.flatnonzero(positives < suite.min_positives)}
    outside = Counter(label for labels in applied for label in labels if label not in set(codes))
    return Gold(tuple(rated), truth, scored, rare, dict(outside), excluded, unrated)


def parts(passages: tuple[GoldPassage, ...], split: Split, seed: int) -> tuple[Ints, Ints]:
    """(training rows, test rows): whole documents are drawn until they hold the test share of passages.

    Raises SuiteError where that leaves nothing to learn from.
    """
    documents = [passage.doc for passage in passages]
    sizes = Counter(documents)
    names = sorted(sizes)
    drawn: set[str] = set()
    held = 0
    for at in np.random.default_rng(seed).permutation(len(names)):
        if held >= split.test * len(passages):
            break
        drawn.add(names[at])
        held += sizes[names[at]]
    test = np.array([document in drawn for document in documents])
    if test.all():
        raise SuiteError(
            f"a test part of {split.test:.0%} takes all {len(names)} documents",
            hint="Bring more documents, or lower `test` in the split.",
        )
    return np.flatnonzero(~test), np.flatnonzero(test)


def training_rows(train: Ints, size: int | str, seed: int) -> Ints:
    """A random sample of the training part; smaller sizes are within larger ones."""
    order = np.random.default_rng([seed, 1]).permutation(train)
    return np.sort(order if size == "all" else order[: int(size)])


def _applied(passage: GoldPassage, gold: str) -> frozenset[str]:
    if gold != MAJORITY:
        return frozenset(passage.labels[gold])
    votes = Counter(code for codes in passage.labels.values() for code in codes)
    return frozenset(code for code, count in votes.items() if 2 * count > len(passage.labels))
