"""Positive agreement: of each code, and of all codes pooled."""

from __future__ import annotations

import math

import numpy as np

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.resampling import Clusters
from cothemes.agreement.result import NO_PAIRS, NO_POSITIVES, Result
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.coefficient import Summary, TableCoefficient, Terminal

AGREED = "agreed"
"""Part of the pooled figure: units and codes to which two raters or more gave the code."""


def pooled_positive_agreement(cells: Cells) -> Result:
    """Return the positive agreement of all codes, every pair of ratings of a unit and code once."""
    ones, zeros = [], []
    for block in cells.blocks():
        counts = cells.counts(block)
        # Where nobody applied a code, nothing enters: the rows may be left out.
        unit, code = np.nonzero((counts.ones > 0) & (counts.ones + counts.zeros >= 2))
        ones.append(counts.ones[unit, code])
        zeros.append(counts.zeros[unit, code])
    pairs = sum(map(len, ones))
    if not pairs:
        reason = NO_POSITIVES if cells.shared.any() else NO_PAIRS
        return Result(value=math.nan, reason=reason, parts={AGREED: 0.0})
    pooled = BinaryTable(
        ones=np.concatenate(ones)[:, None],
        zeros=np.concatenate(zeros)[:, None],
        clusters=Clusters(np.zeros(pairs, dtype=np.intp), 1),
    )
    found = pooled.positive_agreement(None)[0]
    return Result(value=found.value, reason=found.reason, parts={AGREED: float(pooled.agreed()[0])})


POSITIVE_AGREEMENT = TableCoefficient(
    key="positive_agreement",
    name="Positive agreement",
    short="Pos.",
    column="pos",
    terminal=Terminal.COLUMN,
    convention="all pairs of ratings pooled; two raters: 2a/(2a+b+c)",
    explained="how often a second rater gives a code that a first gave; in the pairs, of all codes together",
    of_codes=lambda sample: sample.counts.positive_agreement(None),
    of_variable=None,
    no_variable="a variable has several categories; specific_agreement gives each",
    summary=Summary(
        key="micro_positive_agreement",
        name="Positive agreement",
        short="Pos.",
        of=pooled_positive_agreement,
    ),
)
