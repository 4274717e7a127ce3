"""A suite's coders on its passages: split, teach, score, and say how sure the figures are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cothemes.errors import SuiteError
from cothemes.records.suite import CoderRow, GoldPassage, Suite
from cothemes.stages.evaluate.coding.coders import Bools, Coder, CoderFactory, Floats
from cothemes.stages.evaluate.coding.gold import Gold, gold_of, parts, training_rows
from cothemes.stages.evaluate.coding.metrics import (
    all_metrics,
    at_shares,
    average_precision,
    f1_by_code,
    mended,
    spread_over_documents,
)
from cothemes.stages.evaluate.coding.notes import notes_of
from cothemes.stages.evaluate.coding.report import METRICS, CodeFigures, Range, Report, Row, Work
from cothemes.stages.evaluate.coding.yardstick import yardstick

GROUPS = 20
POINTS = 21
"""Of a workload curve: every twentieth of the passages."""
DRAW = 2
"""Seed of what a limit keeps: the same for all seeds of the suite, so that nothing is paid for twice."""
CONVENTIONS = {
    "test": "documents drawn until they hold the test share; every row, train 0 too, is scored on them alone",
    "train": "a random sample of the training passages; 0 uses shipped thresholds, others their own",
    "codes": "those with min_positives in the whole gold; others are listed in too_rare",
    "interval": "mean over seeds ± t · se, delete-a-group jackknife over documents of the test part",
    "recall": "over passages with a scored code",
    "workload_auc": "errors mended against passages reviewed; 0.5 is random order; the curve beside it has "
    "an oracle's order too",
    "limit": "so many passages are drawn at random over all test parts; each seed has those of its own part",
    "unanswered": "a passage without a usable reply counts as given no code",
}

Finished = Callable[[Row], None]


@dataclass(frozen=True)
class _Seed:
    """One split's result for one row."""

    figures: dict[str, float]
    spread: dict[str, float]
    groups: int
    passages: int
    documents: int
    no_code: float
    precision: Floats
    """Per scored code."""
    f1: Floats
    work: tuple[Floats, Floats] | None
    """Errors mended at equal shares of the passages, as proposed and by an oracle."""


@dataclass(frozen=True)
class _Split:
    """One seed's passages."""

    seed: int
    train: NDArray[np.int64]
    test: NDArray[np.int64]


def evaluate_suite(suite: Suite, factory: CoderFactory, finished: Finished = lambda _row: None) -> Report:
    """Every coder of the suite at every size; `finished` sees each row as it is done.

    Raises SuiteError where the gold cannot be scored; whatever `factory` raises.
    """
    gold = gold_of(suite)
    rows = []
    for wanted in suite.coders:
        coder = factory(suite, wanted)
        splits = _splits(suite, gold, wanted)
        coder.expect(_at(gold.passages, np.unique(np.concatenate([split.test for split in splits]))))
        for size in wanted.train:
            rows.append(_row(suite, gold, coder, splits, size))
            finished(rows[-1])
    return Report(
        suite=suite.name,
        about=str(suite.meta.get("about", "")),
        notes=notes_of(suite, gold, rows),
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


def expected_passages(suite: Suite, wanted: CoderRow) -> list[GoldPassage]:
    """What a row's coder will be asked about, to tell the price beforehand. Raises as `evaluate_suite`."""
    gold = gold_of(suite)
    splits = _splits(suite, gold, wanted)
    return _at(gold.passages, np.unique(np.concatenate([split.test for split in splits])))


def _splits(suite: Suite, gold: Gold, wanted: CoderRow) -> list[_Split]:
    """Every seed's parts; with a limit, so many passages are drawn over all test parts."""
    splits = [_Split(seed, *parts(gold.passages, suite.split, seed)) for seed in suite.split.seeds]
    tested = np.unique(np.concatenate([split.test for split in splits]))
    if wanted.limit is None or wanted.limit >= len(tested):
        return splits
    drawn = np.random.default_rng(DRAW).permutation(tested)[: wanted.limit]
    found = [replace(split, test=np.intersect1d(split.test, drawn)) for split in splits]
    empty = [split.seed for split in found if not len(split.test)]
    if empty:
        raise SuiteError(
            f"a limit of {wanted.limit} leaves the test part of seed {empty[0]} without a passage",
            where=suite.path,
            hint="Raise `limit`, or name fewer seeds.",
        )
    return found


def _row(suite: Suite, gold: Gold, coder: Coder, splits: Sequence[_Split], size: int | Literal["all"]) -> Row:
    results = [_seed(gold, coder, split, size) for split in splits]
    values = {name: [result.figures[name] for result in results] for name in METRICS}
    means = {name: _mean(found) for name, found in values.items()}
    codes = [code.id for code in suite.codebook.codes]
    return Row(
        coder=coder.name,
        version=coder.version,
        model=coder.model,
        prompt=coder.prompt,
        train=size,
        codes=len(gold.scored),
        passages=round(sum(result.passages for result in results) / len(results)),
        documents=min(result.documents for result in results),
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
        workload=_work([result.work for result in results if result.work is not None]),
        asked=coder.asked,
        stability=coder.stability,
        **means,
    )


def _work(curves: Sequence[tuple[Floats, Floats]]) -> tuple[Work, ...]:
    if not curves:
        return ()
    proposed, oracle = (np.mean([curve[side] for curve in curves], axis=0) for side in (0, 1))
    return tuple(
        Work(reviewed=at / (POINTS - 1), proposed=float(proposed[at]), oracle=float(oracle[at]))
        for at in range(POINTS)
    )


def _seed(gold: Gold, coder: Coder, split: _Split, size: int | Literal["all"]) -> _Seed:
    test, taught = split.test, training_rows(split.train, size, split.seed)
    scorer = coder.learn(_at(gold.passages, taught), gold.truth[taught])
    held = _at(gold.passages, test)
    score = scorer.score(held)[:, gold.scored]
    applied: Bools = score >= scorer.thresholds[gold.scored]
    truth = gold.truth[np.ix_(test, gold.scored)]
    documents = [passage.doc for passage in held]
    as_proposed, oracle = mended(truth, score, applied)

    def figures(rows: NDArray[np.int64]) -> dict[str, float]:
        return all_metrics(truth[rows], score[rows], applied[rows])

    return _Seed(
        figures=figures(np.arange(len(test))),
        spread=spread_over_documents(documents, figures, GROUPS),
        groups=min(GROUPS, len(set(documents))),
        passages=len(test),
        documents=len(set(documents)),
        no_code=float((~applied.any(axis=1)).mean()),
        precision=np.array([average_precision(truth[:, at], score[:, at]) for at in range(truth.shape[1])]),
        f1=f1_by_code(truth, applied),
        work=(at_shares(as_proposed, POINTS), at_shares(oracle, POINTS)) if len(oracle) else None,
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
