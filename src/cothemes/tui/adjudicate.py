"""The screen of `cothemes adjudicate`: what each key does to a case, behind a board."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cothemes.errors import CothemesError, UsageError
from cothemes.records.codebook import Code
from cothemes.tui.board import BoardApp
from cothemes.tui.controls import PROMPTS, Mode, Page
from cothemes.tui.discussion import Discussion
from cothemes.tui.disputed import paragraphs_of, summary_lines, view_of
from cothemes.tui.finder import found_codes
from cothemes.tui.frame import View
from cothemes.tui.paragraphs import Paragraph
from cothemes.tui.picker import Picker
from cothemes.tui.table import DiscussionTable
from cothemes.tui.words import STRIDE, Marking, marking

LEAD = 3
"""Lines of a transcript before the passage."""


class AdjudicatePanel:
    """Keys to acts. It knows no terminal."""

    def __init__(self, discussion: Discussion) -> None:
        self.discussion = discussion
        self.mode = Mode.CARD
        self.page = Page.CARD
        self.typed = ""
        self.leaving = False
        self.found: Sequence[Code] = ()
        self.choice = 0
        self.picker: Picker | None = None
        self.marking: Marking | None = None
        self.evidence = 0
        """Number of the reader whose words are shown, from 1; 0 for none."""
        act = self._act
        self._keys: dict[str, Callable[[], None]] = {
            "a": lambda: act(lambda: discussion.rule(True)),
            "x": lambda: act(lambda: discussion.rule(False)),
            "c": lambda: self._ask(Mode.FIND),
            "slash": lambda: self._ask(Mode.FIND),
            "n": lambda: self._ask(Mode.NOTE),
            "s": lambda: act(self._open_picker),
            "e": lambda: act(self._open_marking),
            "v": self._show_words,
            "d": lambda: self._turn_to(Page.DEFINITION),
            "t": lambda: self._turn_to(Page.TRANSCRIPT),
            "question_mark": lambda: self._turn_to(Page.HELP),
            "escape": self._back,
            "u": lambda: act(discussion.undo),
            "backspace": lambda: act(discussion.undo),
            "ctrl+h": lambda: act(discussion.undo),
            "up": lambda: self._move(-1),
            "down": lambda: self._move(1),
            "space": lambda: act(discussion.put_off),
            "enter": lambda: act(self._go_on),
            "q": self._leave,
        }

    @property
    def prompt(self) -> str:
        """Return what the line being typed is for; empty where none is open."""
        return PROMPTS.get(self.mode, "")

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
        """Return what the text depends on."""
        discussion = self.discussion
        dispute = discussion.dispute
        defining = self.page is Page.DEFINITION
        return (
            self.page,
            dispute.case.passage.id if dispute else discussion.kept,
            dispute.settled.notes if dispute else None,
            (discussion.code, self.evidence) if self.evidence else None,
            self.marking,
            (self.mode, discussion.code, self.choice, self.typed) if defining else None,
        )

    def press(self, key: str) -> None:
        """One key, by its name; a letter or digit is its own name."""
        if self.mode is Mode.CARD:
            self.discussion.said = ""
            if key.isdecimal() and key != "0":
                self._act(lambda: self.discussion.toggle(int(key)))
            elif key in self._keys:
                self._keys[key]()
            else:
                self.discussion.said = "no such key; ? lists them"
        elif key == "escape" and self.mode is Mode.FIND and self.page is Page.DEFINITION:
            self.page = Page.CARD
        elif key == "escape":
            self._close("nothing recorded")
        elif self.mode is Mode.FIND:
            self._press_find(key)
        elif self.mode is Mode.ATTRIBUTES and self.picker is not None:
            if self.picker.press(key):
                given = self.picker.given
                self._close()
                self._act(lambda: self.discussion.describe(given))
        elif self.mode is Mode.SPAN:
            self._press_marking(key)

    def type(self, text: str) -> None:
        """The line being typed is now this."""
        self.typed = text
        if self.mode is Mode.FIND:
            self.found, self.choice = found_codes(self.discussion.book, text), 0

    def submit(self) -> None:
        """The line is typed."""
        mode, typed = self.mode, self.typed
        self._close("nothing recorded")
        if mode is Mode.NOTE and typed.strip():
            self._act(lambda: self.discussion.note(typed))
        elif mode is Mode.FIND and self.found:
            code = self.found[self.choice].id
            self._act(lambda: self.discussion.give(code))
        elif mode is Mode.FIND:
            self.discussion.said = f"no code matches {typed.strip()!r}"

    def _act(self, act: Callable[[], None]) -> None:
        before = self._place()
        try:
            act()
        except CothemesError as error:
            self.discussion.said = f"not recorded: {error.message}. {error.hint}"
        if self._place() != before:
            self.page, self.evidence = Page.CARD, 0

    def _place(self) -> str:
        return self.discussion.dispute.case.passage.id if self.discussion.dispute else ""

    def _go_on(self) -> None:
        self.discussion.open_dispute  # noqa: B018
        self.discussion.go_on()

    def _move(self, by: int) -> None:
        self.evidence = 0
        self.discussion.move(by)

    def _ask(self, mode: Mode) -> None:
        if self.discussion.dispute is None:
            self.discussion.said = "nothing is in dispute any more; u takes back the last act, q quits"
            return
        self.mode, self.page = mode, Page.CARD
        self.type("")

    def _close(self, said: str = "") -> None:
        if self.mode is Mode.FIND:
            self.page = Page.CARD
        self.mode = Mode.CARD
        self.marking = None
        self.discussion.said = said

    def _back(self) -> None:
        self.page, self.evidence = Page.CARD, 0

    def _turn_to(self, page: Page) -> None:
        if page is Page.DEFINITION and not self.discussion.code:
            self.discussion.said = "no code is under the cursor; c finds any, and Tab there defines it"
        elif page is Page.TRANSCRIPT and self.discussion.dispute is None:
            self.discussion.said = "no passage is open"
        else:
            self.page = Page.CARD if self.page is page else page

    def _show_words(self) -> None:
        marked = self.marked()
        later = [reader for reader in marked if reader > self.evidence]
        if not marked:
            self.discussion.said = "nobody marked words for this code"
        else:
            self.page, self.evidence = Page.CARD, later[0] if later else 0
            if self.evidence:
                self.discussion.said = f"the words of reader {self.evidence}; v goes on"

    def marked(self) -> dict[int, tuple[int, int]]:
        """Reader → the words marked for the code under the cursor."""
        dispute = self.discussion.dispute
        said = dispute.case.by_code.get(self.discussion.code) if dispute else None
        return {answer.reader: answer.span for answer in said.given if answer.span} if said else {}

    def _leave(self) -> None:
        self.leaving = True

    def _press_find(self, key: str) -> None:
        if key in ("up", "down"):
            step = 1 if key == "down" else -1
            self.choice = min(max(self.choice + step, 0), max(len(self.found) - 1, 0))
        elif key == "tab":
            self.page = Page.CARD if self.page is Page.DEFINITION else Page.DEFINITION

    def _open_picker(self) -> None:
        code = self.discussion.settled_code()
        attributes = self.discussion.book.attributes_of(code)
        if not attributes:
            raise UsageError(f"{code} takes no attributes", hint="")
        dispute = self.discussion.open_dispute
        ruling, said = dispute.settled.rulings.get(code), dispute.case.by_code.get(code)
        held = ruling.attributes if ruling else said.offered_attributes if said else {}
        self.picker = Picker(attributes, held)
        self.mode = Mode.ATTRIBUTES

    def _open_marking(self) -> None:
        self.discussion.settled_code()
        passage = self.discussion.open_dispute.case.passage
        first = next(iter(self.marked().values()), None)
        self.marking = marking(passage.text, first[0] - passage.start if first else None)
        if self.marking is None:
            raise UsageError("the passage holds no word", hint="")
        self.page, self.mode = Page.CARD, Mode.SPAN

    def _press_marking(self, key: str) -> None:
        assert self.marking is not None
        steps = {"left": -1, "right": 1, "up": -STRIDE, "down": STRIDE}
        if key in steps:
            self.marking = self.marking.moved(steps[key])
        elif key == "space":
            self.marking = self.marking.anchored()
        elif key == "enter":
            span = self.marking.span
            self._close()
            self._act(lambda: self.discussion.describe({}, span))


class AdjudicateApp(BoardApp):
    """One sitting at the table."""

    def __init__(self, table: DiscussionTable) -> None:
        self.discussion = Discussion(table)
        self.panel = AdjudicatePanel(self.discussion)
        super().__init__(self.panel)

    def summary(self) -> list[str]:
        """Return what to say once the screen is gone."""
        return summary_lines(self.discussion)
