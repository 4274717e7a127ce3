"""One more chance for a quote that is not found: the model sees the sentences again and copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cothemes.records.codebook import Code
from cothemes.records.document import Document
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.records.suggestion import Outcome, OutcomeState, QuoteStatus, Verdict
from cothemes.stages.propose.model.context import Context
from cothemes.stages.propose.model.parsing import closed, json_of, quote_of, tidy
from cothemes.stages.propose.model.reply import Answer, Quote, Reply, Unusable
from cothemes.stages.propose.model.template import Words, conversation, shown

STAGE = "repair"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "evidence": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "sentences": {"type": "array", "items": {"type": "string"}},
                    "quote": {"type": "string"},
                },
                "required": ["sentences", "quote"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["evidence"],
    "additionalProperties": False,
}
"""The form of a repair, the same for every code."""


class RepairTask:
    """The words of a repair. Raises InputError where the template cannot be filled."""

    def __init__(self, prompt: Prompt, key: str) -> None:
        """`key`: the codebook's hash, for the marks."""
        self._words = Words(prompt)
        self._key = key
        self.system = self._words.fill("system", {})
        """The same for every repair of a run."""

    def messages(
        self, document: Document, passage: Passage, code: Code, answer: Answer
    ) -> list[dict[str, str]]:
        """System and user message."""
        claim = {
            "code": code.id,
            "label": code.label,
            "definition": code.definition,
            "quotes": [tidy(quote.text) for quote in answer.quotes],
            "reason": answer.reason,
        }
        values = shown(document, passage, Context(), self._key, claim)
        return conversation(self.system, self._words.fill("user", {**values, "claim": claim, "code": code}))


def parse_repair(reply: Reply) -> tuple[Quote, ...]:
    """The words that are given instead; raises Unusable with the state that the reply ends in."""
    data, _ = json_of(reply)
    evidence = closed(data, ("evidence",), "the repair")["evidence"]
    if not isinstance(evidence, list):
        raise Unusable(OutcomeState.INVALID, "evidence is of another type than asked for")
    return tuple(quote_of(item, f"evidence[{n}]") for n, item in enumerate(evidence))


def formal_repair(messages: Sequence[dict[str, str]], reply: Reply, reason: Unusable) -> list[dict[str, str]]:
    """The request once more, with the reply that could not be read and what is wrong with it."""
    ask = (
        f"That answer cannot be read: {reason.detail}. Give the same answer again in the form that the first "
        "message describes: the JSON object alone, every key, no word around it."
    )
    return [
        *messages,
        {"role": "assistant", "content": tidy(reply.text) or "(nothing)"},
        {"role": "user", "content": ask},
    ]


FIRST = 20
"""Repairs of a run before it is judged whether they are worth their price."""
STAND = 0.1
"""Up to this share of them standing, they are given up."""
TRIAL = 40
"""Repairs that are handed in together in a batch before any was judged."""
_MENDABLE = {status.value for status in QuoteStatus if status.mendable}


class Unrepaired(StrEnum):
    """Why a quote was not asked for again."""

    CAP = "cap"
    """The passage had as many repairs as are paid for."""
    GIVEN_UP = "given_up"
    """Nearly all repairs of the run had failed."""


@dataclass
class Repairs:
    """What the repairs of a run brought so far."""

    asked: int = 0
    stood: int = 0
    given_up: bool = False
    taken_down: int = 0
    """For a batch, and not answered yet."""

    def heed(self, stood: bool) -> bool:
        """Counts one; whether repairs are given up by it."""
        self.asked += 1
        self.stood += stood
        return self.judge()

    def may_take_down(self) -> bool:
        """Whether one more may go into a batch: until some were judged only a trial's worth."""
        if self.asked < FIRST and self.taken_down >= TRIAL:
            return False
        self.taken_down += 1
        return True

    def judge(self) -> bool:
        """Whether repairs are given up now, and were not before."""
        if self.given_up or self.asked < FIRST or self.stood > STAND * self.asked:
            return False
        self.given_up = True
        return True


def repairs_so_far(outcomes: Iterable[Outcome]) -> Repairs:
    """What is on record of a run, so that a later night neither begins to pay again nor judges twice."""
    found = Repairs()
    for outcome in outcomes:
        left = {flag.code: flag.detail for flag in outcome.flagged(FlagKind.UNREPAIRED)}
        found.given_up |= Unrepaired.GIVEN_UP.value in left.values()
        stood = len(outcome.flagged(FlagKind.QUOTE_REPAIRED))
        failed = sum(
            flag.detail in _MENDABLE and flag.code not in left
            for flag in outcome.flagged(FlagKind.QUOTE_REJECTED)
        )
        found.asked += stood + failed
        found.stood += stood
    found.judge()
    return found


def ranked(unfound: Sequence[tuple[str, Answer]]) -> list[tuple[str, Answer]]:
    """The codes to ask about first: a yes before a borderline, then the surest, then as they came."""

    def rank(at: int) -> tuple[bool, float, int]:
        answer = unfound[at][1]
        return answer.decision is not Verdict.YES, -(answer.confidence or 0.0), at

    return [unfound[at] for at in sorted(range(len(unfound)), key=rank)]
