"""What each key does, by what is open: the card, the finder of codes, attributes, a marking, a question.

It knows no terminal: keys come in by their names, and `view` says what is to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from cothemes.errors import CothemesError, UsageError
from cothemes.records.codebook import Code
from cothemes.tui.finder import found_codes
from cothemes.tui.picker import Picker
from cothemes.tui.triage import Triage
from cothemes.tui.words import STRIDE, Marking, marking

SETTLE_SECONDS = 0.3
"""Nobody has read a passage sooner: a key held down must not finish or skip what comes up under it."""


class Mode(Enum):
    """Modes: what keys mean."""

    CARD = "card"
    FIND = "find"
    NOTE = "note"
    MEMO = "memo"
    ATTRIBUTES = "attributes"
    SPAN = "span"
    CONFIRM = "confirm"


class Page(Enum):
    """Pages in the place of the passage."""

    CARD = "card"
    TRANSCRIPT = "transcript"
    DEFINITION = "definition"
    HELP = "help"


PROMPTS = {Mode.FIND: "type parts of its name", Mode.NOTE: "your note", Mode.MEMO: "your memo"}
"""Prompts of the empty line that is typed on."""


class Controls:
    """Keys to acts. `settle` is SETTLE_SECONDS; a test may set 0."""

    def __init__(self, triage: Triage, now: Callable[[], float], settle: float = SETTLE_SECONDS) -> None:
        self.triage = triage
        self.mode = Mode.CARD
        self.page = Page.CARD
        self.evidence = False
        self.question = ""
        self.choice = 0
        """The cursor among codes found."""
        self.typed = ""
        self.found: Sequence[Code] = ()
        self.picker: Picker | None = None
        self.marking: Marking | None = None
        self.leaving = False
        self._now = now
        self._settle = settle
        act = self._act
        self._card_keys: dict[str, Callable[[], None]] = {
            "a": lambda: act(triage.accept),
            "x": lambda: act(triage.reject),
            "n": lambda: self._ask(Mode.NOTE),
            "m": lambda: self._ask(Mode.MEMO),
            "f": lambda: act(triage.flag),
            "c": lambda: self._ask(Mode.FIND),
            "slash": lambda: self._ask(Mode.FIND),
            "s": lambda: act(self._open_attributes),
            "e": lambda: act(self._open_marking),
            "v": self._show_evidence,
            "d": lambda: self._turn_to(Page.DEFINITION),
            "t": lambda: self._turn_to(Page.TRANSCRIPT),
            "question_mark": lambda: self._turn_to(Page.HELP),
            "escape": self._back,
            "equals_sign": lambda: act(triage.like_previous),
            "u": lambda: act(triage.undo),
            "backspace": lambda: act(triage.undo),
            "ctrl+h": lambda: act(triage.undo),
            "up": lambda: triage.move(-1),
            "down": lambda: triage.move(1),
            "space": lambda: self._when_settled(lambda: act(triage.skip)),
            "0": lambda: self._when_settled(lambda: act(triage.none)),
            "enter": lambda: self._when_settled(self._done),
            "q": self._leave,
        }

    @property
    def prompt(self) -> str:
        """Return what the line being typed is for; empty where none is open."""
        return PROMPTS.get(self.mode, "")

    def press(self, key: str) -> None:
        """One key, by its name; a letter or digit is its own name."""
        self.triage.pace.key(self._now())
        if self.mode is Mode.CARD:
            self._press_card(key)
        elif key == "escape" and self.mode is Mode.FIND and self.page is Page.DEFINITION:
            self.page = Page.CARD
        elif key == "escape":
            self._close("nothing recorded")
        elif self.mode is Mode.FIND:
            self._press_find(key)
        elif self.mode is Mode.ATTRIBUTES:
            self._press_attributes(key)
        elif self.mode is Mode.SPAN:
            self._press_marking(key)
        elif self.mode is Mode.CONFIRM:
            self._press_confirm(key)

    def type(self, text: str) -> None:
        """The line being typed is now this."""
        self.typed = text
        if self.mode is Mode.FIND:
            self.found = found_codes(self.triage.book, text)
            self.choice = 0

    def submit(self) -> None:
        """The line is typed."""
        self.triage.pace.key(self._now())
        mode, typed = self.mode, self.typed
        self._close("nothing recorded")
        if mode is Mode.NOTE and typed.strip():
            self._act(lambda: self.triage.note(typed))
        elif mode is Mode.MEMO and typed.strip():
            self._act(lambda: self.triage.memo(typed))
        elif mode is Mode.FIND and self.found:
            code = self.found[self.choice].id
            self._act(lambda: self.triage.give(code))
        elif mode is Mode.FIND:
            self.triage.said = f"no code matches {typed.strip()!r}"

    def _press_card(self, key: str) -> None:
        self.triage.said = ""
        if key.isdecimal() and key != "0":
            self._act(lambda: self.triage.toggle(int(key)))
        elif key in self._card_keys:
            self._card_keys[key]()
        else:
            self.triage.said = "no such key; ? lists them"

    def _act(self, act: Callable[[], None]) -> None:
        before = self.triage.card.passage.id if self.triage.card else None
        try:
            act()
        except CothemesError as error:
            self.triage.said = f"not recorded: {error.message}. {error.hint}"
        after = self.triage.card.passage.id if self.triage.card else None
        if before != after:
            self.page, self.evidence = Page.CARD, False

    def _when_settled(self, act: Callable[[], None]) -> None:
        if self._now() - self.triage.opened < self._settle:
            self.triage.said = "not recorded: this passage has only just come up; press again"
        else:
            act()

    def _ask(self, mode: Mode) -> None:
        if self.triage.card is None:
            self.triage.said = "nothing waits; u takes back the last act, q quits"
            return
        self.mode, self.page = mode, Page.CARD
        self.type("")

    def _close(self, said: str = "") -> None:
        if self.mode is Mode.FIND:
            self.page = Page.CARD
        self.mode = Mode.CARD
        self.marking = None
        self.triage.said = said

    def _back(self) -> None:
        self.page, self.evidence = Page.CARD, False

    def _turn_to(self, page: Page) -> None:
        if page is Page.DEFINITION and self.triage.row is None:
            self.triage.said = "no code is under the cursor; c finds any, and Tab there defines it"
        elif page is Page.TRANSCRIPT and self.triage.card is None:
            self.triage.said = "no passage is open"
        else:
            self.page = Page.CARD if self.page is page else page

    def _show_evidence(self) -> None:
        row = self.triage.row
        if row is None or not row.marks:
            self.triage.said = "no words are marked here"
        else:
            self.page, self.evidence = Page.CARD, not self.evidence

    def _leave(self) -> None:
        self.leaving = True

    def _done(self) -> None:
        card = self.triage.card
        if card is None:
            self.triage.said = "nothing waits; u takes back the last act, q quits"
        elif card.unanswered:
            codes = ", ".join(suggestion.code for suggestion in card.unanswered)
            self._confirm(f"{codes} unanswered: record as rejected and finish? y or n")
        elif card.empty:
            self._confirm("No code given: finish with none? y or n")
        else:
            self._act(self.triage.done)

    def _confirm(self, question: str) -> None:
        self.question = question
        self.mode = Mode.CONFIRM
        self.triage.said = ""

    def _press_confirm(self, key: str) -> None:
        if key in ("y", "Y"):
            self._close()
            self._act(self.triage.done)
        elif key in ("n", "N"):
            self._close("not finished")

    def _press_find(self, key: str) -> None:
        if key in ("up", "down"):
            step = 1 if key == "down" else -1
            self.choice = min(max(self.choice + step, 0), max(len(self.found) - 1, 0))
        elif key == "tab":
            self.page = Page.CARD if self.page is Page.DEFINITION else Page.DEFINITION

    def _open_attributes(self) -> None:
        row = self.triage.applying()
        attributes = self.triage.book.attributes_of(row.code)
        if not attributes:
            raise UsageError(f"{row.code} takes no attributes", hint="")
        self.picker = Picker(attributes, row.answer.attributes if row.answer else {})
        self.mode = Mode.ATTRIBUTES

    def _press_attributes(self, key: str) -> None:
        assert self.picker is not None
        if self.picker.press(key):
            given = self.picker.given
            self._close()
            self._act(lambda: self.triage.describe(given))

    def _open_marking(self) -> None:
        row = self.triage.applying()
        passage = self.triage.open_card.passage
        start = row.marks[0][0] - passage.start if row.marks else None
        self.marking = marking(passage.text, start)
        if self.marking is None:
            raise UsageError("the passage holds no word", hint="")
        self.page, self.mode = Page.CARD, Mode.SPAN

    def _press_marking(self, key: str) -> None:
        assert self.marking is not None
        steps = {"left": -1, "right": 1, "up": -STRIDE, "down": STRIDE}
        if key in steps:
            self.marking = self.marking.moved(steps[key])
        elif key in ("home", "end"):
            self.marking = self.marking.moved(len(self.marking.words) * (1 if key == "end" else -1))
        elif key == "space":
            self.marking = self.marking.anchored()
        elif key == "enter":
            span = self.marking.span
            self._close()
            self.evidence = False
            self._act(lambda: self.triage.describe({}, span))
