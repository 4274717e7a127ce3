"""Percent agreement."""

from __future__ import annotations

from cothemes.agreement.percent import percent_agreement
from cothemes.stages.evaluate.agreement.coefficient import TableCoefficient, Terminal, on_ratings

PERCENT_AGREEMENT = TableCoefficient(
    key="percent_agreement",
    name="Percent agreement",
    short="Agree",
    column="agr",
    terminal=Terminal.COLUMN,
    convention="agreeing pairs of ratings, each unit once",
    explained="share of agreeing pairs of ratings",
    of_codes=lambda sample: sample.counts.percent_agreement(None),
    of_variable=on_ratings(percent_agreement, interval=False),
)
