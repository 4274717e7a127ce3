"""Quotes: the words that a coding stands on, with an id by which they can be found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cothemes.app.steps.retrieve import Found
from cothemes.records.text import shown_text


@dataclass(frozen=True)
class Quote:
    """A stretch of a passage and the coding it belongs to."""

    found: Found
    start: int
    end: int
    """Half-open code points of the passage's text."""
    whole: bool
    """Nothing narrower was marked: the passage itself."""

    @property
    def id(self) -> str:
        """`slug.0042:17-63`."""
        return f"{self.found.passage.id}:{self.start}-{self.end}"

    @property
    def text(self) -> str:
        """The words as the source has them."""
        return self.found.passage.text[self.start : self.end]


def quotes_of(found: Sequence[Found]) -> list[Quote]:
    """A quote per marked or verified stretch; without one, the whole passage."""
    quotes = []
    for one in found:
        offset, length = one.passage.start, len(one.passage.text)
        spans = [(start - offset, end - offset) for start, end in one.coding.spans]
        inside = [(start, end) for start, end in spans if 0 <= start < end <= length]
        quotes += [Quote(one, start, end, whole=False) for start, end in inside]
        if not inside:
            quotes.append(Quote(one, 0, length, whole=True))
    return quotes


def show_quote(quote: Quote) -> None:
    """The words, then whose they are and how the code came to stand on them."""
    from rich.padding import Padding
    from rich.text import Text

    from cothemes.cli.console import stdout

    one = quote.found
    console = stdout()
    console.print(Padding(Text(f"“{shown_text(quote.text)}”"), (0, 0, 0, 2), expand=False))
    by = f"{one.coding.status.value} by {one.coding.by}" + (
        "" if one.current_wording else ", earlier wording"
    )
    title = (one.document.title or one.document.slug) + (" (synthetic)" if one.document.synthetic else "")
    who = [quote.id, one.passage.speaker, title, one.coding.code, by]
    console.print(Padding(Text(shown_text(" | ".join(filter(None, who))), style="dim"), (0, 0, 1, 2)))


def quote_as_json(quote: Quote) -> dict[str, Any]:
    """One quote as a program reads it."""
    one = quote.found
    return {
        "id": quote.id,
        "text": quote.text,
        "passage": one.passage.id,
        "document": one.document.slug,
        "kind": one.document.kind.value,
        "speaker": one.passage.speaker,
        "time": one.passage.time,
        "code": one.coding.code,
        "status": one.coding.status.value,
        "by": one.coding.by,
        "done": one.coding.done,
        "whole_passage": quote.whole,
        "current_wording": one.current_wording,
        "synthetic": one.document.synthetic,
    }
