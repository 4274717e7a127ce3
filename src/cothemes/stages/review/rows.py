"""The codes of a card as numbered rows: what is suggested first, then what the reviewer gave besides."""

from __future__ import annotations

from dataclasses import dataclass

from cothemes.records.review import Action, Decision
from cothemes.records.suggestion import Suggestion
from cothemes.stages.review.card import Card

OPEN, APPLIES, REJECTED = " ", "+", "-"


@dataclass(frozen=True)
class Row:
    """One code on the card."""

    code: str
    suggestion: Suggestion | None
    """None for a code that the reviewer gave unasked."""
    answer: Decision | None
    blind: bool
    """True if the reviewer gave the code before the suggestions were shown."""

    @property
    def applies(self) -> bool:
        """Return whether the code applies by the last word."""
        return self.answer is not None and self.answer.action is not Action.REJECT

    @property
    def sign(self) -> str:
        """One character, readable without colour."""
        if self.answer is None:
            return OPEN
        return APPLIES if self.applies else REJECTED

    @property
    def marked(self) -> bool:
        """Return whether the reviewer marked its words."""
        return self.answer is not None and bool(self.answer.spans)

    @property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """The words it stands on, as code points of the document: what was marked, else the evidence."""
        if self.answer is not None and self.answer.spans:
            return self.answer.spans
        return tuple((e.start, e.end) for e in self.suggestion.evidence) if self.suggestion else ()


def rows_of(card: Card) -> tuple[Row, ...]:
    """Suggestions in the codebook's order, then other codes in the order they were given; a code that was
    taken away stays, so that no number moves."""
    answers = card.standing.answers
    suggested = {suggestion.code for suggestion in card.suggestions}
    rows = [_row(card, s.code, s, answers.get(s.code)) for s in card.suggestions]
    rows += [_row(card, code, None, answer) for code, answer in answers.items() if code not in suggested]
    return tuple(rows)


def _row(card: Card, code: str, suggestion: Suggestion | None, answer: Decision | None) -> Row:
    blind = card.standing.locked and code in card.standing.first.coded
    return Row(code, suggestion, answer, blind)
