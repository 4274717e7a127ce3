"""Agreement code by code."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.cohen import cohen_kappa
from cothemes.agreement.estimate import Interval
from cothemes.agreement.result import NO_VARIATION, NONE_AGREED, Result, plain
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.estimate import (
    FEW_INTERVIEWS,
    NO_SPREAD,
    RARE,
    Estimate,
    estimate_of,
    rarity_of,
)
from cothemes.stages.evaluate.agreement.figures import Code

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
            counts.agreed(),
            shares,
            strict=True,
        )
        for code, alpha, ac1, percent, positive, cohen, positives, agreed, share in columns:
            flags = flags_of(alpha, agreed)
            figures.append(
                Code(
                    code=code,
                    label=labels.get(code, ""),
                    units=alpha.units,
                    clusters=alpha.clusters or 0,
                    positives=positives,
                    agreed=agreed,
                    prevalence=share,
                    percent_agreement=plain(percent.value),
                    positive_agreement=plain(positive.value),
                    cohen_kappa=plain(cohen.value),
                    alpha=over_interviews(alpha, interval),
                    ac1=over_interviews(ac1_beside(alpha, ac1), interval),
                    flag=next(iter(flags), None),
                    flags=flags,
                    reasons=reasons(
                        percent_agreement=percent, positive_agreement=positive, cohen_kappa=cohen
                    ),
                )
            )
    return tuple(figures)


def flags_of(alpha: Result, agreed: int) -> tuple[str, ...]:
    """All that the reader is to beware of, the gravest first. `agreed`: passages to which at least two
    raters gave the code. Passages to which one gave it are no ground: of a code in two of a hundred, false
    positives alone make ten."""
    alike = alpha.reason == NO_VARIATION
    holds = {
        NO_VARIATION: alike,
        NONE_AGREED: rarity_of(agreed) == NONE_AGREED and not alike,
        RARE: rarity_of(agreed) == RARE,
        "few interviews": (alpha.clusters or 0) < FEW_INTERVIEWS,
        NO_SPREAD: estimate_of(alpha).flat,
    }
    return tuple(name for name, held in holds.items() if held)


def reasons(**results: Result) -> dict[str, str]:
    """Why each figure that is None is so."""
    return {name: found.reason or "" for name, found in results.items() if not found.computable}


def over_interviews(result: Result, interval: Interval) -> Estimate:
    """The estimate with the interviews it is over; says why there is no interval where they are too many."""
    estimate = estimate_of(result)
    if interval is None:
        why = MANY_CLUSTERS if estimate.value is not None else estimate.reason
        return estimate.model_copy(update={"reason": why})
    return estimate.model_copy(update={"clusters": result.clusters})


def ac1_beside(alpha: Result, ac1: Result) -> Result:
    """AC1, where two ratings of one unit vary at all.

    Its shares take in units with one rating, so that it would be 1 for a code that no two raters ever had to
    agree on, in a row whose alpha has no variation.
    """
    if alpha.reason == NO_VARIATION:
        return Result(value=math.nan, reason=NO_VARIATION, units=ac1.units, clusters=ac1.clusters)
    return ac1


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
