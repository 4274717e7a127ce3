"""The screen of `cothemes review`: a terminal around the controls.

One widget paints lines that were laid out for the size; a line to type on lies over the last of them.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from cothemes.tui.controls import SETTLE_SECONDS, Controls, Page
from cothemes.tui.desk import ReviewDesk
from cothemes.tui.frame import SHORT, Text, frame_of
from cothemes.tui.seen import paragraphs_of, summary_lines, view_of
from cothemes.tui.triage import Triage

WHEEL = 3
LEAD = 3
"""Lines of a transcript before the passage."""
OF_LISTS = ("escape", "up", "down", "tab", "pageup", "pagedown", "ctrl+c")
"""Keys that mean the same while a line is being typed; all others belong to the line."""


class Board(Widget):
    """Paints the frame."""

    DEFAULT_CSS = "Board { width: 100%; height: 100%; text-wrap: nowrap; text-overflow: clip; }"

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self._controls = controls
        self._top: int | None = None
        self._body = 1
        self._key: object = None
        self._text = Text((), 1)

    def scroll_by(self, lines: int) -> None:
        """Moves the text."""
        self._top = (self._top or 0) + lines
        self.refresh()

    @property
    def page_height(self) -> int:
        """Lines of text in sight."""
        return self._body

    def render(self) -> Content:
        """The frame for the size as it is."""
        controls, width, height = self._controls, max(self.size.width, 10), max(self.size.height, 4)
        key = self._shown(width, height)
        if key != self._key:
            self._key, self._top = key, None
            lead = LEAD if controls.page is Page.TRANSCRIPT else 0
            self._text = Text(paragraphs_of(controls, context=height >= SHORT), width, lead)
        frame = frame_of(view_of(controls), self._text, width, height, self._top)
        self._top, self._body = frame.top, frame.height
        return Content("\n").join(frame.lines)

    def _shown(self, width: int, height: int) -> object:
        """What the text depends on; while it stays, neither the wrapping nor the place in it changes."""
        controls = self._controls
        triage = controls.triage
        standing = triage.card.standing if triage.card else None
        row = triage.row
        return (
            width,
            height >= SHORT,
            controls.page,
            triage.card.passage.id if triage.card else triage.kept,
            (standing.locked, standing.current.notes, standing.flag) if standing else None,
            row.marks if controls.evidence and row else None,
            controls.marking,
            (controls.mode, row.code if row else "", controls.choice)
            if controls.page is Page.DEFINITION
            else None,
            controls.typed if controls.page is Page.DEFINITION else None,
        )


class ReviewScreen(Screen[None], inherit_bindings=False):
    """The board, and the line to type on."""

    AUTO_FOCUS = ""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self._controls = controls
        self._board = Board(controls)
        self._line = Input(compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """The board under the line."""
        self._line.display = False
        yield self._board
        yield self._line

    def on_key(self, event: events.Key) -> None:
        """Every key that the line to type on did not take."""
        key = event.key
        if self._controls.prompt and key not in OF_LISTS:
            return
        event.stop()
        event.prevent_default()
        if self._scrolled(key):
            return
        if key == "ctrl+c":
            self._controls.leaving = True
        else:
            self._controls.press(key)
        self._settle()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The line has changed."""
        if self._controls.prompt:
            self._controls.type(event.value)
            self._board.refresh()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The line is typed."""
        if event.value != self._controls.typed:
            self._controls.type(event.value)
        self._controls.submit()
        self._settle()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel."""
        self._board.scroll_by(WHEEL)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel."""
        self._board.scroll_by(-WHEEL)

    def _scrolled(self, key: str) -> bool:
        page = max(self._board.page_height - 1, 1)
        steps = {"pagedown": page, "pageup": -page, "shift+down": 1, "shift+up": -1}
        controls = self._controls
        if controls.page is not Page.CARD and not controls.prompt:
            steps |= {"down": 1, "up": -1, "home": -1_000_000, "end": 1_000_000}
        if key not in steps:
            return False
        self._board.scroll_by(steps[key])
        return True

    def _settle(self) -> None:
        controls = self._controls
        if controls.leaving:
            self.app.exit()
            return
        wanted = bool(controls.prompt)
        if wanted != self._line.display:
            self._line.display = wanted
            if wanted:
                self._line.value = ""
                self._line.focus()
            else:
                self.set_focus(None)
        self._board.refresh()


class ReviewApp(App[None]):
    """One sitting at a desk."""

    CSS = """
    ReviewScreen { layers: board line; overflow: hidden; }
    Board { layer: board; }
    Input { layer: line; dock: bottom; width: 100%; height: 1; border: none; padding: 0; }
    Input > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        desk: ReviewDesk,
        *,
        now: Callable[[], float] = monotonic,
        settle: float = SETTLE_SECONDS,
    ) -> None:
        # Said at once, not only by the theme: NO_COLOR is settled while the base is made, and on any other
        # footing it turns the terminal's own colours into black on black.
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self.triage = Triage(desk, now)
        self.controls = Controls(self.triage, now, settle)

    def get_default_screen(self) -> Screen[None]:
        """The only one."""
        return ReviewScreen(self.controls)

    def summary(self) -> list[str]:
        """What to say once the screen is gone."""
        return summary_lines(self.triage)
