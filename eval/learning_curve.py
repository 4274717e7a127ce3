"""What the offline coder proposes after so many reviewed passages, against what it proposed before any.

`python -m eval.learning_curve [SUITE.yaml …] [--arm blind|assisted|unanswering] [--adds SHARE] [--seeds …]`
prints a table for each suite; the tables of eval/baselines/learning-curve.md are its. A reviewer reads the
training documents one after another, each from its beginning, and stops after 10, 25, … passages. Blind, she
says of every code whether it applies. Assisted, she answers what the coder offered before it learnt anything,
adds `adds` of the codes it missed, and is done: what she leaves, she passed over. Unanswering, she accepts
what is right, leaves the rest of the suggestions unanswered, and adds as before; with `adds` 0 she says
nothing else. All figures are on the test part, whole documents.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cothemes.adapters.readers.suite_yaml import read_suite
from cothemes.adapters.vector_file import VectorFile
from cothemes.adapters.weights import cache_folder
from cothemes.app import wiring
from cothemes.app.figures.evaluated_offline import gold_as_passages
from cothemes.records.passage import Passage
from cothemes.records.record import content_hash
from cothemes.records.suite import Split
from cothemes.stages.evaluate.coding.gold import Gold, gold_of, parts
from cothemes.stages.evaluate.coding.metrics import (
    calibration_error,
    f1_by_code,
    mean_average_precision,
    recall_at,
    spread_over_documents,
)
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.offline_coder import remembered
from cothemes.stages.propose.offline.prior import Units
from cothemes.stages.propose.offline.reviewed import Reviewed

SUITES = Path(__file__).parent / "suites"
NAMES = ("sample", "nhs-px-neas", "serdif-interviews")
SIZES = (0, 10, 25, 50, 100, 200, 400)
GROUPS = 20
COMPARED = ("mAP", "R@3", "macro F1", "ECE")
"""What must not become worse than what the shipped coder reaches."""
ORDER, MISSES = 2, 3
"""Seeds beside the split's own: of the order of reading, of what a reviewer does not add."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Arm:
    """How she reviews."""

    assisted: bool
    answers: bool
    """True if she turns down what is wrong; else she leaves it unanswered."""
    adds: float
    """Of the codes that the coder missed."""


@dataclass(frozen=True)
class Point:
    """One seed's figures after so many passages."""

    figures: dict[str, float]
    lead: dict[str, float]
    """Over the shipped coder, of what is compared."""
    error: dict[str, float]
    """Standard error of the lead, by the jackknife over the test documents."""
    reviewed: int
    groups: int


