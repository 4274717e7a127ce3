"""One coder at one size of training: scored on every seed's test part, put together over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from cothemes.agreement import possible
from cothemes.agreement.calibration import ReliabilityBin, reliability_bins
from cothemes.agreement.exact_share import FEW, clopper_pearson
from cothemes.agreement.resampling import LOG_FROM
from cothemes.agreement.result import NONE_AGREED
from cothemes.records.codebook import Code
from cothemes.records.suite import Suite
from cothemes.stages.evaluate.agreement.confusion import Confusion, confused, confusion_of
from cothemes.stages.evaluate.coding.coders import Bools, Coder, Floats
from cothemes.stages.evaluate.coding.gold import Gold, Ints, training_rows
from cothemes.stages.evaluate.coding.ground import ground_of
from cothemes.stages.evaluate.coding.metric import CodeMetric
from cothemes.stages.evaluate.coding.metrics import (
    BINS,
    CODE_METRICS,
    GROUPS,
    METRICS,
    all_metrics,
    at_shares,
    by_code,
    groups_of,
    mended,
    spread_over_documents,
)
from cothemes.stages.evaluate.coding.report import Bin, CodeFigures, Range, Row, Work
from cothemes.stages.evaluate.coding.splits import Parts, at
from cothemes.stages.evaluate.estimate import rarity_of

POINTS = 21
"""Points of a workload curve: every twentieth of the passages."""
LEVEL = 0.95
GOLD = "gold"


@dataclass(frozen=True)
class _Seed:
    """One split's result for one row."""

    figures: dict[str, float]
    codes: dict[str, Floats]
    """Per scored code."""
    spread: dict[str, Any]
    """Standard errors of the figures; of arrays under the keys `codes`' and `bins`."""
    groups: int
    truth: Bools
    applied: Bools
    documents: int
    left_out: list[dict[str, float]]
    """The figures without each group of the gold's documents; NaN where nothing is left."""
    bins: tuple[ReliabilityBin, ...]
    work: tuple[Floats, Floats] | None
    """Errors mended at equal shares of the passages, as proposed and by an oracle."""


def row_of(
    suite: Suite, gold: Gold, coder: Coder, splits: Sequence[Parts], size: int | Literal["all"]
) -> Row:
    """Teaches, scores and sums up; raises whatever the coder raises."""
    home = groups_of([passage.doc for passage in gold.passages])
    results = [_seed(gold, coder, split, size, home) for split in splits]
    means = {name: mean([result.figures[name] for result in results]) for name in METRICS.keys}
    codes = [suite.codebook.codes[column] for column in gold.scored]
    return Row(
        coder=coder.name,
        version=coder.version,
        model=coder.model,
        prompt=coder.prompt,
        train=size,
        codes=len(codes),
        passages=round(sum(len(result.truth) for result in results) / len(results)),
        documents=min(result.documents for result in results),
        no_code=mean([float((~result.applied.any(axis=1)).mean()) for result in results]),
        seeds=suite.split.seeds,
        intervals={
            name: _range(
                [result.figures[name] for result in results],
                [result.spread[name] for result in results],
                _groups(results),
                signed=METRICS[name].signed,
            ).model_copy(update={"left_out": _left_out(name, results)})
            for name in METRICS.keys
        },
        by_code=tuple(
            _code(code, int(gold.truth[:, column].sum()), place, results)
            for place, (code, column) in enumerate(zip(codes, gold.scored, strict=True))
        ),
        workload=_work([result.work for result in results if result.work is not None]),
        bins=_bins(results),
        confusion=_confusion(results, [code.id for code in codes], coder.name),
        ground=ground_of(suite, gold, splits),
        asked=coder.asked,
        stability=coder.stability,
        **means,
    )


