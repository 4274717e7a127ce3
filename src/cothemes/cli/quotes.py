"""Quotes: the words that a coding stands on, with an id by which they can be found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cothemes.app.findings.codings import Found, Retrieved
from cothemes.cli.console import print_table, say, stdout
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
    def shown(self) -> str:
        """The words, with … where a whole passage begins or ends within a turn."""
        if not self.whole:
            return self.text
        passage = self.found.passage
        within = [
            any(block.start < at < block.end for block in self.found.document.blocks)
            for at in (passage.start, passage.end)
        ]
        return f"{'… ' if within[0] else ''}{self.text}{' …' if within[1] else ''}"

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


def together(quotes: Sequence[Quote], labels: Mapping[str, str]) -> list[list[Quote]]:
    """Code by code as in the codebook; the same words under the same code stand together, whoever marked
    them."""
    order = {code: number for number, code in enumerate(labels)}
    found: dict[tuple[str, str, bool], list[Quote]] = {}
    for quote in sorted(quotes, key=lambda quote: order.get(quote.found.coding.code, len(order))):
        found.setdefault((quote.found.coding.code, quote.id, quote.whole), []).append(quote)
    return list(found.values())


def show_quotes(title: str, quotes: Sequence[Sequence[Quote]], labels: Mapping[str, str], limit: int) -> None:
    """Under the title, as `together` puts them; `limit` counts over all of them, 0 is no limit."""
    from rich.text import Text

    if not quotes:
        return
    console = stdout()
    console.print(Text(f"{title}:\n", style="bold"))
    heading = ""
    for same in quotes[:limit] if limit else quotes:
        code = same[0].found.coding.code
        if code != heading:
            heading = code
            console.print(Text(shown_text(f"{code}  {labels.get(code, '')}".rstrip()), style="bold"))
        _show_quote(same)


def codes_in_use(found: Retrieved, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """For each code that stands anywhere: its passages by people, and those where it is only suggested."""
    upheld = [one for one in found.decided if one.upheld is not False]
    rows = []
    for code, label in labels.items():
        decided = {one.passage.id for one in upheld if one.coding.code == code}
        suggested = {one.passage.id for one in found.suggested if one.coding.code == code}
        if decided or suggested:
            rows.append({"code": code, "label": label, "decided": len(decided), "suggested": len(suggested)})
    return rows


def show_codes(rows: Sequence[dict[str, Any]]) -> None:
    """The codes that quotes can be asked for."""
    if not rows:
        say("No code stands on a passage yet.")
        return
    print_table(
        ("code", "label", "by people", "suggested"),
        [(row["code"], shown_text(row["label"]), row["decided"], row["suggested"]) for row in rows],
        right=(2, 3),
    )
    say("Passages with each code. The words: cothemes quotes --code " + rows[0]["code"])


def _show_quote(same: Sequence[Quote]) -> None:
    """The words, then whose they are and how the code came to stand on them, by everybody who marked them."""
    from rich.padding import Padding
    from rich.text import Text

    quote = same[0]
    one = quote.found
    console = stdout()
    console.print(Padding(Text(f"“{shown_text(quote.shown)}”"), (0, 0, 0, 2), expand=False))
    people: dict[str, list[str]] = {}
    for each in same:
        wording = "" if each.found.current_wording else ", earlier wording"
        people.setdefault(f"{each.found.coding.status.value} by {{}}{wording}", []).append(
            each.found.coding.by
        )
    by = "; ".join(how.format(" and ".join(names)) for how, names in people.items())
    title = (one.document.title or one.document.slug) + (" (synthetic)" if one.document.synthetic else "")
    unmarked = "the passage, nothing marked" if quote.whole else ""
    who = [quote.id, one.passage.speaker, title, one.coding.code, by, unmarked]
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
