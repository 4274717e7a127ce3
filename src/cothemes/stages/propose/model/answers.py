"""What a model answered, in types. The wording is the model's and never more than a claim."""

from __future__ import annotations

from dataclasses import dataclass

from cothemes.records.outcome_flag import OutcomeFlag
from cothemes.records.suggestion import OutcomeState, Verdict


@dataclass(frozen=True)
class Quote:
    """Words that the model says stand in the passage."""

    text: str
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The answer for one code."""

    decision: Verdict
    quotes: tuple[Quote, ...] = ()
    reason: str = ""
    exclusion_checked: str = ""
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    confidence: float | None = None


@dataclass(frozen=True)
class Uncoded:
    """Something that matters to the study and that no code fits."""

    quote: Quote
    label: str
    criterion: str


@dataclass(frozen=True)
class Answers:
    """A whole reply that follows the schema."""

    by_code: tuple[tuple[str, Answer], ...]
    """Every code that was asked about, in codebook order."""
    uncoded: tuple[Uncoded, ...] = ()
    instruction_like: bool = False
    flags: tuple[OutcomeFlag, ...] = ()
    """What was tolerated: a code fence, extra keys, a dropped attribute, …"""


class Unusable(ValueError):
    """A reply from which nothing is derived, and why."""

    def __init__(self, state: OutcomeState, detail: str) -> None:
        super().__init__(detail)
        self.state = state
        self.detail = detail
