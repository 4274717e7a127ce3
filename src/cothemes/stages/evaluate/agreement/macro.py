"""The mean of the codes' alphas, with its interval over interviews."""

from __future__ import annotations

import math
import warnings

import numpy as np

from cothemes.agreement.binary_statistics import ALPHA
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import cluster_sums, jackknife
from cothemes.agreement.result import Result
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.codes import interval_for

NO_ALPHA = "no code has an alpha"
LEVEL = 0.95


def macro_alpha(cells: Cells, *, interval: bool = True) -> tuple[Result, int, int]:
    """Unweighted mean over the codes that have an alpha, how many have one, and how many have none.

    The interval leaves out one interview after the other; where that takes the last variation from a code,
    the mean is of the others.
    """
    fields = _fields(cells)
    units, clusters = int(cells.shared.sum()), len(cells.shared_clusters)
    alphas = ALPHA.formula(*(sums.sum(axis=0, keepdims=True) for sums in fields))[0]
    kept = np.flatnonzero(~np.isnan(alphas))
    counted, excluded = len(kept), len(alphas) - len(kept)
    if not counted:
        return Result(value=math.nan, reason=NO_ALPHA, units=units), 0, excluded
    value = float(alphas[kept].mean())
    chosen = [sums[:, kept] for sums in fields]

    def mean_of(weights: Floats) -> Floats:
        found = ALPHA.formula(*(weights @ sums for sums in chosen))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(np.nanmean(found, axis=1, keepdims=True))

    if not interval or interval_for(cells) is None:
        return Result(value=value, units=units, clusters=clusters), counted, excluded
    spread = jackknife(mean_of, clusters, np.array([value]), LEVEL)
    return (
        Result(
            value=value,
            se=float(spread.se[0]),
            low=float(spread.low[0]),
            high=min(float(spread.high[0]), 1.0),
            units=units,
            clusters=clusters,
            reason=spread.reasons[0],
            method=spread.method if not math.isnan(spread.se[0]) else None,
        ),
        counted,
        excluded,
    )


def _fields(cells: Cells) -> list[Floats]:
    """The sums that alpha needs, each shared clusters × codes."""
    parts = []
    for block in cells.blocks():
        counts = cells.counts(block)
        parts.append(
            [
                cluster_sums(values, counts.clusters.index, counts.clusters.count)
                for values in ALPHA.fields(counts.ones, counts.zeros)
            ]
        )
    members = cells.shared_clusters
    return [np.concatenate(columns, axis=1)[members] for columns in zip(*parts, strict=True)]
