"""All codes of a study at once: each applied or not, by several raters, passage by passage.

A coefficient of a code needs a few sums per interview. Added up once, they give it for forty codes,
with every interview left out in turn or a thousand draws of interviews, without a second pass over
the passages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cothemes.agreement.binary_statistics import AC1, ALPHA, PERCENT, POSITIVE, BinaryStatistic, paired
from cothemes.agreement.estimate import Interval, IntervalOptions, spread_of
from cothemes.agreement.possible import why_withheld
from cothemes.agreement.ratings import Bools, Floats, Ints
from cothemes.agreement.resampling import Clusters, Evaluate, Spread, cluster_sums, read_clusters
from cothemes.agreement.result import NO_PAIRS, NONE_AGREED, Result
from cothemes.errors import RatingsError


@dataclass(frozen=True, slots=True)
class BinaryTable:
    """Numbers of raters who applied each code to each unit, and how many considered it and did not."""

    ones: Floats
    """Units × codes: ratings of 1."""

    zeros: Floats
    """Units × codes: ratings of 0. A unit that nobody rated for a code has 0 in both."""

    clusters: Clusters
    """The interview of each unit."""

    @classmethod
    def of_counts(cls, ones: ArrayLike, zeros: ArrayLike, clusters: Iterable[Any]) -> BinaryTable:
        """Return the table of counts, units × codes, and the cluster of each unit.

        Raises RatingsError where the shapes differ or a count is no whole number from 0 up.
        """
        applied, not_applied = (_counts(values) for values in (ones, zeros))
        if applied.ndim != 2 or applied.shape != not_applied.shape:
            raise RatingsError(
                f"counts have the shapes {applied.shape} and {not_applied.shape}",
                hint="Give two tables of units × codes of the same shape",
            )
        both = np.stack([applied, not_applied])
        if not ((both >= 0) & (both == np.floor(both)) & np.isfinite(both)).all():
            raise RatingsError(
                "a count is negative, missing or no whole number",
                hint="Count 0 where nobody gave the rating",
            )
        return cls(applied, not_applied, read_clusters(clusters, len(applied)))

    @classmethod
    def of_ratings(cls, ratings: ArrayLike, clusters: Iterable[Any]) -> BinaryTable:
        """Return the table of ratings, units × raters × codes: 1, 0, and NaN or a negative number where
        missing.
        """
        given = np.asarray(ratings)
        if given.ndim != 3:
            raise RatingsError(
                f"ratings have {given.ndim} dimension(s), not three",
                hint="Give units × raters × codes",
            )
        if given.dtype.kind not in "biuf":
            raise RatingsError("ratings are not all numbers", hint="Give 1, 0, or NaN where it is missing")
        ones, zeros = given == 1, given == 0
        if (((given >= 0) & ~ones & ~zeros) | np.isinf(given)).any():
            raise RatingsError("a rating is neither 0 nor 1", hint="Give 1, 0, or NaN where it is missing")
        return cls.of_counts(ones.sum(axis=1), zeros.sum(axis=1), clusters)

    def alpha(self, interval: Interval = "jackknife", **options: Any) -> tuple[Result, ...]:
        """Krippendorff's alpha of each code; `options` are level, replicates and seed.

        alpha = 1 − (N−1) · O / (N₁ · N₀), O = Σ n₁ n₀ / (n−1) over units with two ratings.
        """
        return self.measure(ALPHA, interval, **options)

    def ac1(self, interval: Interval = "jackknife", **options: Any) -> tuple[Result, ...]:
        """Gwet's AC1 of each code, of the two categories applied and not applied."""
        return self.measure(AC1, interval, **options)

    def percent_agreement(self, interval: Interval = "jackknife", **options: Any) -> tuple[Result, ...]:
        """Share of agreeing pairs of ratings of each code."""
        return self.measure(PERCENT, interval, **options)

    def positive_agreement(self, interval: Interval = "jackknife", **options: Any) -> tuple[Result, ...]:
        """Return how often a second rater confirms that a code applies."""
        return self.measure(POSITIVE, interval, **options)

    def positives(self) -> tuple[int, ...]:
        """Units with two ratings to which at least one rater applied the code, by code."""
        return tuple(((self.ones > 0) & paired(self.ones, self.zeros)).sum(axis=0).tolist())

    def agreed(self) -> tuple[int, ...]:
        """Units to which two raters or more applied the code, by code."""
        return tuple((self.ones >= 2).sum(axis=0).tolist())

    def _withheld(self, found: Result, statistic: BinaryStatistic, code: int, agreed: int) -> Result:
        """`found` without its interval, where that would say nothing or reach beyond what the figure can
        be."""
        if statistic.wants_agreed and not agreed:
            silent = replace(found, se=math.nan, low=math.nan, high=math.nan, method=None)
            return replace(silent, reason=NONE_AGREED)
        if math.isnan(found.low):
            return found
        why = why_withheld(found.low, found.high, self._least(statistic, code))
        return replace(found, low=math.nan, high=math.nan, reason=why, method=None) if why else found

    def _least(self, statistic: BinaryStatistic, code: int) -> float:
        """Return what the statistic of one code is at least, with as many ratings of 1 and of 0."""
        ones, zeros = self.ones[:, code], self.zeros[:, code]
        total = ones + zeros
        rated, both = total > 0, total >= 2
        share = float((ones[rated] / total[rated]).mean())
        return statistic.least(ones[both], zeros[both], share)

    def measure(
        self, statistic: BinaryStatistic, interval: Interval = "jackknife", **options: Any
    ) -> tuple[Result, ...]:
        """Any binary statistic of each code, with an interval over clusters."""
        wanted = IntervalOptions(clusters=(), interval=interval, **options)
        if interval == "analytic":
            raise RatingsError(
                "a table of codes has no analytic interval",
                hint="Choose interval='jackknife' or 'bootstrap'",
            )
        both = paired(self.ones, self.zeros)
        counted = (self.ones + self.zeros >= 1) & both.any(axis=0) if statistic.single_ratings else both
        fields = [self._sums(values) for values in statistic.fields(self.ones, self.zeros)]
        point = statistic.formula(*(sums.sum(axis=0, keepdims=True) for sums in fields))[0]
        units = counted.sum(axis=0)
        present = self._sums(counted.astype(np.float64)) > 0
        agreed = self.agreed()
        results: dict[int, Result] = {}
        for members, codes in _patterns(present):
            spread = None
            if interval is not None and len(members):
                kind = "jackknife" if interval == "auto" else interval
                here = [sums[np.ix_(members, codes)] for sums in fields]
                spread = spread_of(_of(statistic, here), len(members), point[codes], kind, wanted)
            for place, code in enumerate(codes.tolist()):
                found = _result(float(point[code]), int(units[code]), len(members), statistic, spread, place)
                if found.computable and spread is not None:
                    found = self._withheld(found, statistic, code, agreed[code])
                results[code] = found
        return tuple(results[code] for code in range(len(point)))

    def _sums(self, values: Floats) -> Floats:
        return cluster_sums(values, self.clusters.index, self.clusters.count)