def t_range(
    value: float | None, se: float | None, groups: int, by_seed: Sequence[float], *, signed: bool = False
) -> Range:
    """The value ± t · se on groups − 1 degrees of freedom; from .5 on of log(1 − x), whose error is se / (1
    − x), carried back, so that no end passes 1. Without ends, and with the reason, where these would reach
    beyond what the figure can be or fall together."""
    seen = tuple(known(each) for each in by_seed)
    if value is None or se is None or groups < 2:
        return Range(low=None, high=None, by_seed=seen)
    half = float(special.stdtrit(groups - 1, (1 + LEVEL) / 2)) * se
    least = -1.0 if signed else 0.0
    low, high = value - half, value + half
    if LOG_FROM <= value < 1:
        factor = math.exp(min(half / (1 - value), 700.0))
        low, high = 1 - (1 - value) * factor, 1 - (1 - value) / factor
    if reason := possible.why_withheld(low, high, least):
        return Range(low=None, high=None, reason=reason, half=half, by_seed=seen)
    return Range(low=low, high=high, half=half, by_seed=seen)


def _seed(
    gold: Gold, coder: Coder, split: Parts, size: int | Literal["all"], home: Mapping[str, int]
) -> _Seed:
    taught = training_rows(split.train, size, split.seed)
    scorer = coder.learn(at(gold, taught), gold.truth[taught])
    held = at(gold, split.test)
    score = scorer.score(held)[:, gold.scored]
    applied: Bools = score >= scorer.thresholds[gold.scored]
    truth = gold.truth[np.ix_(split.test, gold.scored)]
    documents = [passage.doc for passage in held]

    def figures(rows: Ints) -> Mapping[str, Any]:
        codes = by_code(truth[rows], score[rows], applied[rows])
        bins = reliability_bins(truth[rows].ravel(), score[rows].ravel(), BINS)
        return {
            **all_metrics(truth[rows], score[rows], applied[rows], codes),
            **{_of_codes(name): codes[name] for name in CODE_METRICS.keys},
            "bins": np.array([each.share_true for each in bins]),
        }

    codes = by_code(truth, score, applied)
    as_proposed, oracle = mended(truth, score, applied)
    spread = spread_over_documents(documents, figures)
    return _Seed(
        figures=all_metrics(truth, score, applied, codes),
        codes=codes,
        spread=spread,
        groups=min(GROUPS, len(set(documents))),
        truth=truth,
        applied=applied,
        documents=len(set(documents)),
        left_out=_without(documents, home, lambda rows: all_metrics(truth[rows], score[rows], applied[rows])),
        bins=reliability_bins(truth.ravel(), score.ravel(), BINS),
        work=(at_shares(as_proposed, POINTS), at_shares(oracle, POINTS)) if len(oracle) else None,
    )


def _without(
    documents: Sequence[str], home: Mapping[str, int], figures: Callable[[Ints], dict[str, float]]
) -> list[dict[str, float]]:
    """The test part's figures with each group left out; a group without a passage in it leaves them whole."""
    place = np.array([home[document] for document in documents])
    whole = figures(np.arange(len(place)))
    found = []
    for group in range(max(home.values()) + 1):
        rows = np.flatnonzero(place != group)
        if len(rows) == len(place):
            found.append(whole)
        else:
            found.append(figures(rows) if len(rows) else dict.fromkeys(METRICS.keys, math.nan))
    return found


def _left_out(name: str, results: Sequence[_Seed]) -> tuple[float | None, ...]:
    groups = zip(*(result.left_out for result in results), strict=True)
    return tuple(mean([part[name] for part in parts]) for parts in groups)


def _code(code: Code, positives: int, place: int, results: Sequence[_Seed]) -> CodeFigures:
    values = {name: [float(result.codes[name][place]) for result in results] for name in CODE_METRICS.keys}
    spreads = {
        name: [result.spread[_of_codes(name)][place] for result in results] for name in CODE_METRICS.keys
    }
    tested = [result for result in results if result.truth[:, place].any()]
    agreed = mean([float((each.truth[:, place] & each.applied[:, place]).sum()) for each in tested])
    ranges = {
        each.key: _code_range(each, place, values[each.key], spreads[each.key], results)
        for each in CODE_METRICS
    }
    if agreed == 0:
        ranges |= {each.key: _silent(ranges[each.key]) for each in CODE_METRICS if each.wants_agreed}
    return CodeFigures(
        code=code.id,
        label=code.label,
        positives=positives,
        splits=len(tested),
        agreed=agreed,
        flag=None if agreed is None else rarity_of(agreed),
        intervals=ranges,
        **{name: mean(values[name]) for name in CODE_METRICS.keys},
    )


