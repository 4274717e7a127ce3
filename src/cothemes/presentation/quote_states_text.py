"""Quotes of a code in every state, for a terminal: one after the other, or side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from cothemes.presentation.codings_text import more_lines
from cothemes.presentation.ids import WHOLE, ShortIds
from cothemes.presentation.lines import Line, Unbroken
from cothemes.presentation.side_by_side import side_by_side
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.findings.quote_states import QuoteStates, StatedQuote

IN_COLUMN = 16
"""Columns of a document's id where quotes are side by side."""


def quote_states_lines(found: QuoteStates, limit: int, width: int, ids: ShortIds = WHOLE) -> Iterator[Line]:
    """Yield the quotes, at most `limit` (0: all), then how many there are of each state. `width`: columns of
    the terminal."""
    if found.beside is not None:
        yield from _beside(found, limit, width, ids)
    else:
        for quote in found.quotes[:limit] if limit else found.quotes:
            yield Padding(Text(f"“{shown_text(quote.text)}”"), (0, 0, 0, 2), expand=False)
            yield Padding(Text(shown_text(_source(quote, ids)), style="dim"), (0, 0, 1, 2))
        yield from more_lines(len(found.quotes), limit)
    yield f"{counted(len(found.quotes), 'quote')} of {', '.join(found.codes)}."
    states = ", ".join(f"{state} {count}" for state, count in found.states.items())
    yield f"In all states: {states or 'none'}."
    if found.pseudonyms:
        yield "Pseudonyms replace the names that the study knows; --show-originals keeps the names."


def _beside(found: QuoteStates, limit: int, width: int, ids: ShortIds) -> Iterator[Line]:
    if not found.groups:
        return
    columns: dict[str, list[StatedQuote]] = {group.name: [] for group in found.groups}
    for quote in found.quotes:
        columns[found.group_of(quote)].append(quote)
    rows = _rows(list(columns.values()))
    heads = [_head(group.name, group.quotes, group.definition) for group in found.groups]
    cells = [[_cell(found, quotes, ids) for quotes in row] for row in (rows[:limit] if limit else rows)]
    for line in side_by_side([shown_text(head) for head in heads], cells, width):
        yield Unbroken(line)
    yield from more_lines(len(rows), limit)


def _rows(columns: Sequence[Sequence[StatedQuote]]) -> list[list[list[StatedQuote]]]:
    """Return first what several columns have of the same passage, then the rest, as it comes."""
    by_passage = [_by_passage(column) for column in columns]
    order = dict.fromkeys(passage for column in by_passage for passage in column)
    shared = [passage for passage in order if sum(passage in column for column in by_passage) > 1]
    rows = [[column.get(passage, []) for column in by_passage] for passage in shared]
    rest = [[quotes for passage, quotes in column.items() if passage not in shared] for column in by_passage]
    for at in range(max(map(len, rest), default=0)):
        rows.append([column[at] if at < len(column) else [] for column in rest])
    return rows


def _by_passage(quotes: Sequence[StatedQuote]) -> dict[str, list[StatedQuote]]:
    found: dict[str, list[StatedQuote]] = {}
    for quote in quotes:
        found.setdefault(quote.passage, []).append(quote)
    return found


def _cell(found: QuoteStates, quotes: Sequence[StatedQuote], ids: ShortIds) -> str:
    return shown_text(
        "\n".join(f"“{' '.join(each.text.split())}”\n{_short_source(found, each, ids)}" for each in quotes)
    )


def _head(name: str, quotes: int, definition: str) -> str:
    return f"{name}: {counted(quotes, 'quote')}" + (f"\n{definition}" if definition else "")


def _short_source(found: QuoteStates, quote: StatedQuote, ids: ShortIds) -> str:
    """Return passage, person, round and state, without what the head of the column says."""
    said = found.group_of(quote)
    state = "" if quote.state in ("current", said) else quote.state
    code = quote.code if len(found.codes) > 1 else ""
    parts = (code, quote.by, quote.round or "", state)
    return " | ".join(
        [ids.passage(quote.passage, IN_COLUMN), *(part for part in parts if part and part != said)]
    )


def _source(quote: StatedQuote, ids: ShortIds) -> str:
    unmarked = "the passage, nothing marked" if quote.whole_passage else ""
    place = ", ".join(filter(None, (quote.round, quote.arm)))
    when = f"{quote.at:%Y-%m-%d}" if quote.at else ""
    parts = (
        ids.passage(quote.passage),
        quote.speaker,
        quote.code,
        quote.by,
        place,
        quote.state,
        quote.version,
        when,
    )
    note = f"note: {quote.note}" if quote.note else ""
    return " | ".join(filter(None, (*parts, unmarked, note)))
