"""The second stage: one code's definition read against one passage, its quote and its reason.

A first pass that is asked for every code finds much and codes too much. The critic takes away and never adds:
it keeps, drops or escalates. What it cannot be understood to say takes nothing away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.prompt import Prompt
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.propose.model.context import Context
from cothemes.stages.propose.model.parsing import closed, json_of, text_in, tidy
from cothemes.stages.propose.model.reply import Reply, Unusable
from cothemes.stages.propose.model.template import Words, conversation, shown

STAGE = "critic"


class Ruling(StrEnum):
    """The critic's ruling on one suggestion."""

    KEEP = "keep"
    DROP = "drop"
    ESCALATE = "escalate"


@dataclass(frozen=True)
class Critique:
    """A ruling with its reason. The wording is the model's and never more than a claim."""

    ruling: Ruling
    reason: str = ""
    exclusion_checked: str = ""


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "exclusion_checked": {"type": "string"},
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": [ruling.value for ruling in Ruling]},
    },
    "required": ["exclusion_checked", "reason", "verdict"],
    "additionalProperties": False,
}
"""The form of the critic's reply, the same for every code."""


class CriticTask:
    """The critic's words for one code. Raises InputError where the template cannot be filled."""

    def __init__(self, prompt: Prompt, codebook: Codebook, code: Code) -> None:
        self._words = Words(prompt)
        self._key = codebook.hash
        self._code = code
        theme = codebook.theme_by_id.get(code.theme or "")
        self.system = self._words.fill(
            "system",
            {
                "code": code,
                "theme": theme.label if theme else "",
                "named": _named(codebook, code),
                "rules": codebook.general_rules,
            },
        )
        """System message, the same for every passage for which this code is proposed."""

    def messages(
        self, document: Document, passage: Passage, context: Context, suggestion: Suggestion
    ) -> list[dict[str, str]]:
        """System and user message. The quotes are the source's words, not the model's."""
        proposal = {
            "code": self._code.id,
            "decision": suggestion.verdict.value,
            "quotes": [document.text[e.start : e.end] for e in suggestion.evidence],
            "reason": suggestion.reason,
        }
        values = shown(document, passage, context, self._key, proposal)
        user = self._words.fill("user", {**values, "proposal": proposal, "code": self._code})
        return conversation(self.system, user)


def _named(codebook: Codebook, code: Code) -> list[Code]:
    """The other codes that its rules and near misses speak of."""
    said = "\n".join([code.definition, *code.include_when, *code.exclude_when])
    instead = {miss.code for miss in code.near_misses}
    return [
        other
        for other in codebook.codes
        if other.id != code.id
        and (other.id in instead or re.search(rf"(?<!\w){re.escape(other.id)}(?!\w)", said))
    ]


def parse_critique(reply: Reply) -> Critique:
    """Return what the critic says; raises Unusable with the state that the reply ends in."""
    data, _ = json_of(reply)
    item = closed(data, tuple(SCHEMA["required"]), "the critic's reply")
    verdict = item["verdict"]
    if verdict not in tuple(Ruling):
        raise Unusable(OutcomeState.INVALID, "verdict is none of keep, drop, escalate")
    return Critique(Ruling(verdict), tidy(text_in(item, "reason")), tidy(text_in(item, "exclusion_checked")))
