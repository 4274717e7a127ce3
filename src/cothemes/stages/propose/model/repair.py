"""One more chance for a quote that is not found: the model sees the sentences again and copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cothemes.records.codebook import Code
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.records.suggestion import OutcomeState
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
        """System message, the same for every repair of a run."""

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
