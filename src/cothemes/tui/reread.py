"""The screen of `cothemes review --reread`: one code's passages, the earliest decision first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cothemes.errors import CothemesError
from cothemes.records.codebook import Codebook
from cothemes.stages.review.codings import Status
from cothemes.stages.review.context import Turn
from cothemes.stages.review.rereading import Reread
from cothemes.tui.board import BoardApp
from cothemes.tui.controls import Page
from cothemes.tui.frame import Item, Listing, View
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

LEAD = 3
BACK = ("up, down scroll", "esc back to the passage")
ALL_TURNS = 1_000_000
HINTS = (
    *("space next", "backspace back", "n note", "m memo", "o reopen", "h names", "v words", "d define"),
    "? all keys",
)
HELP = (
    ("space, enter", "the next passage (right does the same)"),
    ("backspace", "the one before (left does the same)"),
    ("home, end", "the first, the last"),
    ("v", "show the words that support the code"),
    ("h", "hide who decided, or show it"),
    ("n", "keep a note with your own decision"),
    ("m", "write a memo: a note on the study"),
    ("o", "reopen your own passage: it waits in review then"),
    ("d", "the code's definition and near-misses"),
    ("t", "the whole transcript, here"),
    ("up, down", "scroll; also PgUp and PgDn"),
    ("esc", "back to the passage"),
    ("q", "quit; everything is kept"),
)


class Shelf(Protocol):
    """One code's codings. Every act is durable when its method returns, or an error says that it is not."""

    code: str

    @property
    def reviewer(self) -> str:
        """Return who reads."""

    @property
    def codebook(self) -> Codebook:
        """Return what is coded by."""

    @property
    def items(self) -> Sequence[Reread]:
        """Return the present items."""

    def note(self, place: int, text: str) -> None:
        """Store a remark with the person's own decision."""

    def memo(self, place: int, text: str) -> None:
        """Write a memo."""

    def reopen(self, place: int) -> None:
        """Take the person's own passage up again."""

    def transcript(self, place: int, turns: int) -> tuple[Turn, ...]:
        """The document around the passage."""


