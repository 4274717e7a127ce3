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
from cothemes.agreement.possible import why_withheld
from cothemes.agreement.ratings import Bools, Floats
from cothemes.agreement.resampling import cluster_sums, jackknife
from cothemes.agreement.result import NONE_AGREED, Result, plain, undefined
from cothemes.records.numbers import coefficient
from cothemes.records.record import Record
from cothemes.records.text import counted
from cothemes.stages.evaluate.agreement.cells import NOT_RATED, Answers, Cells
from cothemes.stages.evaluate.estimate import (
    FIRM_AGREED,
    MANY_CLUSTERS,
    Estimate,
    estimate_of,
    interval_over,
    rarity_of,
    without_interval,
)

LEVEL = 0.95
NEITHER_SIDE = "neither of the two alphas has an interval"
TOO_FEW = "no unit was rated by the model and two people"


class Measured(Record):
    """One coefficient among people, between people and the model, and the difference of the two."""

    human_human: Estimate
    human_model: Estimate
    difference: Estimate
    """Human–model less human–human, paired by interview."""
    no_worse: bool | None = None
    """True if the interval of the difference lies above minus the margin; None without a margin."""


class ComparedCode(Record):
    """One code, people and model on the same passages."""

    code: str
    label: str = ""
    units: int
    positives: int
    """Units of these to which a person or the model applied the code."""
    agreed_people: int = 0
    """Units to which two people gave it."""
    agreed_model: int = 0
    """Units to which the model and a person gave it."""
    flag: str | None = None
    """`none agreed` or `too rare`, by the scarcer of the two."""
    people_share: float | None
    model_share: float | None
    alpha: Measured
    positive_agreement: Measured


class Comparison(Record):
    """One model against people, on the passages that it and at least two of them rated."""

    model: str
    people: tuple[str, ...]
    units: int
    clusters: int
    margin: float | None
    macro_alpha: Measured
    """Mean over the codes that have both alphas. Its `no_worse` is that of `judged_alpha`."""
    macro_positive_agreement: Measured
    codes_counted: int
    macro_alpha_without_rare: Measured | None = None
    """The mean without the codes flagged too rare or none agreed; None where none of its codes is."""
    rare: tuple[str, ...] = ()
    """Codes of the mean that are flagged."""
    judged_alpha: Measured | None = None
    """The mean that the margin is held against: without the codes flagged none agreed. None where no code is
    left."""
    judged_codes: int = 0
    codes: tuple[ComparedCode, ...]
    reason: str | None = None

    @property
    def means(self) -> tuple[tuple[str, Measured], ...]:
        """The mean over all codes, and without the flagged ones where there are any."""
        without = self.macro_alpha_without_rare
        kept = self.codes_counted - len(self.rare)
        return (
            (f"mean of {self.codes_counted}", self.macro_alpha),
            *([(f"mean of {kept} unflagged", without)] if without and kept else []),
        )

    @property
    def judged(self) -> str:
        """Return what the margin, set beforehand, lets one say."""
        if self.margin is None:
            return (
                "No margin was set beforehand, so whether the model is about as good as people is left open."
            )
        within = f"within {coefficient(self.margin)} of people"
        if self.judged_alpha is None:
            return f"Whether the model is {within} is not known: {self.unjudged}."
        out = self.codes_counted - self.judged_codes
        without = f" without the {counted(out, 'code')} flagged none agreed" if out else ""
        low = self.judged_alpha.difference.low
        if low is None:
            return (
                f"Whether the model is {within} is not known: the mean difference{without} has no interval."
            )
        shown = "shown" if self.judged_alpha.no_worse else "not shown"
        return (
            f"The model is {shown} to be {within}: lower end of the mean difference{without} "
            f"{coefficient(low)}."
        )

    @property
    def unjudged(self) -> str:
        """Return why no mean can be held against the margin."""
        if not self.codes_counted:
            return "no code has an alpha on both sides"
        return "all codes of the mean are flagged none agreed"


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
    agreed = _agreed(sides)
    least = np.minimum(*agreed)
    firm, some = least >= FIRM_AGREED, least > 0
    alpha, means, counts = _measured(sides, ALPHA, margin, [np.ones_like(firm), firm, some])
    positive, (macro_positive,), _ = _measured(sides, POSITIVE, margin, [np.ones_like(firm)])
    applied = np.stack([*sides.people, sides.model]) == 1
    in_all, in_firm, in_some = counts
    in_mean = [found.difference.value is not None for found in alpha]
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
        macro_alpha=means[0].model_copy(update={"no_worse": means[2].no_worse if in_some else None}),
        macro_positive_agreement=macro_positive,
        codes_counted=in_all,
        macro_alpha_without_rare=means[1] if in_firm < in_all else None,
        rare=tuple(
            code for code, there, fine in zip(codes, in_mean, firm, strict=True) if there and not fine
        ),
        judged_alpha=means[2] if in_some else None,
        judged_codes=in_some,
        codes=tuple(
            ComparedCode(
                code=code,
                label=labels.get(code, ""),
                units=int(rated[:, place].sum()),
                positives=int(applied[:, :, place].any(axis=0).sum()),
                people_share=plain(float(people_share[place])),
                model_share=plain(float(model_share[place])),
                agreed_people=int(agreed[0][place]),
                agreed_model=int(agreed[1][place]),
                flag=_flag(alpha[place], int(agreed[0][place]), int(agreed[1][place])),
                alpha=alpha[place],
                positive_agreement=positive[place],
            )
            for place, code in enumerate(codes)
        ),
        reason=None if rated.any() else TOO_FEW,
    )


