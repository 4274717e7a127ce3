"""The screen of `cothemes review --reread`: one code's passages, the earliest decision first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import ClassVar

from textual.binding import BindingType

from cothemes.records.passage import Passage
from cothemes.records.text import attributes_line
from cothemes.stages.review.codings import Status
from cothemes.stages.review.rereading import KEYS, Reread, RereadSitting, RereadState, Shelf
from cothemes.stages.review.sitting import Ask, Span
from cothemes.tui.board import SittingApp, SittingScreen, bindings_of
from cothemes.tui.frame import Item, Listing, View
from cothemes.tui.panel import ALL_TURNS, OWN_KEYS, Page, Panel, PanelKey, panel_keys
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

CODED = (Ask.CODE, Ask.ATTRIBUTES, Ask.WORDS, Ask.SURE)
LEFT_OUT = [key.name for key in OWN_KEYS if None not in key.asking and set(key.asking) <= set(CODED)]
"""Keys of questions that rereading does not ask."""
NO_CURSOR = (
    PanelKey(("up",), "scroll-up", "scroll", "scroll; also PgUp and PgDn", secondary=True),
    PanelKey(("down",), "scroll-down", "scroll on", secondary=True),
)
"""Arrows scroll on the card too, since it has no cursor."""


class RereadPanel(Panel[RereadState]):
    """Rereading, with what is open around it."""

    keys = (*NO_CURSOR, *panel_keys(KEYS, left_out=[*LEFT_OUT, "scroll-up", "scroll-down"]))

    def __init__(self, sitting: RereadSitting, now: Callable[[], float]) -> None:
        super().__init__(sitting, now)
        self.shelf = sitting.shelf
        self.evidence = False

    @property
    def passage(self) -> Passage | None:
        """Return the passage on the card."""
        return self.state.item.passage if self.state.item else None

    @property
    def code(self) -> str:
        """Return the code that is read again; empty where no passage is there."""
        return self.state.item.coding.code if self.state.item else ""

    def row_code(self, index: int) -> str:  # noqa: ARG002
        """Return the code that is read again."""
        return self.code

    def drag(self, start: int, end: int) -> None:
        """Mark nothing: what was decided is only read."""

    def point(self, index: int, *, box: bool) -> None:
        """Do nothing: the one entry of the list says who decided."""

    def marks(self) -> Sequence[Span]:
        """Return the words that support the code."""
        return self.state.item.coding.spans if self.state.item else ()

    def show_words(self) -> None:
        """Show the words, or hide them."""
        self.evidence = not self.evidence

    def hide_words(self) -> None:
        """Show no words any more."""
        self.evidence = False

    def view(self) -> View:
        """Return everything but the text."""
        state, shelf = self.state, self.shelf
        item = state.item
        parts = [f"{state.at + 1}/{len(shelf.items)} of {shelf.code}"] if item else [shelf.code]
        parts += [f"round {one_line(item.coding.round)}"] if item and item.coding.round else []
        return View(
            status=[*parts, one_line(shelf.reviewer)],
            listing=None if item is None or self.page is Page.HELP else self._listing(item),
            message=f"{self.asking}: enter keeps it, esc leaves" if self.asking else one_line(state.said),
            prompt=bool(self.prompt) and not self.beside,
            reading=self.reading,
        )

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """Return the text. `roomy`: whether there is room for what stands before the passage."""
        item = self.state.item
        if self.page is Page.HELP:
            return help_paragraphs(self.help())
        if item is None:
            return [plain(line) for line in self.sitting.summary(self.state)]
        if self.page is Page.TRANSCRIPT:
            return transcript_paragraphs(self.shelf.transcript(self.state.at, ALL_TURNS))
        if self.page is Page.DEFINITION:
            return definition_paragraphs(self.shelf.codebook, item.coding.code)
        marks = self.marks() if self.evidence else ()
        rows = passage_paragraphs(item.passage, item.setting, marks, context=roomy)
        rows += [plain(f"note: {one_line(note)}", FAINT, 2) for note in item.notes]
        return rows + [plain(f"memo: {one_line(memo)}", FAINT, 2) for memo in item.memos]

    def shown(self) -> object:
        """Return what the text depends on."""
        item = self.state.item
        return (self.page, self.state.at, self.evidence, (item.notes, item.memos) if item else None)

    def _listing(self, item: Reread) -> Listing:
        coding = item.coding
        who = coding.by if self.state.named else f"coder {item.number}"
        when = f"{coding.at:%Y-%m-%d %H:%M}" if coding.at else ""
        wording = "" if item.current_wording else "earlier wording"
        how = "suggestion accepted" if coding.status is Status.ACCEPTED else "given unasked"
        state = "reopened" if item.reopened else ""
        arm = coding.arm.value if coding.arm else ""
        attributes = attributes_line(coding.attributes)
        known = self.shelf.codebook.by_id.get(coding.code)
        facts = ", ".join(filter(None, (one_line(who), how, arm, wording, state)))
        head = f"{coding.code}  {one_line(known.label) if known else ''}"
        return Listing(f"{when} ", [Item(head, "\n".join(filter(None, (facts, one_line(attributes)))))], 0)


class RereadScreen(SittingScreen):
    """The passage, with the keys of rereading."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(RereadPanel.keys)


class RereadApp(SittingApp):
    """One reading of a code."""

    SCREEN = RereadScreen

    def __init__(self, shelf: Shelf, *, now: Callable[[], float] = monotonic) -> None:
        self.panel = RereadPanel(RereadSitting(shelf), now)
        super().__init__(self.panel)

    def summary(self) -> list[str]:
        """Return what to say once the screen is gone."""
        return self.panel.sitting.summary(self.panel.state)
