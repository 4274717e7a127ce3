"""The screen of `cothemes review`: its controls behind a board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from cothemes.tui.board import BoardApp
from cothemes.tui.controls import SETTLE_SECONDS, Controls, Page
from cothemes.tui.desk import ReviewDesk
from cothemes.tui.frame import View
from cothemes.tui.paragraphs import Paragraph
from cothemes.tui.seen import paragraphs_of, summary_lines, view_of
from cothemes.tui.triage import Triage

LEAD = 3
"""Lines of a transcript before the passage."""


class ReviewPanel(Controls):
    """The controls, with what is to be seen of them."""

    @property
    def reading(self) -> bool:
        """Return whether arrows scroll."""
        return self.page is not Page.CARD

    @property
    def lead(self) -> int:
        """Lines shown before what is sought."""
        return LEAD if self.page is Page.TRANSCRIPT else 0

    def view(self) -> View:
        """Everything but the text."""
        return view_of(self)

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """The text."""
        return paragraphs_of(self, context=roomy)

    def shown(self) -> object:
        """Return what the text depends on; while it stays, neither the wrapping nor the place in it
        changes.
        """
        triage = self.triage
        card, row = triage.card, triage.row
        standing = card.standing if card else None
        defining = self.page is Page.DEFINITION
        return (
            self.page,
            card.passage.id if card else triage.kept,
            (standing.locked, standing.current.notes, standing.flag) if standing else None,
            (card.memos, card.remarks) if card else None,
            row.marks if self.evidence and row else None,
            self.marking,
            (self.mode, row.code if row else "", self.choice, self.typed) if defining else None,
        )


class ReviewApp(BoardApp):
    """One sitting at a desk."""

    def __init__(
        self,
        desk: ReviewDesk,
        *,
        now: Callable[[], float] = monotonic,
        settle: float = SETTLE_SECONDS,
    ) -> None:
        self.triage = Triage(desk, now)
        self.controls = ReviewPanel(self.triage, now, settle)
        super().__init__(self.controls)

    def summary(self) -> list[str]:
        """Return what to say once the screen is gone."""
        return summary_lines(self.triage)
