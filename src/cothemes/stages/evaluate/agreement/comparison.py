"""Is a model as close to people as they are to each other, on the same passages?

Agreement among people is the mean over their pairs, that with the model the mean over people, so that
like stands beside like: two raters each time. The difference leaves out one interview after the other on
both sides at once.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.binary_statistics import ALPHA, POSITIVE, BinaryStatistic
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import cluster_sums, jackknife
from cothemes.agreement.result import plain
from cothemes.stages.evaluate.agreement.beside_figures import ComparedCode, Comparison, Measured
from cothemes.stages.evaluate.agreement.cells import NOT_RATED, Answers, Cells
from cothemes.stages.evaluate.agreement.codes import MANY_CLUSTERS, MOST_CLUSTERS
from cothemes.stages.evaluate.agreement.estimate import Estimate

LEVEL = 0.95
TOO_FEW = "no unit was rated by the model and two people"


@dataclass(frozen=True)
class _Sides:
    """Ratings of the passages that count: people's and the model's, units × codes each."""

    people: list[Answers]
    model: Answers
    cluster: NDArray[np.intp]
    clusters: int


def compare(
    cells: Cells,
    people: Sequence[int],
    model: int,
    names: Mapping[int, str],
    codes: Sequence[str],
    labels: Mapping[str, str],
    margin: float | None,
) -> Comparison:
    """One model against these people; `cells` hold all of them, `margin` was set before looking."""
    sides = _sides(cells, people, model)
    rated = sides.model != NOT_RATED
    alpha, macro_alpha, counted = _measured(sides, ALPHA, margin)
    positive, macro_positive, _ = _measured(sides, POSITIVE, margin)
    applied = np.stack([*sides.people, sides.model]) == 1
    said = np.stack(sides.people)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        people_share = (said == 1).sum(axis=(0, 1)) / (said != NOT_RATED).sum(axis=(0, 1))
        model_share = (sides.model == 1).sum(axis=0) / rated.sum(axis=0)
    return Comparison(
        model=names[model],
        people=tuple(names[person] for person in people),
        units=int(rated.any(axis=1).sum()),
        clusters=sides.clusters,
        margin=margin,
        macro_alpha=macro_alpha,
        macro_positive_agreement=macro_positive,
        codes_counted=counted,
        codes=tuple(
            ComparedCode(
                code=code,
                label=labels.get(code, ""),
                units=int(rated[:, place].sum()),
                positives=int(applied[:, :, place].any(axis=0).sum()),
                people_share=plain(float(people_share[place])),
                model_share=plain(float(model_share[place])),
                alpha=alpha[place],
                positive_agreement=positive[place],
            )
            for place, code in enumerate(codes)
        ),
        reason=None if rated.any() else TOO_FEW,
    )


def _sides(cells: Cells, people: Sequence[int], model: int) -> _Sides:
    own = cells.answers_of(model)
    others = [cells.answers_of(person) for person in people]
    read = np.zeros(own.shape, dtype=np.int16)
    for answers in others:
        read += answers != NOT_RATED
    counted = (own != NOT_RATED) & (read >= 2)
    for answers in (own, *others):
        answers[~counted] = NOT_RATED
    units = counted.any(axis=1)
    members, cluster = np.unique(cells.cluster[units], return_inverse=True)
    return _Sides([answers[units] for answers in others], own[units], cluster.astype(np.intp), len(members))


def _measured(
    sides: _Sides, statistic: BinaryStatistic, margin: float | None
) -> tuple[list[Measured], Measured, int]:
    """By code; the mean over codes that have both sides; and how many these are."""
    among = [_sums(sides, a, b, statistic) for a, b in combinations(sides.people, 2)]
    beside = [_sums(sides, person, sides.model, statistic) for person in sides.people]
    count = sides.model.shape[1]

    def values(weights: Floats) -> Floats:
        human, model = (
            _mean([statistic.formula(*(weights @ part for part in pair)) for pair in pairs], axis=0)
            for pairs in (among, beside)
        )
        both = ~np.isnan(human) & ~np.isnan(model)
        means = [_mean(np.where(both, side, math.nan), axis=1)[:, None] for side in (human, model)]
        return np.hstack([human, model, model - human, *means, means[1] - means[0]])

    if not sides.clusters:
        nothing = _one(math.nan, math.nan, math.nan, None, TOO_FEW)
        empty = Measured(human_human=nothing, human_model=nothing, difference=nothing)
        return [empty] * count, empty, 0
    value = values(np.ones((1, sides.clusters)))[0]
    method, reasons = None, [MANY_CLUSTERS] * len(value)
    low = high = np.full(len(value), math.nan)
    if sides.clusters <= MOST_CLUSTERS:
        spread = jackknife(values, sides.clusters, value, LEVEL)
        low, high, method = spread.low, spread.high, spread.method
        reasons = [reason or "" for reason in spread.reasons]

    def estimate(place: int, *, ends: bool) -> Estimate:
        least, most = float(low[place]), float(high[place])
        if ends:
            least, most = max(least, statistic.least), min(most, 1.0)
        known = not math.isnan(value[place])
        reason = reasons[place] if known else statistic.undefined
        found = _one(float(value[place]), least, most, method, reason or None)
        return found.model_copy(update={"clusters": sides.clusters})

    def measured(*places: int) -> Measured:
        human, model = (estimate(place, ends=True) for place in places[:2])
        difference = estimate(places[2], ends=False)
        holds = None if margin is None or difference.low is None else difference.low > -margin
        return Measured(human_human=human, human_model=model, difference=difference, no_worse=holds)

    by_code = [measured(place, count + place, 2 * count + place) for place in range(count)]
    overall = measured(3 * count, 3 * count + 1, 3 * count + 2)
    return by_code, overall, int((~np.isnan(value[2 * count : 3 * count])).sum())


def _sums(sides: _Sides, first: Answers, second: Answers, statistic: BinaryStatistic) -> list[Floats]:
    """The statistic's fields of two raters, clusters × codes each."""
    both = (first != NOT_RATED) & (second != NOT_RATED)
    ones = np.where(both, (first == 1).astype(np.float64) + (second == 1), 0.0)
    fields = statistic.fields(ones, np.where(both, 2.0, 0.0) - ones)
    return [cluster_sums(values, sides.cluster, sides.clusters) for values in fields]


def _mean(values: Floats | list[Floats], axis: int) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(np.asarray(values), axis=axis))


def _one(value: float, low: float, high: float, method: str | None, reason: str | None) -> Estimate:
    known = not math.isnan(low)
    return Estimate(
        value=plain(value),
        low=plain(low),
        high=plain(high) if known else None,
        method=method if known else None,
        reason=reason,
    )
