"""How people agree with each other on the same gold: no coder can be asked for more."""

from __future__ import annotations

import math

import numpy as np

from cothemes.agreement import BinaryTable
from cothemes.records.suite import Suite
from cothemes.stages.evaluate.coding.gold import Gold
from cothemes.stages.evaluate.coding.report import Yardstick

CONSENSUS = "consensus"
"""A label set of this name was settled, not coded, and takes no part."""


def yardstick(suite: Suite, gold: Gold) -> Yardstick | None:
    """Alpha and positive agreement of the raters, means over the scored codes; None with fewer than two."""
    raters = sorted({rater for passage in gold.passages for rater in passage.labels} - {CONSENSUS})
    rated = [passage for passage in gold.passages if sum(rater in passage.labels for rater in raters) >= 2]
    if len(raters) < 2 or not rated:
        return None
    codes = [suite.codebook.codes[at].id for at in gold.scored]
    ratings = np.full((len(rated), len(raters), len(codes)), np.nan)
    for row, passage in enumerate(rated):
        for column, rater in enumerate(raters):
            if rater in passage.labels:
                ratings[row, column] = [code in passage.labels[rater] for code in codes]
    table = BinaryTable.of_ratings(ratings, [passage.doc for passage in rated])
    return Yardstick(
        raters=tuple(raters),
        passages=len(rated),
        macro_alpha=_mean([each.value for each in table.alpha(interval=None)]),
        positive_agreement=_mean([each.value for each in table.positive_agreement(interval=None)]),
    )


def _mean(values: list[float]) -> float | None:
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else None
