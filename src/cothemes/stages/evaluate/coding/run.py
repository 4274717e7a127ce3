"""A suite's coders on its passages: split, teach, score, and say how sure the figures are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.stages.evaluate.coding.coders import Bools, Coder, CoderFactory, Floats
from cothemes.stages.evaluate.coding.gold import Gold, gold_of, parts, training_rows
from cothemes.stages.evaluate.coding.metrics import (
    all_metrics,
    average_precision,
    f1_by_code,
    spread_over_documents,
)
from cothemes.stages.evaluate.coding.report import METRICS, CodeFigures, Range, Report, Row
from cothemes.stages.evaluate.coding.yardstick import yardstick

GROUPS = 20
CONVENTIONS = {
    "test": "documents drawn until they hold the test share; every row, train 0 too, is scored on them alone",
    "train": "a random sample of the training passages; 0 uses shipped thresholds, others their own",
    "codes": "those with min_positives in the whole gold; others are listed in too_rare",
    "interval": "mean over seeds ± t · se, delete-a-group jackknife over documents of the test part",
    "recall": "over passages with a scored code",
    "workload_auc": "errors mended against passages reviewed; 0.5 is random order",
}

Finished = Callable[[Row], None]


@dataclass(frozen=True)
class _Seed:
    """One split's result for one row."""

    figures: dict[str, float]
    spread: dict[str, float]
    groups: int
    passages: int
    no_code: float
    precision: Floats
    """Per scored code."""
    f1: Floats


def evaluate_suite(suite: Suite, factory: CoderFactory, finished: Finished = lambda _row: None) -> Report:
    """Every coder of the suite at every size; `finished` sees each row as it is done.

    Raises SuiteError where the gold cannot be scored; whatever `factory` raises.
    """
    gold = gold_of(suite)
    rows = []
    for wanted in suite.coders:
        coder = factory(suite, wanted)
        for size in wanted.train:
            rows.append(_row(suite, gold, coder, wanted, size))
            finished(rows[-1])
    return Report(
        suite=suite.name,
        suite_hash=suite.hash,
        codebook_hash=suite.codebook.hash,
        gold=suite.gold,
        passages=len(gold.passages),
        documents=len({passage.doc for passage in gold.passages}),
        excluded=gold.excluded,
        unrated=gold.unrated,
        too_rare=gold.too_rare,
        outside_codebook=gold.outside,
        rows=tuple(rows),
        human_yardstick=yardstick(suite, gold),
        conventions=CONVENTIONS,
    )


def _row(suite: Suite, gold: Gold, coder: Coder, wanted: CoderRow, size: int | Literal["all"]) -> Row:
    results = [_seed(suite, gold, coder, wanted, size, seed) for seed in suite.split.seeds]
    values = {name: [result.figures[name] for result in results] for name in METRICS}
    means = {name: _mean(found) for name, found in values.items()}
    codes = [code.id for code in suite.codebook.codes]
    return Row(
        coder=coder.name,
        version=coder.version,
        train=size,
        codes=len(gold.scored),
        passages=round(sum(result.passages for result in results) / len(results)),
        no_code=_mean([result.no_code for result in results]),
        seeds=suite.split.seeds,
        intervals={name: _range(name, means[name], results) for name in METRICS},
        by_code=tuple(
            CodeFigures(
                code=codes[column],
                positives=int(gold.truth[:, column].sum()),
                average_precision=_mean([float(result.precision[at]) for result in results]),
                f1=_mean([float(result.f1[at]) for result in results]),
            )
            for at, column in enumerate(gold.scored)
        ),
        **means,
    )


def _seed(
    suite: Suite, gold: Gold, coder: Coder, wanted: CoderRow, size: int | Literal["all"], seed: int
) -> _Seed:
    train, test = parts(gold.passages, suite.split, seed)
    if wanted.limit is not None:
        test = np.sort(np.random.default_rng([seed, 2]).permutation(test)[: wanted.limit])
    taught = training_rows(train, size, seed)
    scorer = coder.learn(_at(gold.passages, taught), gold.truth[taught])
    held = _at(gold.passages, test)
    score = scorer.score(held)[:, gold.scored]
    applied: Bools = score >= scorer.thresholds[gold.scored]
    truth = gold.truth[np.ix_(test, gold.scored)]
    documents = [passage.doc for passage in held]

    def figures(rows: NDArray[np.int64]) -> dict[str, float]:
        return all_metrics(truth[rows], score[rows], applied[rows])

    return _Seed(
        figures=figures(np.arange(len(test))),
        spread=spread_over_documents(documents, figures, GROUPS),
        groups=min(GROUPS, len(set(documents))),
        passages=len(test),
        no_code=float((~applied.any(axis=1)).mean()),
        precision=np.array([average_precision(truth[:, at], score[:, at]) for at in range(truth.shape[1])]),
        f1=f1_by_code(truth, applied),
    )


def _range(name: str, mean: float | None, results: Sequence[_Seed]) -> Range:
    by_seed = tuple(_known(result.figures[name]) for result in results)
    se = _mean([result.spread[name] for result in results])
    groups = min(result.groups for result in results)
    if mean is None or se is None or groups < 2:
        return Range(low=None, high=None, by_seed=by_seed)
    half = float(stats.t.ppf(0.975, groups - 1)) * se
    return Range(low=max(mean - half, -1.0), high=min(mean + half, 1.0), by_seed=by_seed)


def _at(passages: Sequence[GoldPassage], rows: NDArray[np.int64]) -> list[GoldPassage]:
    return [passages[row] for row in rows]


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else None
