"""Quotes for a terminal: the words, then whose they are and how the code was applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from cothemes.presentation.codings_text import more_lines
from cothemes.presentation.ids import WHOLE, ShortIds
from cothemes.presentation.left_out import combined_lines, left_out_lines, query_lines
from cothemes.presentation.lines import Line, Table
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.findings.quotes import CodesInUse, QuoteEntry, QuoteList


def quote_lines(found: QuoteList, limit: int, ids: ShortIds = WHOLE) -> Iterator[Line]:
    """Yield people's quotes, then suggested ones, at most `limit` of each (0: all), then how many there
    are."""
    for title, listed in (
        ("Decided by people", found.decided),
        ("Suggested, and decided by nobody", found.suggested),
        ("Accepted under a certificate, and read by nobody", found.auto_accepted or ()),
    ):
        groups = _together(listed, found.labels)
        yield from _section(title, groups[:limit] if limit else groups, found.labels, ids)
        yield from more_lines(len(groups), limit)
    decided = len(_together(found.decided, found.labels))
    yield f"{counted(decided, 'quote')} by people, {len(found.suggested)} only suggested."
    if found.auto_accepted:
        yield f"{counted(len(found.auto_accepted), 'quote')} accepted under a certificate, read by nobody."
    yield from query_lines(found.query)
    yield from combined_lines(found.combined_by)
    yield from left_out_lines(found.left_out)


def codes_in_use_lines(found: CodesInUse) -> Iterator[Line]:
    """Yield the codes that quotes can be asked for."""
    if not found.codes:
        yield "No passage has a code yet."
        return
    with_auto = any(each.auto_accepted for each in found.codes)
    yield Table(
        ("code", "label", "by people", "suggested", *(["auto-accepted"] if with_auto else [])),
        [
            (
                each.code,
                shown_text(each.label),
                each.decided,
                each.suggested,
                *([each.auto_accepted or 0] if with_auto else []),
            )
            for each in found.codes
        ],
        right=(2, 3, 4) if with_auto else (2, 3),
    )
    yield "Passages with each code. The words: cothemes quotes --code " + found.codes[0].code
    yield from query_lines(found.query)
    yield from combined_lines(found.combined_by)
    yield from left_out_lines(found.left_out)


def _together(quotes: Sequence[QuoteEntry], labels: Mapping[str, str]) -> list[list[QuoteEntry]]:
    """Return the quotes in the codebook's order; the same words under the same code are one group, whoever
    marked them."""
    order = {code: number for number, code in enumerate(labels)}
    found: dict[tuple[str, str, bool], list[QuoteEntry]] = {}
    for quote in sorted(quotes, key=lambda quote: order.get(quote.code, len(order))):
        found.setdefault((quote.code, quote.id, quote.whole_passage), []).append(quote)
    return list(found.values())


def _section(
    title: str, groups: Sequence[Sequence[QuoteEntry]], labels: Mapping[str, str], ids: ShortIds
) -> Iterator[Line]:
    if not groups:
        return
    yield Text(f"{title}:\n", style="bold")
    heading = ""
    for same in groups:
        code = same[0].code
        if code != heading:
            heading = code
            yield Text(shown_text(f"{code}  {labels.get(code, '')}".rstrip()), style="bold")
        yield from _quote(same, ids)


def _quote(same: Sequence[QuoteEntry], ids: ShortIds) -> Iterator[Line]:
    """Yield the words, then whose they are, and everybody who marked them."""
    quote = same[0]
    yield Padding(Text(f"“{shown_text(quote.shown)}”"), (0, 0, 0, 2), expand=False)
    people: dict[str, list[str]] = {}
    for each in same:
        wording = "" if each.current_wording else ", earlier wording"
        text = ", source corrected" if each.source_corrected else ""
        text = text or (
            ", to confirm" if each.to_confirm else ", corrected since" if each.corrected_since else ""
        )
        people.setdefault(f"{each.status.value} by {{}}{wording}{text}", []).append(each.by)
    by = "; ".join(how.format(" and ".join(names)) for how, names in people.items())
    title = quote.title + (" (synthetic)" if quote.synthetic else "")
    unmarked = "the passage, nothing marked" if quote.whole_passage else ""
    place = ids.passage(quote.passage) + quote.id.removeprefix(quote.passage)
    who = [place, quote.speaker, title, quote.code, by, unmarked]
    yield Padding(Text(shown_text(" | ".join(filter(None, who))), style="dim"), (0, 0, 1, 2))