class RereadPanel:
    """Keys to acts. It knows no terminal."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.place = 0
        self.page = Page.CARD
        self.asking = ""
        self.typed = ""
        self.said = ""
        self.leaving = False
        self.words = False
        self.named = True
        self.kept = 0
        last = len(shelf.items) - 1
        self._keys: dict[str, Callable[[], None]] = {
            **dict.fromkeys(("space", "enter", "right"), lambda: self._go(self.place + 1)),
            **dict.fromkeys(("backspace", "left", "ctrl+h"), lambda: self._go(self.place - 1)),
            "home": lambda: self._go(0),
            "end": lambda: self._go(last),
            "v": self._show_words,
            "h": self._show_names,
            "n": lambda: self._ask("note"),
            "m": lambda: self._ask("memo"),
            "o": lambda: self._act(lambda: shelf.reopen(self.place), "reopened: it waits in review"),
            "d": lambda: self._turn_to(Page.DEFINITION),
            "t": lambda: self._turn_to(Page.TRANSCRIPT),
            "question_mark": lambda: self._turn_to(Page.HELP),
            "escape": lambda: self._turn_to(Page.CARD),
            "q": self._leave,
        }

    @property
    def item(self) -> Reread | None:
        """Return what is open."""
        return self.shelf.items[self.place] if self.shelf.items else None

    @property
    def prompt(self) -> str:
        """Return what the line being typed is for; empty where none is open."""
        return f"your {self.asking}" if self.asking else ""

    @property
    def reading(self) -> bool:
        """Return whether arrows scroll: always, there is no cursor."""
        return self.page is not Page.CARD

    @property
    def lead(self) -> int:
        """Lines shown before what is sought."""
        return LEAD if self.page is Page.TRANSCRIPT else 0

    def press(self, key: str) -> None:
        """One key, by its name."""
        self.said = ""
        if self.asking:
            if key == "escape":
                self.asking, self.said = "", "nothing recorded"
        elif key in self._keys:
            self._keys[key]()
        else:
            self.said = "no such key; ? lists them"

    def type(self, text: str) -> None:
        """The line being typed is now this."""
        self.typed = text

    def submit(self) -> None:
        """The line is typed."""
        asked, typed = self.asking, self.typed
        self.asking, self.said = "", "nothing recorded"
        if typed.strip():
            keep = self.shelf.note if asked == "note" else self.shelf.memo
            self._act(lambda: keep(self.place, typed), f"recorded: {asked}")

    def view(self) -> View:
        """Everything but the text."""
        items, item = self.shelf.items, self.item
        parts = [f"{self.place + 1}/{len(items)} of {self.shelf.code}"] if item else [self.shelf.code]
        parts += [f"round {one_line(item.coding.round)}"] if item and item.coding.round else []
        return View(
            status=[*parts, one_line(self.shelf.reviewer)],
            listing=None if item is None or self.page is Page.HELP else self._listing(item),
            message=f"{self.asking}: enter keeps it, esc leaves" if self.asking else one_line(self.said),
            hints=HINTS if self.page is Page.CARD else BACK,
            prompt=bool(self.asking),
            reading=self.page is not Page.CARD,
        )

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """The text."""
        item = self.item
        if self.page is Page.HELP:
            return help_paragraphs(HELP)
        if item is None:
            return [plain(line) for line in self.summary()]
        if self.page is Page.TRANSCRIPT:
            return transcript_paragraphs(self.shelf.transcript(self.place, ALL_TURNS))
        if self.page is Page.DEFINITION:
            return definition_paragraphs(self.shelf.codebook, item.coding.code)
        marks = item.coding.spans if self.words else ()
        rows = passage_paragraphs(item.passage, item.setting, marks, context=roomy)
        rows += [plain(f"note: {one_line(note)}", FAINT, 2) for note in item.notes]
        return rows + [plain(f"memo: {one_line(memo)}", FAINT, 2) for memo in item.memos]

    def shown(self) -> object:
        """Return what the text depends on."""
        item = self.item
        return (self.page, self.place, self.words, (item.notes, item.memos) if item else None)

    def summary(self) -> list[str]:
        """Return what was read and kept."""
        items = self.shelf.items
        if not items:
            return [f"No passage with {self.shelf.code} can be shown to you yet."]
        again = [item.passage.id for item in items if item.reopened]
        lines = [f"{len(items)} passages with {self.shelf.code}; {self.kept} records kept."]
        if again:
            lines.append(f"Reopened: {', '.join(again)}. Go on: cothemes review --as {self.shelf.reviewer}")
        return lines

    def _listing(self, item: Reread) -> Listing:
        coding = item.coding
        who = coding.by if self.named else f"coder {item.number}"
        when = f"{coding.at:%Y-%m-%d %H:%M}" if coding.at else ""
        wording = "" if item.current_wording else "earlier wording"
        how = "suggestion accepted" if coding.status is Status.ACCEPTED else "given unasked"
        state = "reopened" if item.reopened else ""
        arm = coding.arm.value if coding.arm else ""
        attributes = "; ".join(f"{name}: {', '.join(values)}" for name, values in coding.attributes.items())
        label = (
            self.shelf.codebook.by_id[coding.code].label if coding.code in self.shelf.codebook.by_id else ""
        )
        facts = ", ".join(filter(None, (one_line(who), how, arm, wording, state)))
        head = f"{coding.code}  {one_line(label)}"
        return Listing(f"{when} ", [Item(head, "\n".join(filter(None, (facts, one_line(attributes)))))], 0)

    def _go(self, place: int) -> None:
        last = len(self.shelf.items) - 1
        if not 0 <= place <= last:
            self.said = "this is the last one; q quits" if place > last else "this is the first one"
        else:
            self.place, self.page, self.words = place, Page.CARD, False

    def _act(self, act: Callable[[], None], said: str) -> None:
        try:
            if self.item is not None:
                act()
                self.kept += 1
                self.said = said
        except CothemesError as error:
            self.said = f"not recorded: {error.message}. {error.hint}"

    def _ask(self, what: str) -> None:
        if self.item is not None:
            self.asking, self.page, self.typed = what, Page.CARD, ""

    def _show_words(self) -> None:
        if self.item is None or not self.item.coding.spans:
            self.said = "no words are marked here"
        else:
            self.page, self.words = Page.CARD, not self.words

    def _show_names(self) -> None:
        self.named = not self.named

    def _turn_to(self, page: Page) -> None:
        self.page = Page.CARD if self.page is page else page

    def _leave(self) -> None:
        self.leaving = True


class RereadApp(BoardApp):
    """One reading of a code."""

    def __init__(self, shelf: Shelf) -> None:
        self.panel = RereadPanel(shelf)
        super().__init__(self.panel)

    def summary(self) -> list[str]:
        """Return what to say once the screen is gone."""
        return self.panel.summary()
