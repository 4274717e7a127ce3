"""Gwet's AC1."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.agreement.gwet import gwet_ac
from cothemes.agreement.result import Result
from cothemes.stages.evaluate.agreement.coefficient import (
    CodesSample,
    TableCoefficient,
    Terminal,
    VariableSample,
    where_it_varies,
)


def _of_codes(sample: CodesSample) -> Sequence[Result]:
    found = sample.counts.ac1(sample.interval)
    return [where_it_varies(alpha, ac1) for alpha, ac1 in zip(sample.alpha, found, strict=True)]


def _of_variable(sample: VariableSample) -> Result:
    return where_it_varies(sample.alpha, sample.of(gwet_ac, categories=sample.categories))


AC1 = TableCoefficient(
    key="ac1",
    name="AC1",
    short="AC1",
    terminal=Terminal.COLUMN,
    convention="Gwet's AC1 of applied and not applied; its shares are over all ratings, of passages with one "
    "rater too (Gwet's convention); hardly falls when a code is rare, never shown alone",
    of_codes=_of_codes,
    of_variable=_of_variable,
    interval=True,
    single_ratings="the shares of AC1, as Gwet has it",
)
