"""Specific agreement: how often a second rater confirms a category that a first one gave.

For a rare code this is the figure to read: percent agreement is high for any code that hardly
ever applies, and kappa drops with prevalence even where the raters are equally good.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from cothemes.agreement.arguments import listed, one_table
from cothemes.agreement.estimate import Coefficient, Interval, IntervalOptions, estimate
from cothemes.agreement.ratings import Floats, Ints, kind_of, read_ratings
from cothemes.agreement.resampling import Evaluate, cluster_sums
from cothemes.agreement.result import NO_PAIRS, NO_POSITIVES, NONE_AGREED, Result
from cothemes.errors import RatingsError

_CONVENTIONS = {
    "pairs": "two raters: 2a/(2a+b+c); several: all pairs of ratings of a unit pooled, "
    "sum n(n_cat - 1) over sum n(n_all - 1), n = ratings of the category in the unit",
    "missing": "units with one rating are left out",
}


def positive_agreement(
    ratings: Any,
    *more: Any,
    positive: Hashable = None,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Result:
    """Agreement on one category, units × raters, from 0 to 1; for two raters F1 of one by the other.

    `positive` is the category; without it the ratings must be 0 and 1, and it is 1. Several raters
    are pooled over all pairs of ratings (Cicchetti and Feinstein 1990; Fleiss 1981). NaN where
    nobody gave the category to a unit with two ratings. Raises RatingsError where the ratings are
    not 0 and 1 and no category is named.
    """
    one_table(more, "positive_agreement")
    data = read_ratings(ratings)
    if positive is not None and data.labels and kind_of(positive) != kind_of(data.labels[0]):
        raise RatingsError(
            f"positive={positive!r}, and the ratings hold labels such as {data.labels[0]!r}",
            hint="Name a category as it is written in the ratings",
        )
    if positive is None:
        if not all(label in (0, 1) for label in data.labels):
            wrong = next(label for label in data.labels if label not in (0, 1))
            raise RatingsError(
                f"the ratings hold {wrong!r}, so it is open which category is the positive one",
                hint="Name it with positive=",
            )
        positive = 1
    table = data.counts()
    counted = table.sum(axis=1) >= 2
    mine = (
        table[counted, data.labels.index(positive)]
        if positive in data.labels
        else np.zeros(int(counted.sum()))
    )
    everyone = table[counted].sum(axis=1)
    sums = np.column_stack([mine * (mine - 1), mine * (everyone - 1)])

    def grouped(index: Ints, count: int) -> Evaluate:
        per_cluster = cluster_sums(sums, index, count)

        def of(weights: Floats) -> Floats:
            total = weights @ per_cluster
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.asarray(total[:, :1] / total[:, 1:])

        return of

    return estimate(
        Coefficient(
            counted=counted,
            grouped=grouped,
            undefined=NO_POSITIVES,
            empty=NO_PAIRS,
            least=lambda: 0.0,
            silent=None if (mine >= 2).any() else NONE_AGREED,
            conventions={**_CONVENTIONS, "category": repr(positive)},
        ),
        IntervalOptions(clusters, interval, level, replicates, seed),
    )


def specific_agreement(
    ratings: Any,
    *more: Any,
    clusters: Iterable[Any] | None = None,
    interval: Interval = "auto",
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> dict[Hashable, Result]:
    """`positive_agreement` of every category that occurs, by category."""
    one_table(more, "specific_agreement")
    names = None if clusters is None else listed(clusters, "clusters")
    # Read more than once: an iterator would be used up.
    ratings = ratings if hasattr(ratings, "__len__") else list(ratings)
    return {
        label: positive_agreement(
            ratings,
            positive=label,
            clusters=names,
            interval=interval,
            level=level,
            replicates=replicates,
            seed=seed,
        )
        for label in read_ratings(ratings).labels
    }
