"""A terminal around a panel: the card, the list of codes beside it, a line to type on, and Textual's footer.

One widget paints the card in lines that were laid out for the size, so that a key repaints one thing. Keys
are Textual's bindings: the footer, the command palette and the mouse know them by their acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Footer, Input
from textual.widgets._footer import FooterKey

from cothemes.stages.review.sitting import Ask, Key
from cothemes.tui.code_list import CodeList
from cothemes.tui.frame import SHORT, Frame, Text, frame_of
from cothemes.tui.panel import Panel, PanelKey, spoken_key
from cothemes.tui.seen import BOX

PALETTE = "-command-palette"
"""Class of the key of the palette in Textual's footer."""
WHEEL = 3
LOOK_SECONDS = 2.0
ROOMY = (110, 24)
"""Columns and rows from which all codes are listed beside the card."""


def bindings_of(keys: Sequence[Key | PanelKey]) -> list[BindingType]:
    """Return a screen's bindings: each key does its act where the panel offers it."""
    return [
        Binding(
            ",".join(key.names),
            f"act({key.name!r})",
            key.word,
            show=not key.secondary,
            key_display=key.shown or spoken_key(key.names[0]),
            priority="ctrl+c" in key.names,
            tooltip=key.help,
        )
        for key in keys
    ]


class Board(Widget):
    """Paints the card, and finds what a mouse points at."""

    DEFAULT_CSS = "Board { width: 1fr; height: 100%; text-wrap: nowrap; text-overflow: clip; }"
    ALLOW_SELECT = False

    def __init__(self, panel: Panel[Any]) -> None:
        super().__init__()
        self._panel = panel
        self._top: int | None = None
        """Row that the user scrolled to; None: whatever makes the sought row visible."""
        self._key: object = None
        self._text = Text((), 1)
        self._frame = Frame([], 0, 1, 0)
        self._pressed: int | None = None
        """The character of the passage on which a mouse button went down."""

    def scroll(self, how: str) -> None:
        """Move the text by a line or a page, or to an end."""
        page = max(self._frame.height - 1, 1)
        steps = {"up": -1, "down": 1, "page-up": -page, "page-down": page, "first": -1 << 30, "last": 1 << 30}
        self.scroll_by(steps[how])

    def scroll_by(self, lines: int) -> None:
        """Move the text."""
        self._top = self._frame.top + lines
        self.refresh()

    def render(self) -> Content:
        """Return the frame for the size as it is."""
        panel, width, height = self._panel, max(self.size.width, 10), max(self.size.height, 3)
        short = self.screen.size.height < SHORT
        key = (width, short, panel.shown())
        if key != self._key:
            self._key, self._top = key, None
            self._text = Text(panel.paragraphs(not short), width, panel.lead)
        self._frame = frame_of(panel.view(), self._text, width, height, self._top, short=short)
        if self._top is not None:
            self._top = self._frame.top
        return Content("\n").join(self._frame.lines)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to mark words, or choose an entry of the list."""
        item = self._frame.item(event.y)
        self._pressed = self._frame.offset(event.x, event.y)
        if self._pressed is not None:
            self.capture_mouse()
        elif item is not None:
            self._panel.point(item, box=event.x < BOX)
            self.post_message(SittingScreen.Changed())

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark the words from where the button went down."""
        if self._pressed is None or not event.button:
            return
        offset = self._frame.offset(event.x, event.y, near=True)
        marked = self._panel.marking
        if offset is not None and (marked is not None or offset != self._pressed):
            self._panel.drag(self._pressed, offset)
            if self._panel.marking != marked:
                self.post_message(SittingScreen.Changed())

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the marking; a click on a word, while words are marked, begins there anew."""
        if self._pressed is not None:
            self.release_mouse()
            if self._panel.asking is Ask.WORDS and self._frame.offset(event.x, event.y) == self._pressed:
                self._panel.drag(self._pressed, self._pressed)
            self._pressed = None
            self.post_message(SittingScreen.Changed())

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """Scroll by the wheel."""
        self.scroll_by(WHEEL)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """Scroll by the wheel."""
        self.scroll_by(-WHEEL)


class WholeKeys(Footer):
    """The footer, without the keys for which a narrow terminal has no room: none is cut in the middle.

    The key of the palette is always there, and the palette lists every act.
    """

    def compose(self) -> Iterator[Widget]:
        """Yield the likeliest keys first, as many as fit."""
        keys = list(super().compose())
        room = self.app.size.width - sum(_columns(key) for key in keys if key.has_class(PALETTE))
        for key in keys:
            if not key.has_class(PALETTE):
                room -= _columns(key)
                if room < 0:
                    continue
            yield key


def _columns(key: Widget) -> int:
    """Return the columns that a key takes with its name and the blank after it."""
    shown = f"{key.key_display} {key.description} " if isinstance(key, FooterKey) else ""
    return cell_len(shown) + key.has_class(PALETTE)


class SittingScreen(Screen[None], inherit_bindings=False):
    """The card, the codes beside it, the line to type on, the footer."""

    AUTO_FOCUS = ""
    rest_seconds = 0.15
    """Time without a key after which the footer follows."""

    class Changed(Message):
        """The mouse has changed the panel."""

    def __init__(self, panel: Panel[Any]) -> None:
        super().__init__()
        self.panel = panel
        self._board = Board(panel)
        self._codes = CodeList(panel)
        self._line = Input(compact=True, select_on_focus=False, id="line")
        self._footer = WholeKeys(compact=True)
        self._offered: frozenset[str] = panel.active
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The card over the line, and the footer."""
        self._line.display = self._codes.display = False
        with Horizontal():
            yield self._board
            yield self._codes
        yield self._line
        yield self._footer

    def on_mount(self) -> None:
        """Look from time to time whether the codebook has changed."""
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self.panel.look():
            self.settle()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key does something now: the footer and the palette list only those."""
        if action == "act":
            return str(parameters[0]) in self.panel.active
        return True

    def action_act(self, name: str) -> None:
        """Do the act of a key."""
        self.panel.do(name)
        self.settle()

    def on_resize(self, event: events.Resize) -> None:
        """List all codes where there is room for them."""
        size = event.size
        beside = size.width >= ROOMY[0] and size.height >= ROOMY[1] and self._codes.wanted
        if beside != self.panel.beside:
            self.panel.beside = beside
            self._codes.display = beside
        self._renew_footer()
        self.settle()

    def on_key(self, event: events.Key) -> None:
        """A key that does nothing here says why."""
        if not self.panel.prompt and event.key not in self.active_bindings:
            event.stop()
            self.panel.press(event.key)
            self.settle()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take the line as it is now."""
        if self.panel.prompt and event.input is self._typing:
            self.panel.type(event.value)
            self._board.refresh()
            self._codes.show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line as typed."""
        if event.value != self.panel.typed:
            self.panel.type(event.value)
        self.panel.submit()
        self.settle()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Begin to find a code where the mouse went into the search."""
        if event.widget is self._codes.search and self.panel.asking is not Ask.CODE:
            self.panel.do_if_offered("ask-code-code-0")
            self.settle()

    def on_sitting_screen_changed(self, _: Changed) -> None:
        """Show what the mouse has changed."""
        self.settle()

    def on_code_list_given(self, event: CodeList.Given) -> None:
        """Give a code that was clicked on."""
        self.panel.choose(event.index)
        self.settle()

    @property
    def _typing(self) -> Input:
        """The line that is being typed on."""
        return self._codes.search if self.panel.beside and self.panel.asking is Ask.CODE else self._line

    def settle(self) -> None:
        """Show the panel as it is now."""
        panel = self.panel
        if panel.leaving:
            self.app.exit()
            return
        if panel.scroll:
            self._board.scroll(panel.scroll)
            panel.scroll = ""
        self._type()
        self._codes.show()
        short = self.size.height < SHORT
        self._footer.display = not (short and bool(panel.view().message))
        self._board.refresh()
        if panel.active != self._offered:
            self._offered = panel.active
            self._renew_footer()

    def _renew_footer(self) -> None:
        """Have the footer made anew. It takes longer than the card: it waits until no key comes."""
        if self._resting is not None:
            self._resting.stop()
        if self.rest_seconds:
            self._resting = self.set_timer(self.rest_seconds, self.refresh_bindings)
        else:
            self.refresh_bindings()

    def _type(self) -> None:
        """Open the line that is typed on, or close it; what is being typed stays as it is."""
        wanted = self._typing if self.panel.prompt else None
        self._line.display = wanted is self._line
        if wanted is None:
            if self.focused is not None:
                self.set_focus(None)
                self._codes.search.value = ""
        elif self.focused is not wanted:
            wanted.value = ""
            wanted.placeholder = self.panel.prompt
            wanted.focus()


