"""Cohen's kappa, in tables of two raters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cothemes.agreement.cohen import cohen_kappa
from cothemes.agreement.result import Result
from cothemes.stages.evaluate.agreement.coefficient import (
    CodesSample,
    TableCoefficient,
    Terminal,
    VariableSample,
    each_code,
    on_ratings,
)

NOT_TWO = Result(value=math.nan, reason="Cohen's kappa is of two raters; alpha is of any number")


def _of_codes(sample: CodesSample) -> Sequence[Result]:
    if len(sample.raters) != 2:
        return [NOT_TWO] * sample.counts.ones.shape[1]
    return each_code(cohen_kappa, interval=False)(sample)


def _of_variable(sample: VariableSample) -> Result:
    if sample.ratings.shape[1] != 2:
        return NOT_TWO
    return on_ratings(cohen_kappa, interval=False)(sample)


COHEN_KAPPA = TableCoefficient(
    key="cohen_kappa",
    name="Cohen's kappa",
    short="Kappa",
    terminal=Terminal.NOWHERE,
    explained="of the two raters; not given for more",
    of_codes=_of_codes,
    of_variable=_of_variable,
    two_raters=True,
)
