"""Agreement code by code."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.cohen import cohen_kappa
from cothemes.agreement.estimate import Interval
from cothemes.agreement.result import NO_VARIATION, Result, plain
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.estimate import Estimate, estimate_of
from cothemes.stages.evaluate.agreement.figures import Code

TOO_RARE = 10
"""Positives under which a code's figures are not to be read closely."""
RARE = "too rare"
FEW_INTERVIEWS = 10
"""Clusters under which an interval says little."""
MOST_CLUSTERS = 3000
"""Left out in turn, one by one."""
MANY_CLUSTERS = f"more than {MOST_CLUSTERS} clusters: no interval"
COHEN_PAIRS = "Cohen's kappa is of two raters; alpha is of any number"


def interval_for(cells: Cells) -> Interval:
    """The jackknife over interviews, where their number allows it."""
    return "jackknife" if len(cells.shared_clusters) <= MOST_CLUSTERS else None


def code_figures(
    cells: Cells, codes: tuple[str, ...], raters: Mapping[int, str], labels: Mapping[str, str]
) -> tuple[Code, ...]:
    """One record for each code, in their order. `raters`: places in the table to names."""
    interval = interval_for(cells)
    figures: list[Code] = []
    for block in cells.blocks():
        counts = cells.counts(block)
        shares = _prevalence(cells, block, raters, counts)
        columns = zip(
            codes[block],
            counts.alpha(interval),
            counts.ac1(interval),
            counts.percent_agreement(None),
            counts.positive_agreement(None),
            _cohen(cells, block, raters),
            counts.positives(),
            shares,
            strict=True,
        )
        for code, alpha, ac1, percent, positive, cohen, positives, share in columns:
            flags = flags_of(alpha, positives)
            figures.append(
                Code(
                    code=code,
                    label=labels.get(code, ""),
                    units=alpha.units,
                    clusters=alpha.clusters or 0,
                    positives=positives,
                    prevalence=share,
                    percent_agreement=plain(percent.value),
                    positive_agreement=plain(positive.value),
                    cohen_kappa=plain(cohen.value),
                    alpha=with_reason(estimate_of(alpha), interval),
                    ac1=with_reason(estimate_of(ac1), interval),
                    flag=next(iter(flags), None),
                    flags=flags,
                    reasons=reasons(
                        percent_agreement=percent, positive_agreement=positive, cohen_kappa=cohen
                    ),
                )
            )
    return tuple(figures)


def flags_of(alpha: Result, positives: int) -> tuple[str, ...]:
    """All that the reader is to beware of, the gravest first."""
    holds = {
        "no variation": alpha.reason == NO_VARIATION,
        RARE: positives < TOO_RARE,
        "few interviews": (alpha.clusters or 0) < FEW_INTERVIEWS,
    }
    return tuple(name for name, held in holds.items() if held)


def reasons(**results: Result) -> dict[str, str]:
    """Why each figure that is None is so."""
    return {name: found.reason or "" for name, found in results.items() if not found.computable}


def with_reason(estimate: Estimate, interval: Interval) -> Estimate:
    """Says why there is no interval where the number of clusters forbade it."""
    if interval is None and estimate.value is not None:
        return estimate.model_copy(update={"reason": MANY_CLUSTERS})
    return estimate


def _prevalence(
    cells: Cells, block: slice, raters: Mapping[int, str], counts: BinaryTable
) -> list[dict[str, float | None]]:
    """Per code, each rater's share among the units that count."""
    counted = counts.ones + counts.zeros >= 2
    shares: list[dict[str, float | None]] = [{} for _ in range(counts.ones.shape[1])]
    for place, name in raters.items():
        mine = cells.rater == place
        answers = cells.answers[mine, block]
        here = counted[cells.unit[mine]]
        applied = ((answers == 1) & here).sum(axis=0)
        rated = ((answers >= 0) & here).sum(axis=0)
        for share, one, total in zip(shares, applied.tolist(), rated.tolist(), strict=True):
            share[name] = one / total if total else None
    return shares


def _cohen(cells: Cells, block: slice, raters: Mapping[int, str]) -> list[Result]:
    width = cells.answers[:0, block].shape[1]
    if len(raters) != 2:
        return [Result(value=math.nan, reason=COHEN_PAIRS)] * width
    first, second = (cells.by_rater(place, block) for place in raters)
    return [
        cohen_kappa(np.column_stack([first[:, code], second[:, code]]), interval=None)
        for code in range(width)
    ]