class SittingApp(App[None]):
    """One sitting at a panel."""

    CSS = """
    SittingScreen { layout: vertical; overflow: hidden; }
    SittingScreen > Horizontal { height: 1fr; }
    #line { width: 100%; height: 1; border: none; padding: 0; }
    Input > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    Footer, FooterKey, FooterLabel { background: ansi_default; color: ansi_default; }
    FooterKey .footer-key--key, FooterKey .footer-key--description {
        background: ansi_default; color: ansi_default;
    }
    FooterKey .footer-key--description { text-style: dim; }
    Footer.-compact FooterKey.-command-palette { margin: 0; }
    FooterKey:hover { background: ansi_default; text-style: underline; }
    """
    SCREEN: ClassVar[type[SittingScreen]]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+p", "command_palette", "all acts", show=False, priority=True, tooltip="Find an act by name"
        )
    ]

    def __init__(self, panel: Panel[Any]) -> None:
        # Said at once, not only by the theme: NO_COLOR is settled while the base is made, and on any other
        # footing it turns the terminal's own colours into black on black.
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self._panel = panel

    def get_default_screen(self) -> Screen[None]:
        """Return the only screen."""
        return self.SCREEN(self._panel)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the acts that are offered now, for the command palette."""
        if not isinstance(screen, SittingScreen):
            return
        for key in screen.panel.keys:
            if key.name in screen.panel.active and key.help:
                yield SystemCommand(
                    f"{key.word} ({spoken_key(key.names[0])})",
                    key.help,
                    lambda name=key.name: screen.action_act(name),
                )