def _counts(values: ArrayLike) -> Floats:
    given = np.asarray(values)
    if given.dtype.kind not in "biuf":
        raise RatingsError("counts are not all numbers", hint="Count 0 where nobody gave the rating")
    return given.astype(np.float64)


def _patterns(present: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Codes rated in the same clusters share their draws: such clusters, such codes."""
    patterns, which = np.unique(present, axis=1, return_inverse=True)
    for number in range(patterns.shape[1]):
        yield np.flatnonzero(patterns[:, number]), np.flatnonzero(which.reshape(-1) == number)


def _of(statistic: BinaryStatistic, fields: list[Floats]) -> Evaluate:
    def of(weights: Floats) -> Floats:
        return statistic.formula(*(weights @ sums for sums in fields))

    return of


def _result(
    value: float,
    units: int,
    clusters: int,
    statistic: BinaryStatistic,
    spread: Spread | None,
    place: int,
) -> Result:
    reason = None if spread is None else spread.reasons[place]
    if math.isnan(value):
        reason = statistic.undefined if units else NO_PAIRS
    se = low = high = math.nan
    if spread is not None and not math.isnan(value):
        se, low, high = (float(column[place]) for column in (spread.se, spread.low, spread.high))
    return Result(
        value=value,
        se=se,
        low=low,
        high=high,
        units=units,
        clusters=clusters,
        reason=reason,
        method=None if spread is None or math.isnan(low) else spread.methods[place],
        conventions=statistic.conventions,
    )
