"""The screen of `cothemes adjudicate`: a sitting of adjudication on a panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from types import MappingProxyType
from typing import ClassVar

from textual.binding import BindingType

from cothemes.records.passage import Passage
from cothemes.stages.review.adjudication import KEYS, AdjudicationState, Discussion
from cothemes.stages.review.sitting import Act, Ask, Span
from cothemes.stages.review.table import DiscussionTable
from cothemes.tui.board import SittingApp, SittingScreen, bindings_of
from cothemes.tui.disputed import row_listing, status_parts
from cothemes.tui.frame import Listing, View
from cothemes.tui.panel import ALL_TURNS, Page, Panel, panel_keys
from cothemes.tui.paragraphs import (
    FAINT,
    Paragraph,
    definition_paragraphs,
    help_paragraphs,
    one_line,
    passage_paragraphs,
    plain,
    transcript_paragraphs,
)
from cothemes.tui.seen import message_of

NOTING = "note of the discussion: enter keeps it, esc leaves"


class AdjudicatePanel(Panel[AdjudicationState]):
    """Adjudication, with what is open around it."""

    keys = panel_keys(KEYS, left_out=("unmark", "in-vivo"))
    meanings = MappingProxyType({"words": "the words that a reader marked; again for the next reader"})

    def __init__(self, discussion: Discussion, now: Callable[[], float]) -> None:
        super().__init__(discussion, now)
        self.discussion = discussion
        self.evidence = 0
        """Number of the reader whose words are shown, from 1; 0 for none."""

    @property
    def passage(self) -> Passage | None:
        """Return the passage of the case."""
        return self.state.dispute.case.passage if self.state.dispute else None

    @property
    def code(self) -> str:
        """Return the code under the cursor; empty where there is none."""
        return self.state.code

    @property
    def held(self) -> Mapping[str, Sequence[str]]:
        """Return the attributes of the code under the cursor."""
        return self.state.held_attributes

    @property
    def given(self) -> frozenset[str]:
        """Return the codes that apply."""
        dispute = self.state.dispute
        if dispute is None:
            return frozenset()
        return frozenset(code for code in self.state.rows if dispute.settled.applies(code))

    def row_code(self, index: int) -> str:
        """Return the code of a row."""
        return self.state.rows[index]

    def marks(self) -> Sequence[Span]:
        """Return the words that readers marked for the code under the cursor."""
        return tuple(span for spans in self.state.marked().values() for span in spans)

    def act(self, act: Act) -> None:
        """Pass an act to the sitting; another code has other words."""
        code = self.code
        super().act(act)
        if self.code != code:
            self.evidence = 0

    def show_words(self) -> None:
        """Show the words of the next reader; after the last one, none."""
        later = [reader for reader in self.state.marked() if reader > self.evidence]
        self.evidence = later[0] if later else 0
        if self.evidence:
            self._tell(f"the words of reader {self.evidence}; v goes on")

    def hide_words(self) -> None:
        """Show no words any more."""
        self.evidence = 0

    def view(self) -> View:
        """Return everything but the text."""
        return View(
            status=status_parts(self.discussion, self.state),
            listing=self.opened_listing() or self._rows(),
            message=message_of(self.state.said, NOTING if self.asking is Ask.NOTE else ""),
            prompt=bool(self.prompt) and not self.beside,
            reading=self.reading and self.asking is not Ask.CODE,
        )

    def _rows(self) -> Listing | None:
        return None if self.page is Page.HELP else row_listing(self.discussion.book(self.state), self.state)

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """Return the text. `roomy`: whether there is room for what stands before the passage."""
        dispute = self.state.dispute
        if self.page is Page.HELP:
            return help_paragraphs(self.help())
        if dispute is None:
            return [plain(line) for line in self.discussion.summary(self.state)]
        if self.page is Page.TRANSCRIPT:
            return transcript_paragraphs(self.discussion.table.transcript(dispute, ALL_TURNS))
        if self.page is Page.DEFINITION and self.defined:
            return definition_paragraphs(self.discussion.book(self.state), self.defined)
        case = dispute.case
        rows = passage_paragraphs(case.passage, dispute.setting, self._shown_marks(), self.marking, roomy)
        rows += [plain(f"reader {reader} noted: {one_line(note)}", FAINT, 2) for reader, note in case.notes]
        return rows + [plain(f"discussion: {one_line(note)}", FAINT, 2) for note in dispute.settled.notes]

    def shown(self) -> object:
        """Return what the text depends on."""
        state = self.state
        defining = self.page is Page.DEFINITION
        return (
            self.page,
            state.place or state.kept,
            state.dispute.settled.notes if state.dispute else None,
            self._shown_marks(),
            self.marking,
            (self.defined, self.discussion.book(state).hash) if defining else None,
        )

    def _shown_marks(self) -> Sequence[Span]:
        return self.state.marked().get(self.evidence, ())

    def _why_not(self, name: str) -> str:
        return "nobody marked words for this code" if name == "words" else super()._why_not(name)


class AdjudicateScreen(SittingScreen):
    """The case, with the keys of adjudication."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(AdjudicatePanel.keys)


class AdjudicateApp(SittingApp):
    """One sitting at the table."""

    SCREEN = AdjudicateScreen

    def __init__(self, table: DiscussionTable, *, now: Callable[[], float] = monotonic) -> None:
        self.panel = AdjudicatePanel(Discussion(table), now)
        super().__init__(self.panel)

    def summary(self) -> list[str]:
        """Return what to say once the screen is gone."""
        return self.panel.discussion.summary(self.panel.state)