def _code_range(
    metric: CodeMetric,
    place: int,
    values: Sequence[float],
    spreads: Sequence[float],
    results: Sequence[_Seed],
) -> Range:
    found = _range(values, spreads, _groups(results), signed=metric.signed)
    whole = metric.share_of
    counts = [int(whole(result)[:, place].sum()) for result in results] if whole else []
    counted = [count for count in counts if count]
    value = mean(values)
    if value is None or not counted:
        return found
    return _no_narrower(found, value, sum(counted) / len(counted))


NO_HALF = 1e-9
"""Half width of an interval that has none."""


def _no_narrower(found: Range, value: float, units: float) -> Range:
    """A range of a share of so many units, no narrower than the exact one where events or others are few.

    Units are those of one split: the others hold many of the same passages.
    """
    count = max(round(units), 1)
    events = round(value * count)
    if found.half is None or min(events, count - events) >= FEW:
        return found
    low, high = clopper_pearson(events, count)
    if found.half > NO_HALF:
        low, high = min(low, max(value - found.half, 0.0)), max(high, min(value + found.half, 1.0))
    return found.model_copy(update={"low": low, "high": high, "reason": None})


def _bins(results: Sequence[_Seed]) -> tuple[Bin, ...]:
    found = []
    for number, parts in enumerate(zip(*(result.bins for result in results), strict=True)):
        cells = sum(part.units for part in parts)
        if not cells:
            continue
        filled = [part for part in parts if part.units]
        true = sum(part.units * part.share_true for part in filled) / cells
        se = mean([float(result.spread["bins"][number]) for result in results])
        spread = t_range(true, se, _groups(results), ())
        spread = _no_narrower(spread, true, cells / len(filled))
        found.append(
            Bin(
                low=filled[0].low,
                high=filled[0].high,
                cells=cells,
                mean=sum(part.units * part.mean_probability for part in filled) / cells,
                share_true=true,
                true_low=spread.low,
                true_high=spread.high,
            )
        )
    return tuple(found)


def _confusion(results: Sequence[_Seed], codes: Sequence[str], coder: str) -> Confusion:
    pairs = [(result.truth.astype(np.int8), result.applied.astype(np.int8)) for result in results]
    return confusion_of("gold-coder", GOLD, coder, *confused(pairs, len(codes)), codes, symmetric=False)


def _work(curves: Sequence[tuple[Floats, Floats]]) -> tuple[Work, ...]:
    if not curves:
        return ()
    proposed, oracle = (np.mean([curve[side] for curve in curves], axis=0) for side in (0, 1))
    return tuple(
        Work(reviewed=place / (POINTS - 1), proposed=float(proposed[place]), oracle=float(oracle[place]))
        for place in range(POINTS)
    )


def _silent(found: Range) -> Range:
    return found.model_copy(update={"low": None, "high": None, "reason": NONE_AGREED})


def _range(values: Sequence[float], spreads: Sequence[float], groups: int, *, signed: bool) -> Range:
    return t_range(mean(values), mean(spreads), groups, values, signed=signed)


def _groups(results: Sequence[_Seed]) -> int:
    return min(result.groups for result in results)


def _of_codes(name: str) -> str:
    return f"codes' {name}"


def known(value: float) -> float | None:
    """A plain number; None for NaN."""
    return float(value) if math.isfinite(value) else None


def mean(values: Sequence[float]) -> float | None:
    """Return the mean of the numbers; None where there are none."""
    numbers = [float(value) for value in values if math.isfinite(value)]
    return float(np.mean(numbers)) if numbers else None
