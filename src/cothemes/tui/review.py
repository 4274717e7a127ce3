"""The screen of `cothemes review`: triage on a panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import ClassVar

from textual.binding import BindingType

from cothemes.records.passage import Passage
from cothemes.stages.review.desk import ReviewDesk
from cothemes.stages.review.rows import Row
from cothemes.stages.review.sitting import Ask, Span
from cothemes.stages.review.triage import KEYS, SETTLE_SECONDS, Triage, TriageState
from cothemes.tui.board import SittingApp, SittingScreen, bindings_of
from cothemes.tui.frame import Listing, View
from cothemes.tui.panel import ALL_TURNS, Page, Panel, panel_keys
from cothemes.tui.paragraphs import (
    Paragraph,
    card_paragraphs,
    definition_paragraphs,
    help_paragraphs,
    plain,
    transcript_paragraphs,
)
from cothemes.tui.seen import ASKED, SIGNS, message_of, row_listing, status_parts


class ReviewPanel(Panel[TriageState]):
    """Triage, with what is open around it."""

    keys = panel_keys(KEYS)

    def __init__(self, triage: Triage, now: Callable[[], float]) -> None:
        super().__init__(triage, now)
        self.triage = triage
        self.evidence = False

    @property
    def row(self) -> Row | None:
        """Return the row under the cursor."""
        return self.state.row

    @property
    def passage(self) -> Passage | None:
        """Return the passage on the card."""
        return self.state.card.passage if self.state.card else None

    @property
    def code(self) -> str:
        """Return the code under the cursor; empty where there is none."""
        return self.row.code if self.row else ""

    @property
    def held(self) -> Mapping[str, Sequence[str]]:
        """Return the attributes of the code under the cursor."""
        return self.row.answer.attributes if self.row and self.row.answer else {}

    @property
    def given(self) -> frozenset[str]:
        """Return the codes that apply."""
        return frozenset(self.state.card.coded) if self.state.card else frozenset()

    def row_code(self, index: int) -> str:
        """Return the code of a row."""
        return self.state.rows[index].code

    def marks(self) -> Sequence[Span]:
        """Return the words of the code under the cursor, in code points of the document."""
        return self.row.marks if self.row else ()

    def show_words(self) -> None:
        """Show the words of the code under the cursor, or hide them."""
        self.evidence = not self.evidence

    def hide_words(self) -> None:
        """Show no words any more."""
        self.evidence = False

    def view(self) -> View:
        """Return everything but the text."""
        state = self.state
        waiting = f"{state.question.words} y or n" if state.question else ""
        if self.asking:
            waiting = ASKED.get(self.asking, waiting)
        return View(
            status=status_parts(self.triage, state),
            listing=self.opened_listing() or self._rows(),
            message=message_of(state.said, waiting),
            prompt=bool(self.prompt) and not self.beside,
            reading=self.reading and self.asking is not Ask.CODE,
        )

    def _rows(self) -> Listing | None:
        return None if self.page is Page.HELP else row_listing(self.triage.book(self.state), self.state)

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """Return the text. `roomy`: whether there is room for what stands before the passage."""
        state = self.state
        if self.page is Page.HELP:
            return help_paragraphs([*self.help(), *SIGNS])
        if state.card is None:
            return [plain(line) for line in self.triage.summary(state)]
        if self.page is Page.TRANSCRIPT:
            return transcript_paragraphs(self.triage.desk.transcript(state.card, ALL_TURNS))
        if self.page is Page.DEFINITION and self.defined:
            return definition_paragraphs(self.triage.book(self.state), self.defined)
        return card_paragraphs(state.card, self._shown_marks(), self.marking, roomy)

    def shown(self) -> object:
        """Return what the text depends on; while it stays, neither the wrapping nor the place in it
        changes.
        """
        state = self.state
        card = state.card
        standing = card.standing if card else None
        defining = self.page is Page.DEFINITION
        return (
            self.page,
            state.place or state.kept,
            (standing.locked, standing.current.notes, standing.flag) if standing else None,
            (card.memos, card.remarks) if card else None,
            self._shown_marks(),
            self.marking,
            (self.defined, self.triage.book(state).hash) if defining else None,
        )

    def _shown_marks(self) -> Sequence[Span]:
        if self.spans and self.passage:
            base = self.passage.start
            return tuple((start + base, end + base) for start, end in self.spans)
        if self.marking is not None and self.row is not None and self.row.marked:
            return self.row.marks
        return self.marks() if self.evidence else ()


class ReviewScreen(SittingScreen):
    """The card, with the keys of triage."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(ReviewPanel.keys)


class ReviewApp(SittingApp):
    """One sitting at a desk."""

    SCREEN = ReviewScreen

    def __init__(
        self,
        desk: ReviewDesk,
        *,
        now: Callable[[], float] = monotonic,
        settle: float = SETTLE_SECONDS,
    ) -> None:
        self.panel = ReviewPanel(Triage(desk, settle), now)
        super().__init__(self.panel)

    def summary(self) -> list[str]:
        """Return what to say once the screen is gone."""
        return self.panel.triage.summary(self.panel.state)
