"""What a sitting of triage asks of the place where cards come from and decisions go.

Whatever keeps the records can be a desk. In a blind reading its cards hold no suggestion, so a front end has
nothing to hide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from cothemes.records.codebook import Codebook
from cothemes.records.review import Decision
from cothemes.stages.review.card import Card
from cothemes.stages.review.context import Turn
from cothemes.stages.review.queue import Progress
from cothemes.stages.review.reading_state import ReadingState
from cothemes.stages.review.session import Session, Span


class ReviewDesk(Protocol):
    """One person's work. What `keep` and the other acts store is durable when they return."""

    reviewer: str

    @property
    def codebook(self) -> Codebook:
        """Return what the person codes by: their own drafts are in it."""

    def codebook_on(self, standing: ReadingState) -> Codebook:
        """Return what one passage is coded by."""

    def look(self) -> str:
        """Take up what changed in the codebook meanwhile. Return a sentence where it cannot be read now, and
        once it can be again: the one before stays in use between.
        """

    def session(self, card: Card) -> Session:
        """Return what makes the person's decisions on a card."""

    @property
    def progress(self) -> Progress:
        """Return how far the reviewer is."""

    def next_passage(self, put_off: Collection[str] = ()) -> str | None:
        """Return what is served next, unless it is among `put_off`."""

    def waits(self, passage_id: str) -> bool:
        """Return whether the passage can be served now."""

    def card(self, passage_id: str) -> Card:
        """Return the passage as the reviewer may see it now."""

    def current_card(self, passage_id: str) -> Card:
        """Return the card of a passage; raise StateConflict for one that was cut anew since."""

    def transcript(self, card: Card, turns: int) -> tuple[Turn, ...]:
        """Return the document from so many turns before the passage to as many after."""

    def draft(self, card: Card, name: str, spans: Sequence[Span] = ()) -> Decision:
        """Make a code of the person's own with this name; return the decision that gives it, to be kept."""

    def keep(self, card: Card, made: Sequence[Decision]) -> Card:
        """Store decisions on the card; return it as it is after them."""

    def memo(self, card: Card, text: str) -> Card:
        """Write a memo on the passage."""

    def finished_before(self, card: Card) -> ReadingState | None:
        """Return the reading that the person finished last, on another passage."""

    def locked_last(self) -> str:
        """Return the passage whose locked blind codes the next undo steps over; empty: it steps over none."""

    def undo(self) -> Decision:
        """Take back the last act that holds; return what was taken back."""
