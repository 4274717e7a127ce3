"""A terminal around a panel: one widget paints lines that were laid out for the size, and a line to type on
lies over the last of them. Every screen of the program is one of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from cothemes.tui.frame import SHORT, Text, View, frame_of
from cothemes.tui.paragraphs import Paragraph

WHEEL = 3
OF_LISTS = ("escape", "up", "down", "tab", "pageup", "pagedown", "ctrl+c")
"""Keys that mean the same while a line is being typed; all others belong to the line."""


class Panel(Protocol):
    """A part of the screen that is painted and receives keys. `roomy`: whether the screen has rows for more
    than the least.
    """

    leaving: bool
    typed: str
    """The line being typed."""

    @property
    def prompt(self) -> str:
        """Return what the line being typed is for; empty where none is open."""

    @property
    def reading(self) -> bool:
        """Return whether arrows scroll."""

    @property
    def lead(self) -> int:
        """Lines shown before what is sought."""

    def press(self, key: str) -> None:
        """One key, by its name."""

    def type(self, text: str) -> None:
        """The line being typed is now this."""

    def submit(self) -> None:
        """The line is typed."""

    def view(self) -> View:
        """Everything but the text."""

    def paragraphs(self, roomy: bool) -> Sequence[Paragraph]:
        """The text."""

    def shown(self) -> object:
        """Return what the text depends on; while it stays, neither the wrapping nor the place in it
        changes.
        """


class Board(Widget):
    """Paints the frame."""

    DEFAULT_CSS = "Board { width: 100%; height: 100%; text-wrap: nowrap; text-overflow: clip; }"

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel = panel
        self._top: int | None = None
        """Row that the user scrolled to; None: whatever makes the sought row visible."""
        self._first = 0
        self._body = 1
        self._key: object = None
        self._text = Text((), 1)

    def scroll_by(self, lines: int) -> None:
        """Move the text."""
        self._top = self._first + lines
        self.refresh()

    @property
    def page_height(self) -> int:
        """Lines of text in sight."""
        return self._body

    def render(self) -> Content:
        """The frame for the size as it is."""
        panel, width, height = self._panel, max(self.size.width, 10), max(self.size.height, 4)
        roomy = height >= SHORT
        key = (width, roomy, panel.shown())
        if key != self._key:
            self._key, self._top = key, None
            self._text = Text(panel.paragraphs(roomy), width, panel.lead)
        frame = frame_of(panel.view(), self._text, width, height, self._top)
        self._first, self._body = frame.top, frame.height
        if self._top is not None:
            self._top = frame.top
        return Content("\n").join(frame.lines)


class BoardScreen(Screen[None], inherit_bindings=False):
    """The board, and the line to type on."""

    AUTO_FOCUS = ""

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel = panel
        self._board = Board(panel)
        self._line = Input(compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """The board under the line."""
        self._line.display = False
        yield self._board
        yield self._line

    def on_key(self, event: events.Key) -> None:
        """Every key that the line to type on did not take."""
        key = event.key
        if self._panel.prompt and key not in OF_LISTS:
            return
        event.stop()
        event.prevent_default()
        if self._scrolled(key):
            return
        if key == "ctrl+c":
            self._panel.leaving = True
        else:
            self._panel.press(key)
        self._settle()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The line has changed."""
        if self._panel.prompt:
            self._panel.type(event.value)
            self._board.refresh()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The line is typed."""
        if event.value != self._panel.typed:
            self._panel.type(event.value)
        self._panel.submit()
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
        if self._panel.reading and not self._panel.prompt:
            steps |= {"down": 1, "up": -1, "home": -1_000_000, "end": 1_000_000}
        if key not in steps:
            return False
        self._board.scroll_by(steps[key])
        return True

    def _settle(self) -> None:
        if self._panel.leaving:
            self.app.exit()
            return
        wanted = bool(self._panel.prompt)
        if wanted != self._line.display:
            self._line.display = wanted
            if wanted:
                self._line.value = ""
                self._line.placeholder = self._panel.prompt
                self._line.focus()
            else:
                self.set_focus(None)
        self._board.refresh()


class BoardApp(App[None]):
    """One sitting at a panel."""

    CSS = """
    BoardScreen { layers: board line; overflow: hidden; }
    Board { layer: board; }
    Input { layer: line; dock: bottom; width: 100%; height: 1; border: none; padding: 0; }
    Input > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, panel: Panel) -> None:
        # Said at once, not only by the theme: NO_COLOR is settled while the base is made, and on any other
        # footing it turns the terminal's own colours into black on black.
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self._panel = panel

    def get_default_screen(self) -> Screen[None]:
        """The only one."""
        return BoardScreen(self._panel)