@dataclass(frozen=True)
class Trial:
    """A suite's passages as the coder reads them, and the coder before anyone taught it."""

    gold: Gold
    codes: tuple[str, ...]
    passages: tuple[Passage, ...]
    """In the order of the gold."""
    material: Material
    read: Units
    """Scores by resemblance, in the order of the material."""
    units: Units
    """The same in the order of the gold."""
    coder: OfflineCoder
    split: Split

    @classmethod
    def of(cls, path: Path) -> Trial:
        """Reads the suite; its vectors are kept between runs."""
        suite, embedder = read_suite(path, os.environ), wiring.embedder()
        gold = gold_of(suite)
        store = VectorFile(cache_folder() / "suites" / f"{content_hash(suite.name)[:16]}.npz")
        coder = OfflineCoder(suite.codebook, embedder)
        passages = tuple(gold_as_passages(gold.passages))
        material = Material.of(passages, remembered(embedder, store))
        codes = tuple(code.id for code in suite.codebook.codes)
        place = {passage.id: row for row, passage in enumerate(material.passages)}
        read = coder.read(material)
        units = read.rows(np.array([place[each.id] for each in passages]))
        return cls(gold, codes, passages, material, read, units, coder, suite.split)

    def applied(self, coder: OfflineCoder, rows: Ints) -> tuple[Floats, Bools]:
        """(scores, suggestions) of passages."""
        score = coder.score(self.units.rows(rows))
        return score, score >= coder.thresholds

    def reviews(self, rows: Ints, arm: Arm, seed: int) -> list[Reviewed]:
        """What she says of the passages."""
        truth = self.gold.truth[rows]
        said = np.ones_like(truth)
        heard: Bools = np.ones(len(rows), bool)
        if arm.assisted:
            said = offered = self.applied(self.coder, rows)[1]
            if not arm.answers:
                said = offered & truth
            adds = np.random.default_rng([seed, MISSES]).random(self.gold.truth.shape)[rows] < arm.adds
            said = said | (truth & adds)
            # As the study's lessons: who answers nothing of what she sees has said nothing.
            heard = np.asarray(said.any(axis=1) | ~offered.any(axis=1))
        return [
            Reviewed(
                passage=self.passages[row],
                labels={self.codes[code]: int(truth[at, code]) for code in np.flatnonzero(said[at])},
                passed_over=frozenset(self.codes[code] for code in np.flatnonzero(~said[at])),
            )
            for at, row in enumerate(rows)
            if heard[at]
        ]

    def points(self, seed: int, arm: Arm) -> Iterator[Point]:
        """A point for every size that the training part can fill, and one for all of it."""
        train, test = parts(self.gold.passages, self.split, seed)
        order = self._reading_order(train, seed)
        truth, documents = self.gold.truth[test], [self.gold.passages[row].doc for row in test]
        before = self.applied(self.coder, test)
        for size in SIZES:
            rows = order[:size]
            coder = self.coder
            if size and (reviewed := self.reviews(rows, arm, seed)):
                coder = coder.fit(reviewed, self.material, self.read)
            after = self.applied(coder, test)

            def lead(rows: Ints, after: tuple[Floats, Bools] = after) -> dict[str, float]:
                now = self._compared(truth[rows], after[0][rows], after[1][rows])
                then = self._compared(truth[rows], before[0][rows], before[1][rows])
                better = {name: now[name] - then[name] for name in COMPARED}
                # Of the calibration error less is better.
                return {**better, "ECE": -better["ECE"]}

            suggested, own = after[1], self.gold.truth[rows]
            figures = {
                **self._compared(truth, *after),
                "share": float(suggested.any(axis=1).mean()),
                "reviewed share": float(own.any(axis=1).mean()) if size else float("nan"),
                "a passage": float(suggested.sum(axis=1).mean()),
                "precision": float((suggested & truth).sum() / max(suggested.sum(), 1)),
            }
            yield Point(
                figures,
                lead(np.arange(len(test))),
                spread_over_documents(documents, lead, GROUPS),
                len(rows),
                min(GROUPS, len(set(documents))),
            )
            if len(order) <= size:
                return

    def _reading_order(self, rows: Ints, seed: int) -> Ints:
        names = sorted({self.gold.passages[row].doc for row in rows})
        drawn = np.random.default_rng([seed, ORDER]).permutation(len(names))
        place = {names[document]: at for at, document in enumerate(drawn)}
        return np.array(sorted(rows, key=lambda row: (place[self.gold.passages[row].doc], row)), np.int64)

    def _compared(self, truth: Bools, score: Floats, applied: Bools) -> dict[str, float]:
        scored = self.gold.scored
        return {
            "mAP": mean_average_precision(truth[:, scored], score[:, scored]),
            "R@3": recall_at(truth[:, scored], score[:, scored], 3),
            "macro F1": float(np.nanmean(f1_by_code(truth[:, scored], applied[:, scored]))),
            "ECE": calibration_error(truth[:, scored], score[:, scored]),
        }


def table(trial: Trial, seeds: Sequence[int], arm: Arm) -> Iterator[str]:
    """Lines of a Markdown table: means over seeds."""
    columns = (*COMPARED, "precision", "a passage", "share", "reviewed share")
    yield f"| reviewed | {' | '.join(columns)} | worse than the shipped coder |"
    yield "|---" * (len(columns) + 2) + "|"
    curves = [list(trial.points(seed, arm)) for seed in seeds]
    for at in range(min(len(curve) for curve in curves)):
        points = [curve[at] for curve in curves]
        means = [f"{np.mean([point.figures[name] for point in points]):.3f}" for name in columns]
        reviewed = round(float(np.mean([point.reviewed for point in points])))
        yield f"| {reviewed} | {' | '.join(means).replace('nan', '')} | {', '.join(_below(points))} |"


def _below(points: Sequence[Point]) -> Iterator[str]:
    """Figures whose 95 % interval of the difference to the shipped coder lies below zero, with the
    interval."""
    for name in COMPARED:
        lead = float(np.mean([point.lead[name] for point in points]))
        error = float(np.mean([point.error[name] for point in points]))
        half = float(stats.t.ppf(0.975, min(point.groups for point in points) - 1)) * error
        if lead + half < 0:
            yield f"{name} {lead:+.3f} ± {half:.3f}"


def main() -> None:
    """Prints the tables that were asked for."""
    asked = argparse.ArgumentParser(description="Learning curves of the offline coder.")
    asked.add_argument("suites", nargs="*", type=Path, default=[SUITES / f"{name}.yaml" for name in NAMES])
    asked.add_argument("--arm", choices=("blind", "assisted", "unanswering"), default="blind")
    asked.add_argument("--adds", type=float, default=1.0)
    asked.add_argument("--seeds", default="0,1,2,3,4")
    wanted = asked.parse_args()
    arm = Arm(wanted.arm != "blind", wanted.arm != "unanswering", wanted.adds)
    seeds = [int(seed) for seed in wanted.seeds.split(",")]
    for path in wanted.suites:
        print(f"\n{path.stem}, {wanted.arm}\n", flush=True)
        for line in table(Trial.of(path), seeds, arm):
            print(line, flush=True)


if __name__ == "__main__":
    main()
