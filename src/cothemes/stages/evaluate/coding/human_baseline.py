"""How people agree with each other on the same gold: what a coder's alpha is held beside."""

from __future__ import annotations

from typing import Any

import numpy as np

from cothemes.agreement import BinaryTable
from cothemes.records.suite import Suite
from cothemes.stages.evaluate.coding.gold import Gold, Ints
from cothemes.stages.evaluate.coding.metrics import GROUPS, METRICS, spread_over_documents
from cothemes.stages.evaluate.coding.report import HumanBaseline
from cothemes.stages.evaluate.coding.row import known, mean, t_range

CONSENSUS = "consensus"
"""A label set of this name was settled, not coded, and takes no part."""


def human_baseline(suite: Suite, gold: Gold) -> HumanBaseline | None:
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
    documents = [passage.doc for passage in rated]

    def figures(rows: Ints) -> dict[str, Any]:
        table = BinaryTable.of_ratings(ratings[rows], range(len(rows)))
        alphas = np.array([each.value for each in table.alpha(interval=None)])
        positive = [each.value for each in table.positive_agreement(interval=None)]
        return {
            "codes": alphas,
            "alpha": _mean(alphas.tolist()),
            "positive_agreement": _mean(positive),
        }

    found = figures(np.arange(len(rated)))
    spread = spread_over_documents(documents, figures)
    groups = min(GROUPS, len(set(documents)))
    return HumanBaseline(
        raters=tuple(raters),
        passages=len(rated),
        documents=len(set(documents)),
        macro_alpha=known(found["alpha"]),
        positive_agreement=known(found["positive_agreement"]),
        intervals={
            name: t_range(known(found[name]), known(spread[name]), groups, (), signed=METRICS[name].signed)
            for name in ("alpha", "positive_agreement")
        },
        by_code={code: known(value) for code, value in zip(codes, found["codes"], strict=True)},
    )


def _mean(values: list[float]) -> float:
    found = mean(values)
    return float("nan") if found is None else found
