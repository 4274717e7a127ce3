"""How a passage looks on a terminal, wherever one is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from cothemes.records.set_aside import Reason
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.presentation.lines import Line
    from cothemes.records.set_aside import SetAsideCount
    from cothemes.stages.review.context import Cut


def passage_lines(
    name: str,
    text: str,
    *,
    heading: Sequence[str] = (),
    marks: Sequence[tuple[int, int]] = (),
    cut: Cut | None = None,
) -> Iterator[Line]:
    """Yield a heading line with the passage's id, then the words. `marks` are code points of `text`, shown
    bold and underlined; `cut` says where the turn goes on."""
    head = Text(name, style="bold")
    for part in filter(None, heading):
        head.append(f"  {shown_text(part)}", style="not bold")
    yield head
    body = Text(shown_text(text))
    for start, end in marks:
        body.stylize("bold underline", max(start, 0), max(end, 0))
    if cut is not None:
        body = Text("… " * cut.before).append_text(body).append(" …" * cut.after)
    yield Padding(body, (0, 0, 1, 2))


def place_words(speaker: str, headings: Sequence[str]) -> str:
    """Return who speaks, else under which headings the passage is."""
    return speaker or " › ".join(headings[-2:])


def set_aside_in_words(count: SetAsideCount) -> str:
    """Return `3 bare answers (7 words)`."""
    noun = count.reason.value
    plural = noun if count.reason in (Reason.WEB_TEXT, Reason.NOT_CUT) else f"{noun}s"
    return f"{counted(count.stretches, noun, plural)} ({counted(count.words, 'word')})"
