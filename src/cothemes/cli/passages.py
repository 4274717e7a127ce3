"""How a passage looks on the terminal, wherever one is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cothemes.cli.console import stdout
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.records.passage import Passage
    from cothemes.stages.review.context import Cut


def print_passage(
    passage: Passage, *, aside: str = "", marks: Sequence[tuple[int, int]] = (), cut: Cut | None = None
) -> None:
    """A heading line with id and speaker, then the words. `marks` are spans of the document, shown bold and
    underlined; `cut` says where the turn goes on."""
    from rich.padding import Padding
    from rich.text import Text

    console = stdout()
    head = Text(passage.id, style="bold")
    for part in (passage.speaker or " › ".join(passage.headings[-2:]), passage.time, aside):
        if part:
            head.append(f"  {shown_text(part)}", style="not bold")
    console.print(head)
    body = Text(shown_text(passage.text))
    for start, end in marks:
        body.stylize("bold underline", max(start - passage.start, 0), max(end - passage.start, 0))
    if cut is not None:
        body = Text("… " * cut.before).append_text(body).append(" …" * cut.after)
    console.print(Padding(body, (0, 0, 1, 2)))
