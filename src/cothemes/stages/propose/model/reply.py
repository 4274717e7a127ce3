"""A reply as the ledger keeps it. What is derived from it reads this form alone, today and on any rerun."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cothemes.ports import ChatReply
from cothemes.records.outcome_flag import OutcomeFlag
from cothemes.records.record import Record
from cothemes.records.suggestion import OutcomeState, Verdict


class Reply(Record):
    """One reply, broken or not."""

    text: str
    finish_reason: str = ""
    refusal: str = ""
    raw: dict[str, Any] = {}
    """The provider's own JSON, as it came."""

    def to_json(self) -> str:
        """Return the reply as JSON for the ledger; ASCII, so that no text a model can make is refused by a
        database.
        """
        return json.dumps(self.model_dump(), ensure_ascii=True, separators=(",", ":"))


def kept(reply: ChatReply) -> Reply:
    """Return what is kept of a reply that just came."""
    return Reply(
        text=reply.text, finish_reason=reply.finish_reason, refusal=reply.refusal, raw=dict(reply.raw)
    )


def read_back(text: str) -> Reply:
    """A reply from the ledger."""
    return Reply(**json.loads(text))


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
    """Flags of what was tolerated: a code fence, extra keys, a dropped attribute, …"""


class Unusable(ValueError):
    """A reply from which nothing is derived, and why."""

    def __init__(self, state: OutcomeState, detail: str) -> None:
        super().__init__(detail)
        self.state = state
        self.detail = detail
