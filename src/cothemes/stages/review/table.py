"""What a sitting of adjudication asks of the place where cases come from and rulings go."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from cothemes.records.adjudication import Settlement
from cothemes.records.codebook import Codebook
from cothemes.stages.review.context import Turn
from cothemes.stages.review.discussion import Dispute, Tally
from cothemes.stages.review.ruling import Chair


class DiscussionTable(Protocol):
    """One round. What `keep` stores is durable when it returns."""

    by: str
    round: str

    @property
    def codebook(self) -> Codebook:
        """Return what is coded by."""

    def look(self) -> str:
        """Take up what changed in the codebook meanwhile. Return a sentence where it cannot be read now, and
        once it can be again: the one before stays in use between.
        """

    @property
    def chair(self) -> Chair:
        """Return what makes the person's records."""

    @property
    def tally(self) -> Tally:
        """Return how far the round is."""

    def next_case(self, put_off: Collection[str] = ()) -> str | None:
        """Return the first that waits and is not among `put_off`."""

    def dispute(self, passage_id: str) -> Dispute:
        """Return the case, without names."""

    def keep(self, dispute: Dispute, made: Settlement) -> Dispute:
        """Store a record on the case; return the case as it is after it."""

    def undo(self) -> Settlement:
        """Take back the last record that holds; return what was taken back."""

    def transcript(self, dispute: Dispute, turns: int) -> tuple[Turn, ...]:
        """Return the document from so many turns before the passage to as many after."""
