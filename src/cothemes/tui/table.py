"""What the screen of adjudication asks of the place where cases come from and rulings go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from cothemes.records.adjudication import Settlement
from cothemes.records.codebook import Codebook
from cothemes.stages.review.context import Turn
from cothemes.stages.review.discussion import Dispute, Tally
from cothemes.stages.review.ruling import Span


class DiscussionTable(Protocol):
    """One round. Every act is durable when its method returns, or an error says that it is not."""

    by: str
    round: str

    @property
    def codebook(self) -> Codebook:
        """Return what is coded by."""

    @property
    def tally(self) -> Tally:
        """Return how far the round is."""

    def next_case(self, put_off: Collection[str] = ()) -> str | None:
        """The first that waits and is not among `put_off`."""

    def dispute(self, passage_id: str) -> Dispute:
        """The case, without names."""

    def rule(
        self,
        dispute: Dispute,
        code: str,
        applies: bool,
        *,
        attributes: Mapping[str, Sequence[str]] | None = None,
        span: Span | None = None,
        note: str = "",
    ) -> Dispute:
        """Settle one code."""

    def remark(self, dispute: Dispute, code: str, note: str) -> Dispute:
        """Store a note of the discussion; `code` may be empty."""

    def undo(self) -> Settlement:
        """Take back the last record that holds; return what was taken back."""

    def transcript(self, dispute: Dispute, turns: int) -> tuple[Turn, ...]:
        """The document from so many turns before the passage to as many after."""
