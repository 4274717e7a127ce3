"""Steadiness in plain figures, as it is printed and kept."""

from __future__ import annotations

from cothemes.records.record import Record
from cothemes.stages.evaluate.estimate import Estimate, estimate_of
from cothemes.stages.evaluate.stability import Stability


class Way(Record):
    """One way of asking."""

    prompt: str
    order: int
    """Seed of the codes' order; 0 is the codebook's own."""
    repeat: int


class CodeSteadiness(Record):
    """One code over all ways of asking."""

    code: str
    share: float | None
    """Share of the answers that give it."""
    flip_rate: float | None
    flip_rate_by: dict[str, float | None]
    """Over pairs of answers that differ in this alone."""
    alpha: Estimate
    """Ways of asking as raters; no agreement with people."""


class Steadiness(Record):
    """A coder asked again and again about the same passages."""

    variations: tuple[Way, ...]
    passages: int
    documents: int
    unanswered: int
    """Answers, over all ways, that could not be used."""
    flip_rate: float | None
    """Mean over codes that were given at least once."""
    alpha_jaccard: Estimate
    """Alpha of the whole sets of codes."""
    codes: tuple[CodeSteadiness, ...]


def steadiness(found: Stability, documents: int) -> Steadiness:
    """The figures of what was found on passages of so many documents."""
    return Steadiness(
        variations=tuple(
            Way(prompt=each.prompt, order=each.order, repeat=each.repeat) for each in found.variations
        ),
        passages=found.passages,
        documents=documents,
        unanswered=found.unanswered,
        flip_rate=found.flip_rate,
        alpha_jaccard=estimate_of(found.sets),
        codes=tuple(
            CodeSteadiness(
                code=each.code,
                share=each.share,
                flip_rate=each.flip_rate,
                flip_rate_by=dict(each.by_factor),
                alpha=estimate_of(each.alpha),
            )
            for each in found.codes
        ),
    )
