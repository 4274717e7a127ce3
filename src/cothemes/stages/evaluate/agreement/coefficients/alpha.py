"""Krippendorff's alpha of each code, and the mean of the codes' alphas with its interval over interviews."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np

from cothemes.agreement import binary_statistics
from cothemes.agreement.binary_statistics import paired
from cothemes.agreement.possible import least_alpha, why_withheld
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import cluster_sums, jackknife
from cothemes.agreement.result import Result
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.coefficient import CODES, Summary, TableCoefficient, Terminal
from cothemes.stages.evaluate.estimate import interval_over

NO_ALPHA = "no code has an alpha"
LEVEL = 0.95
OVER_FEWER = "over_fewer"
"""Part of the mean: interviews without which it is over fewer codes."""
EXCLUDED = "excluded"
"""Part of the mean: codes without an alpha, which are left out."""


def macro_alpha(
    cells: Cells, *, interval: bool = True, without: Sequence[int] = (), nominal: Sequence[Floats] = ()
) -> Result:
    """Return the unweighted mean over the codes that have an alpha; `parts` says how many have one.

    Codes at the places `without` are left out and not counted; each of `nominal` (units × raters of one
    label) is one more member of the mean. The interval leaves out one interview after the other; where that
    takes the last variation from a member, the mean is of the others, and `parts` says how often.
    """
    every = _fields(cells)
    asked = np.setdiff1d(np.arange(every[0].shape[1]), np.asarray(without, dtype=np.intp))
    fields = [sums[:, asked] for sums in every]
    labels = [_label_sums(ratings, cells) for ratings in nominal]
    units, clusters = int(cells.shared.sum()), len(cells.shared_clusters)

    def alphas_of(weights: Floats) -> Floats:
        codes = binary_statistics.ALPHA.formula(*(weights @ sums for sums in fields))
        return np.hstack([codes, *(_nominal_alpha(weights @ sums) for sums in labels)])

    alphas = alphas_of(np.ones((1, clusters)))[0]
    kept = np.flatnonzero(~np.isnan(alphas))
    excluded = float(len(alphas) - len(kept))
    if not len(kept):
        return Result(value=math.nan, reason=NO_ALPHA, units=units, parts={CODES: 0.0, EXCLUDED: excluded})
    value = float(alphas[kept].mean())
    parts = {CODES: float(len(kept)), EXCLUDED: excluded}

    fewer = 0

    def mean_of(weights: Floats) -> Floats:
        nonlocal fewer
        members = alphas_of(weights)[:, kept]
        fewer += int(np.isnan(members).any(axis=1).sum())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(np.nanmean(members, axis=1, keepdims=True))

    if not interval or interval_over(clusters) is None:
        return Result(value=value, units=units, clusters=clusters, parts=parts)
    spread = jackknife(mean_of, clusters, np.array([value]), LEVEL, at_most_one=True)
    low, high, reason = float(spread.low[0]), float(spread.high[0]), spread.reasons[0]
    if not math.isnan(low):
        # No mean is less than the mean of the least that its members can be.
        least = np.array([*_least(cells)[asked], *(_least_nominal(each) for each in nominal)])
        if reason := why_withheld(low, high, float(least[kept].mean())):
            low = high = math.nan
    return Result(
        value=value,
        se=float(spread.se[0]),
        low=low,
        high=high,
        units=units,
        clusters=clusters,
        reason=reason,
        method=None if math.isnan(low) else spread.method,
        parts={**parts, OVER_FEWER: float(fewer)},
    )


def _least(cells: Cells) -> Floats:
    """Return what the alpha of each code is at least."""
    found: list[float] = []
    for block in cells.blocks():
        counts = cells.counts(block)
        both = paired(counts.ones, counts.zeros)
        for place in range(counts.ones.shape[1]):
            ones, zeros = (side[both[:, place], place] for side in (counts.ones, counts.zeros))
            found.append(least_alpha(ones + zeros, [float(ones.sum()), float(zeros.sum())]))
    return np.array(found)


def _least_nominal(ratings: Floats) -> float:
    sizes = (~np.isnan(ratings)).sum(axis=1)
    twice = ratings[sizes >= 2]
    _, given = np.unique(twice[~np.isnan(twice)], return_counts=True)
    return least_alpha(sizes[sizes >= 2], given.astype(np.float64))


def _label_sums(ratings: Floats, cells: Cells) -> Floats:
    """Shared clusters × (disagreement of units, ratings of each label): what a nominal alpha needs."""
    kinds = np.unique(ratings[~np.isnan(ratings)])
    given = (ratings[:, :, None] == kinds).sum(axis=1).astype(np.float64)
    total = given.sum(axis=1)
    given[total < 2] = 0
    # Ordered pairs that differ, by the ratings less one (Krippendorff 2011).
    differing = (np.where(total >= 2, total**2, 0) - np.square(given).sum(axis=1)) / np.maximum(total - 1, 1)
    sums = cluster_sums(
        np.column_stack([differing, given]), cells.cluster, int(cells.cluster.max(initial=-1)) + 1
    )
    return sums[cells.shared_clusters]


def _nominal_alpha(sums: Floats) -> Floats:
    """Krippendorff's nominal alpha of rows of such sums, as one column."""
    observed, given = sums[:, 0], sums[:, 1:]
    total = given.sum(axis=1)
    expected = total**2 - np.square(given).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - (total - 1) * observed / expected, math.nan)[:, None]


def _fields(cells: Cells) -> list[Floats]:
    """The sums that alpha needs, each shared clusters × codes."""
    parts = []
    for block in cells.blocks():
        counts = cells.counts(block)
        parts.append(
            [
                cluster_sums(values, counts.clusters.index, counts.clusters.count)
                for values in binary_statistics.ALPHA.fields(counts.ones, counts.zeros)
            ]
        )
    members = cells.shared_clusters
    return [np.concatenate(columns, axis=1)[members] for columns in zip(*parts, strict=True)]


ALPHA = TableCoefficient(
    key="alpha",
    name="Alpha",
    short="Alpha",
    column="alpha",
    terminal=Terminal.COLUMN,
    convention="Krippendorff, nominal, units with one rating left out",
    of_codes=lambda sample: sample.alpha,
    of_variable=lambda sample: sample.alpha,
    interval=True,
    interval_by_code=True,
    summary=Summary(
        key="macro_alpha",
        name="Mean alpha",
        short="Mean alpha",
        of=lambda cells: macro_alpha(cells, interval=False),
    ),
)
