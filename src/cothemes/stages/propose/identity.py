"""Names that stay: of a suggestion, of a rater, of a paid call."""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.records.prompt import Prompt
from cothemes.records.record import content_hash


def suggestion_id(run: str, passage: str, code: str) -> str:
    """Return the id of a suggestion: the same proposal has the same id, however often it is derived."""
    return content_hash([run, passage, code])[:20]


def candidate_id(run: str, passage: str, label: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the id of a candidate: the same for the same missing code at the same place."""
    return content_hash([run, passage, label, spans])[:20]


def model_rater(model: str, prompt: Prompt, run: str) -> str:
    """`MODEL@PROMPT#RUN`, e.g. `openai:gpt-4.1-mini@propose.v1-3fa9c2#r0003`."""
    return f"{model}@{prompt.label}#{run}"
