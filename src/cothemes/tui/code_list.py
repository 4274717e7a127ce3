"""All codes beside the card, with a search over them, on screens that have room."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from cothemes.stages.review.rows import APPLIES, OPEN
from cothemes.stages.review.sitting import Ask
from cothemes.tui.panel import Panel
from cothemes.tui.paragraphs import one_line
from cothemes.tui.seen import NEW


class CodeList(Vertical):
    """Codes in the codebook's order, or what fits the search. A click gives one."""

    DEFAULT_CSS = """
    CodeList { width: 44; height: 100%; padding: 0 0 0 1; border-left: vkey ansi_default; }
    CodeList > Input { height: 1; border: none; padding: 0; }
    CodeList > OptionList {
        height: 1fr; border: none; padding: 0; background: ansi_default; color: ansi_default;
        scrollbar-size-vertical: 1;
    }
    CodeList > OptionList > .option-list--option-highlighted { text-style: bold reverse; }
    """

    class Given(Message):
        """A code was clicked on."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, panel: Panel[Any]) -> None:
        super().__init__()
        self._panel = panel
        self.search = Input(compact=True, select_on_focus=False, placeholder="c: find a code", id="search")
        self._list = OptionList(compact=True)
        self._list.can_focus = False
        self._shown: object = None

    @property
    def wanted(self) -> bool:
        """Return whether the sitting gives codes."""
        return any(key.name == "ask-code-code-0" for key in self._panel.keys)

    def compose(self) -> ComposeResult:
        """The search over the list."""
        yield self.search
        yield self._list

    def show(self) -> None:
        """Show the list as the panel has it now."""
        panel = self._panel
        if not panel.beside:
            return
        finding = panel.asking is Ask.CODE
        entries = panel.entries()
        shown = (entries, panel.given)
        if shown != self._shown:
            self._shown = shown
            self._list.clear_options()
            self._list.add_options([Option(Content(_line(entry, panel.given))) for entry in entries])
        self._list.highlighted = panel.choice if finding and entries else None
        self.search.placeholder = panel.prompt if finding else "c: find a code"

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the code that was clicked on."""
        event.stop()
        self.post_message(self.Given(event.option_index))


def _line(entry: tuple[str, str], given: frozenset[str]) -> str:
    code, label = entry
    if not code:
        return f"{NEW} {one_line(label)}"
    return f"[{APPLIES if code in given else OPEN}] {code}  {one_line(label)}"
