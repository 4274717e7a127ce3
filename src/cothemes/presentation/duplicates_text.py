"""Groups of passages that repeat each other, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.codings_text import more_lines
from cothemes.presentation.lines import Line, Paragraph
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.corpus.repeats import RepeatedList

_WORDS = 20


def duplicate_lines(found: RepeatedList, limit: int) -> Iterator[Line]:
    """Yield the groups, at most `limit` (0: all), then how many passages they hold."""
    for group in found.groups[:limit] if limit else found.groups:
        how = "the same words" if group.identical else "nearly the same"
        yield Paragraph(f"{counted(len(group.passages), 'passage')}, {how}: {', '.join(group.passages)}")
        words = group.text.split()
        yield Paragraph(shown_text(" ".join(words[:_WORDS])) + (" …" if len(words) > _WORDS else ""), 4)
    yield from more_lines(len(found.groups), limit)
    yield (
        f"{found.repeated} of {counted(found.passages, 'passage')} in {counted(len(found.groups), 'group')} "
        "that repeat each other."
    )
