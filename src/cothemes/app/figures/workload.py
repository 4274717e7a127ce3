"""Workload curves of a suite: the offline coder learns while its passages are read in different orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cothemes.app import wiring
from cothemes.app.figures.evaluated_offline import EvaluatedOffline
from cothemes.ports import Embedder, EmbeddingStore
from cothemes.records.record import content_hash
from cothemes.records.suite import Suite
from cothemes.stages.evaluate.coding.gold import gold_of
from cothemes.stages.evaluate.workload.report import (
    CONVENTIONS,
    WorkloadReport,
    workload_curves,
    workload_savings,
)
from cothemes.stages.evaluate.workload.review import Known, Order, Review, Scored, review
from cothemes.stages.evaluate.workload.savings import Pool, curves
from cothemes.stages.route.uncertainty import WITHIN
from cothemes.stages.route.value import RANDOM, Valuation, expected_errors, put_forward

READING = 7
"""Seed beside the suite's own: of the orders of reading."""

Ints = NDArray[np.int64]
Orders = Callable[[int], Order]
"""Seed → order."""


class Readings:
    """The passages of a suite, the coder that learns from them, and the orders in which they are read."""

    def __init__(self, suite: Suite, embedder: Embedder, vectors: EmbeddingStore) -> None:
        self.gold = gold_of(suite)
        self.documents = [passage.doc for passage in self.gold.passages]
        self.words = [len(passage.text.split()) for passage in self.gold.passages]
        self.coder = EvaluatedOffline(suite, embedder, vectors)

    def orders(self) -> dict[str, tuple[Orders, bool]]:
        """Name → (order by seed, whether chance plays a part)."""
        return {
            "value": (self._by_value, True),
            "random": (self._random, True),
            "uncertainty": (lambda _seed: self._by_uncertainty, False),
            "document": (self._by_document, True),
            "oracle": (lambda _seed: _by_errors, False),
        }

    def review(self, order: Order) -> Review:
        """Simulate one review."""
        return review(self.gold.truth, self.documents, self.words, self._learn, order)

    @cached_property
    def _untaught(self) -> Scored:
        return self._said(np.zeros(0, np.int64))

    def _learn(self, read: Ints) -> Scored:
        return self._said(np.sort(read)) if read.size else self._untaught

    def _said(self, rows: Ints) -> Scored:
        passages = self.gold.passages
        taught = self.coder.learn([passages[row] for row in rows], self.gold.truth[rows])
        score = taught.score(passages)
        return Scored(score, score >= taught.thresholds)

    def _random(self, seed: int) -> Order:
        line = _drawn(seed, len(self.documents))
        return lambda known: line[np.isin(line, known.open)].tolist()

    def _by_document(self, seed: int) -> Order:
        names = sorted(set(self.documents))
        place = dict(zip(names, _drawn(seed, len(names)).tolist(), strict=True))
        rows = sorted(range(len(self.documents)), key=lambda row: (place[self.documents[row]], row))
        line = np.array(rows, np.int64)
        return lambda known: line[np.isin(line, known.open)].tolist()

    def _by_value(self, seed: int) -> Order:
        line = _drawn(seed, len(self.documents))
        material = self.coder.material
        at = np.array([self.coder.rows[passage.id] for passage in self.gold.passages])
        vectors = material.vectors[at]

        def order(known: Known) -> Sequence[int]:
            open_ = known.open
            score, applied = known.scored.score[open_], known.scored.applied[open_]
            value = Valuation(
                passages=tuple(map(str, open_)),
                errors=expected_errors(score, applied),
                likely=score,
                positives=known.positives.tolist(),
                vectors=vectors[open_],
            )
            ahead = [int(row) for row, _ in put_forward(value)]
            return list(_side_by_side(ahead, line[np.isin(line, open_)].tolist()))

        return order

    def _by_uncertainty(self, known: Known) -> Sequence[int]:
        limits = self._limits(known.scored)
        near = np.maximum(0, 1 - np.abs(known.scored.score - limits) / WITHIN).sum(axis=1)
        return _highest(near, known.open)

    def _limits(self, scored: Scored) -> NDArray[np.float64]:
        """Per code: half way between the lowest score that is suggested and the highest that is not."""
        lowest = np.where(scored.applied, scored.score, 1.0).min(axis=0)
        highest = np.where(scored.applied, 0.0, scored.score).max(axis=0)
        return np.asarray((lowest + highest) / 2)


def workload(
    path: Path, *, finished: Callable[[str, int], None] = lambda _order, _seed: None
) -> WorkloadReport:
    """Simulate the orders of reading on a suite with each of its seeds; nothing is added to its history.

    `finished` hears order and seed of each review. Raises SuiteError, CodebookError, WeightsMissing.
    """
    suite = wiring.read_suite(path)
    vectors = wiring.cache_folder() / "suites" / f"{content_hash(suite.name)[:16]}.npz"
    readings = Readings(suite, wiring.embedder(), wiring.VectorFile(vectors))
    return workload_of(suite, readings, finished)


def workload_of(suite: Suite, readings: Readings, finished: Callable[[str, int], None]) -> WorkloadReport:
    """Simulate, and put the figures together."""
    seeds = suite.split.seeds
    reviews: dict[str, list[Review]] = {}
    for name, (order, by_chance) in readings.orders().items():
        reviews[name] = []
        for seed in seeds if by_chance else seeds[:1]:
            reviews[name].append(readings.review(order(seed)))
            finished(name, seed)
    gold = readings.gold
    pool = Pool.of(gold.truth, readings.documents, readings.words, gold.scored)
    weights = pool.weightings()
    found = {name: curves(pool, each, weights) for name, each in reviews.items()}
    return WorkloadReport(
        suite=suite.name,
        about=str(suite.meta.get("about", "")),
        synthetic=suite.synthetic,
        coder=f"{readings.coder.name} {readings.coder.version}",
        passages=len(gold.passages),
        documents=len(pool.passages),
        codes=len(gold.scored),
        seeds=seeds,
        curves=workload_curves(found, {name: len(each) for name, each in reviews.items()}),
        savings=workload_savings(found),
        conventions=CONVENTIONS,
    )


def _by_errors(known: Known) -> Sequence[int]:
    return _highest(known.wrong.sum(axis=1), known.open)


def _highest(worth: NDArray[np.generic], rows: Ints) -> list[int]:
    found: list[int] = rows[np.argsort(-worth[rows].astype(np.float64), kind="stable")].tolist()
    return found


def _drawn(seed: int, count: int) -> Ints:
    return np.random.default_rng([seed, READING]).permutation(count)


def _side_by_side(ahead: Sequence[int], random: Sequence[int]) -> Iterator[int]:
    """Yield each row once: a quarter of the places by the random line, the others by the one put forward."""
    taken: set[int] = set()
    lines = iter(ahead), iter(random)
    given = 0
    while len(taken) < len(ahead):
        drawn = given + 0.5 < RANDOM * (len(taken) + 1)
        given += drawn
        row = next(each for each in lines[drawn] if each not in taken)
        taken.add(row)
        yield row