def _agreed(sides: _Sides) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Per code, passages to which two people gave it, and to which the model and a person did."""
    given = np.stack(sides.people) == 1
    return (given.sum(axis=0) >= 2).sum(axis=0), ((sides.model == 1) & given.any(axis=0)).sum(axis=0)


def _flag(alpha: Measured, people: int, model: int) -> str | None:
    """Return the flag by the scarcer of the two; none where the code has no figure to flag."""
    found = (alpha.human_human.value, alpha.human_model.value)
    return None if found == (None, None) else rarity_of(min(people, model))


def _sides(cells: Cells, people: Sequence[int], model: int) -> _Sides:
    own = cells.answers_of(model)
    others = [cells.answers_of(person) for person in people]
    read = np.zeros(own.shape, dtype=np.int16)
    for answers in others:
        read += answers != NOT_RATED
    both_read = (own != NOT_RATED) & (read >= 2)
    for answers in (own, *others):
        answers[~both_read] = NOT_RATED
    units = both_read.any(axis=1)
    members, cluster = np.unique(cells.cluster[units], return_inverse=True)
    return _Sides([answers[units] for answers in others], own[units], cluster.astype(np.intp), len(members))


def _measured(
    sides: _Sides, statistic: BinaryStatistic, margin: float | None, asked: Sequence[Bools]
) -> tuple[list[Measured], list[Measured], list[int]]:
    """Return the figures by code; the means over the codes of each of `asked` that have both sides; and how
    many these are.
    """
    among = [_sums(sides, a, b, statistic) for a, b in combinations(sides.people, 2)]
    beside = [_sums(sides, person, sides.model, statistic) for person in sides.people]
    count = sides.model.shape[1]

    def values(weights: Floats) -> Floats:
        human, model = (
            _mean([statistic.formula(*(weights @ part for part in pair)) for pair in pairs], axis=0)
            for pairs in (among, beside)
        )
        both = ~np.isnan(human) & ~np.isnan(model)
        columns = [human, model, model - human]
        for codes in asked:
            means = [_mean(np.where(both & codes, s, math.nan), axis=1)[:, None] for s in (human, model)]
            columns += [*means, means[1] - means[0]]
        return np.hstack(columns)

    if not sides.clusters:
        nothing = estimate_of(undefined(TOO_FEW))
        empty = Measured(human_human=nothing, human_model=nothing, difference=nothing)
        return [empty] * count, [empty] * len(asked), [0] * len(asked)
    value = values(np.ones((1, sides.clusters)))[0]
    methods, reasons = [""] * len(value), [MANY_CLUSTERS] * len(value)
    low = high = np.full(len(value), math.nan)
    if interval_over(sides.clusters):
        # The sides are coefficients; their differences are not.
        sided = np.concatenate([np.ones(2 * count), np.zeros(count), [1, 1, 0] * len(asked)]).astype(bool)
        spread = jackknife(values, sides.clusters, value, LEVEL, at_most_one=sided)
        low, high, methods = spread.low, spread.high, spread.methods
        reasons = [reason or "" for reason in spread.reasons]
    least = [_least(pairs, statistic) for pairs in (among, beside)]

    def estimate(place: int, least: float, most: float) -> Estimate:
        known = not math.isnan(value[place])
        reason = reasons[place] if known else statistic.undefined
        ends = float(low[place]), float(high[place])
        if withheld := why_withheld(*ends, least, most):
            ends, reason = (math.nan, math.nan), withheld
        found = Result(
            value=float(value[place]),
            low=ends[0],
            high=ends[1],
            method=None if math.isnan(ends[0]) else methods[place],
            reason=reason or None,
        )
        return estimate_of(found, clusters=sides.clusters)

    def measured(places: tuple[int, int, int], bounds: list[float], agreed: tuple[int, int]) -> Measured:
        human, model = (estimate(place, bound, 1.0) for place, bound in zip(places[:2], bounds, strict=True))
        difference = estimate(places[2], bounds[1] - 1, 1 - bounds[0])
        human, model, difference = (
            found if few else without_interval(found, NONE_AGREED)
            for found, few in zip((human, model, difference), (*agreed, min(agreed)), strict=True)
        )
        if human.withheld and model.withheld and difference.low is not None:
            same = human.reason == model.reason
            difference = without_interval(difference, (same and human.reason) or NEITHER_SIDE)
        holds = None if margin is None or difference.low is None else difference.low > -margin
        return Measured(human_human=human, human_model=model, difference=difference, no_worse=holds)

    agreed = _agreed(sides)
    by_code = [
        measured(
            (place, count + place, 2 * count + place),
            [float(side[place]) for side in least],
            (int(agreed[0][place]), int(agreed[1][place])),
        )
        for place in range(count)
    ]
    both = ~np.isnan(value[2 * count : 3 * count])
    means = []
    for place, codes in enumerate(asked):
        kept = both & codes
        bounds = [float(side[kept].mean()) if kept.any() else -math.inf for side in least]
        every = int(agreed[0][codes].sum()), int(agreed[1][codes].sum())
        first = 3 * count + 3 * place
        means.append(measured((first, first + 1, first + 2), bounds, every))
    return by_code, means, [int((both & codes).sum()) for codes in asked]


def _least(pairs: list[list[Floats]], statistic: BinaryStatistic) -> Floats:
    """Return what the mean over pairs of raters is at least, by code.

    Alpha of two raters with a ratings of one kind and b of the other is least where no two of the rarer kind
    meet: 1 − (a + b − 1) / max(a, b). Shares are 0 at least.
    """
    if statistic is not ALPHA:
        return np.zeros(pairs[0][0].shape[1])
    found = []
    for _, ones, zeros in pairs:
        given, rest = ones.sum(axis=0), zeros.sum(axis=0)
        varied = (given > 0) & (rest > 0)
        found.append(
            np.where(varied, 1 - (given + rest - 1) / np.maximum(np.maximum(given, rest), 1), np.nan)
        )
    return _mean(found, axis=0)


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
