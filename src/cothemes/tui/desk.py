"""What a screen asks of the place where cards come from and decisions go: nothing of databases or models.

Whatever keeps the records can be a desk. In a blind reading its cards hold no suggestion, so a screen has
nothing to hide.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from cothemes.records.codebook import Codebook
from cothemes.records.review import Action, Decision
from cothemes.stages.review.card import Card
from cothemes.stages.review.context import Turn
from cothemes.stages.review.queue import Progress
from cothemes.stages.review.session import Attributes, Span


class ReviewDesk(Protocol):
    """One person's work. Every act is durable when its method returns, or an error says that it is not."""

    reviewer: str

    @property
    def codebook(self) -> Codebook:
        """Return what is coded by."""

    @property
    def progress(self) -> Progress:
        """Return how far the reviewer is."""

    def next_passage(self, put_off: Collection[str] = ()) -> str | None:
        """Return what is served next, unless it is among `put_off`."""

    def waits(self, passage_id: str) -> bool:
        """Return whether the passage can be served now."""

    def card(self, passage_id: str) -> Card:
        """The passage as the reviewer may see it now."""

    def transcript(self, card: Card, turns: int) -> tuple[Turn, ...]:
        """The document from so many turns before the passage to as many after."""

    def decide(
        self,
        card: Card,
        code: str,
        action: Action,
        *,
        attributes: Attributes | None = None,
        span: Span | None = None,
        note: str = "",
    ) -> Card:
        """Accepts, rejects or adds one code."""

    def describe(self, card: Card, code: str, attributes: Attributes, span: Span | None = None) -> Card:
        """Set attributes or a span of a code that applies."""

    def like_previous(self, card: Card) -> tuple[Card, str]:
        """Give the codes of the passage finished last; also say which one that is."""

    def flag(self, card: Card) -> Card:
        """Mark the passage as worth a second look, or take the mark back."""

    def note(self, card: Card, text: str) -> Card:
        """Store a remark."""

    def memo(self, card: Card, text: str) -> Card:
        """Write a memo on the passage."""

    def skip(self, card: Card) -> Card:
        """Put the passage off."""

    def none(self, card: Card) -> Card:
        """Record that no code applies, and finish."""

    def done(self, card: Card) -> Card:
        """Finishes the reading."""

    def locked_last(self) -> str:
        """The passage whose locked blind codes the next undo steps over; empty where it steps over none."""

    def undo(self) -> Decision:
        """Take back the last act that holds; return what was taken back."""
