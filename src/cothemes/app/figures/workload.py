"""Workload curves of a suite: the offline coder learns while its passages are read in different orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cothemes.app import wiring
from cothemes.app.figures.evaluated_offline import EvaluatedOffline
from cothemes.records.record import content_hash
from cothemes.records.suite import Suite
from cothemes.stages.evaluate.coding.gold import Gold, gold_of, parts
from cothemes.stages.evaluate.workload.report import (
    CONVENTIONS,
    WorkloadReport,
    workload_curves,
    workload_savings,
)
from cothemes.stages.evaluate.workload.report import (
    RANDOM as RANDOM_ORDER,
)
from cothemes.stages.evaluate.workload.review import Known, Order, Part, Review, Scored, review
from cothemes.stages.evaluate.workload.savings import Pool, curves, weightings
from cothemes.stages.route.uncertainty import WITHIN
from cothemes.stages.route.value import RANDOM, Valuation, expected_errors, put_forward

READING = 7
"""Seed beside the suite's own: of the orders of reading."""

Ints = NDArray[np.int64]


class Readings:
    """One seed's part of a suite, the coder that learns from it, and the orders in which it is read."""

    def __init__(self, suite: Suite, gold: Gold, coder: EvaluatedOffline, seed: int) -> None:
        names = {name: at for at, name in enumerate(sorted({each.doc for each in gold.passages}))}
        rows = parts(gold.passages, suite.split, seed)[1]
        self._passages = [gold.passages[row] for row in rows]
        self._coder = coder
        self._seed = seed
        self.part = Part(
            truth=gold.truth[rows],
            home=np.array([names[each.doc] for each in self._passages]),
            words=np.array([len(each.text.split()) for each in self._passages]),
            documents=len(names),
        )

    @property
    def orders(self) -> dict[str, Order]:
        """Name → order."""
        return {
            "value": self._by_value(),
            RANDOM_ORDER: self._random(),
            "uncertainty": self._by_uncertainty,
            "document": self._by_document(),
            "oracle": _by_errors,
        }

    def review(self, order: Order) -> Review:
        """Simulate one review."""
        return review(self.part, self._learn, order)

    @cached_property
    def _untaught(self) -> Scored:
        return self._said(np.zeros(0, np.int64))

    def _learn(self, read: Ints) -> Scored:
        return self._said(np.sort(read)) if read.size else self._untaught

    def _said(self, rows: Ints) -> Scored:
        taught = self._coder.learn([self._passages[row] for row in rows], self.part.truth[rows])
        score = taught.score(self._passages)
        return Scored(score, score >= taught.thresholds)

    def _random(self) -> Order:
        line = self._drawn(len(self._passages))
        return lambda known: line[np.isin(line, known.open)].tolist()

    def _by_document(self) -> Order:
        home = self.part.home
        place = self._drawn(self.part.documents)
        line = np.array(sorted(range(len(home)), key=lambda row: (place[home[row]], row)), np.int64)
        return lambda known: line[np.isin(line, known.open)].tolist()

    def _by_value(self) -> Order:
        line = self._drawn(len(self._passages))
        rows = [self._coder.rows[each.id] for each in self._passages]
        vectors = self._coder.material.vectors[rows]

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

    def _drawn(self, count: int) -> Ints:
        return np.random.default_rng([self._seed, READING]).permutation(count)

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
    """Simulate the orders of reading on each seed's test part of a suite; nothing is added to its history.

    `finished` hears order and seed of each review. Raises SuiteError, CodebookError, WeightsMissing.
    """
    suite = wiring.read_suite(path)
    vectors = wiring.cache_folder() / "suites" / f"{content_hash(suite.name)[:16]}.npz"
    coder = EvaluatedOffline(suite, wiring.embedder(), wiring.VectorFile(vectors))
    gold = gold_of(suite)
    reviews: dict[str, list[Review]] = {}
    pools: list[Pool] = []
    for seed in suite.split.seeds:
        readings = Readings(suite, gold, coder, seed)
        pools.append(Pool.of(readings.part, gold.scored))
        for name, order in readings.orders.items():
            reviews.setdefault(name, []).append(readings.review(order))
            finished(name, seed)
    weights = weightings(pools)
    found = {name: curves(pools, each, weights) for name, each in reviews.items()}
    return WorkloadReport(
        suite=suite.name,
        about=str(suite.meta.get("about", "")),
        synthetic=suite.synthetic,
        coder=f"{coder.name} {coder.version}",
        passages=round(float(np.mean([pool.passages.sum() for pool in pools]))),
        documents=len(pools[0].passages),
        codes=len(gold.scored),
        seeds=suite.split.seeds,
        curves=workload_curves(found),
        savings=workload_savings(found),
        conventions=CONVENTIONS,
    )


def _by_errors(known: Known) -> Sequence[int]:
    return _highest(known.wrong.sum(axis=1), known.open)


def _highest(worth: NDArray[np.generic], rows: Ints) -> list[int]:
    found: list[int] = rows[np.argsort(-worth[rows].astype(np.float64), kind="stable")].tolist()
    return found


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
