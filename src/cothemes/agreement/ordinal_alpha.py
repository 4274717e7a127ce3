"""Alpha on ranks: the ordinal distance depends on how often each category was given.

Between categories it is the squared difference of their mid-ranks, so that each draw of clusters
has distances of its own; per unit the sum over pairs is n Σx² − (Σx)².
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from cothemes.agreement.ratings import Floats, Ints, Ratings
from cothemes.agreement.resampling import Evaluate


def ordinal_evaluation(
    data: Ratings,
) -> tuple[Callable[[Ints, int], Evaluate], Callable[[], Mapping[str, float]]]:
    """Ordinal alpha as a function of clusters, and its parts; every unit has two ratings or more."""
    unit, rater = np.nonzero(data.codes >= 0)
    code = data.codes[unit, rater]
    per_unit = data.per_unit.astype(np.float64)
    size = len(data.labels)

    def disagreements(unit_weights: Floats) -> tuple[float, float]:
        """Observed and expected disagreement, in squared ranks, under the units' weights."""
        counts = np.bincount(code, weights=unit_weights[unit], minlength=size)
        ratings = float(counts.sum())
        if np.count_nonzero(counts) < 2:
            return 0.0, 0.0
        rank = np.cumsum(counts) - counts / 2
        given = rank[code] - rank.mean()
        total = np.bincount(unit, weights=given, minlength=data.units)
        squares = np.bincount(unit, weights=np.square(given), minlength=data.units)
        pairs = 2 * (per_unit * squares - np.square(total)) / (per_unit - 1)
        observed = float((unit_weights * pairs).sum()) / ratings
        centred = rank - (counts * rank).sum() / ratings
        expected = 2 * float((counts * np.square(centred)).sum()) / (ratings - 1)
        return observed, expected

    def grouped(index: Ints, count: int) -> Evaluate:
        del count

        def of(weights: Floats) -> Floats:
            values = np.full((len(weights), 1), math.nan)
            for row, cluster_weights in enumerate(weights):
                observed, expected = disagreements(cluster_weights[index])
                if expected > 0:
                    values[row, 0] = 1 - observed / expected
            return values

        return of

    def parts() -> Mapping[str, float]:
        observed, expected = disagreements(np.ones(data.units))
        return {"observed_disagreement": observed, "expected_disagreement": expected}

    return grouped, parts
