"""The framework for a terminal, as a table for a spreadsheet, and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from cothemes.presentation.ids import WHOLE, ShortIds
from cothemes.presentation.left_out import combined_lines, left_out_lines, query_lines
from cothemes.presentation.lines import Line, Paragraph
from cothemes.presentation.pages import PageHead, page
from cothemes.records.sheet import Column, Leaf
from cothemes.records.text import counted, shown_text
from cothemes.stages.exchange.findings import GROUP_COLUMNS

if TYPE_CHECKING:
    from cothemes.app.findings.framework import (
        Framework,
        FrameworkCase,
        FrameworkCell,
        FrameworkColumn,
        FrameworkNote,
        FrameworkQuote,
    )

_WIDE, _NARROW = 60, 16
"""Characters of the columns of a workbook."""
_TOLD = ("participant", *GROUP_COLUMNS)
"""Columns of the metadata that stand beside a case on the screen."""
_SHORT = 40
"""Characters of the metadata that stand beside a case on a page."""


def framework_lines(found: Framework, ids: ShortIds = WHOLE) -> Iterator[Line]:
    """Yield case by case what is in its cells, then what was counted."""
    labels = {each.id: each for each in found.columns}
    for case in found.cases:
        yield Text(shown_text(_head(case)), style="bold")
        for cell in case.cells:
            if not cell.empty:
                yield from _cell_lines(labels[cell.column], cell, ids)
        nothing = [cell.column for cell in case.cells if cell.empty]
        if nothing:
            yield Paragraph(f"Nothing on {', '.join(nothing)}.", indent=2, style="dim")
        yield ""
    filled = sum(not cell.empty for case in found.cases for cell in case.cells)
    summed = sum(bool(cell.summaries) for case in found.cases for cell in case.cells)
    cells = len(found.cases) * len(found.columns)
    yield (
        f"{counted(len(found.cases), 'case')} by {counted(len(found.columns), 'column')}: {filled} of "
        f"{counted(cells, 'cell')} filled, {summed} summed up."
    )
    yield 'Write a summary: cothemes framework write CASE COLUMN "…" --as NAME'
    yield found.sentence
    yield from query_lines(found.query)
    yield from combined_lines(found.combined_by)
    yield from left_out_lines(found.left_out)


def _cell_lines(column: FrameworkColumn, cell: FrameworkCell, ids: ShortIds) -> Iterator[Line]:
    passages = counted(cell.passages, "passage")
    yield Paragraph(f"{column.id}  {column.label}: {passages}", indent=2, style="underline")
    for note in cell.summaries:
        yield from _note_lines("Summary", note)
    for note in cell.memos:
        yield from _note_lines("Memo", note)
    for quote in cell.quotes:
        yield Paragraph(f"“{quote.text}”", indent=4)
        yield Paragraph(_source(quote, ids), indent=6, style="dim")
    if cell.more:
        yield Paragraph(f"… and {counted(cell.more, 'quote')} more (--quotes 0 has all)", indent=4)


def _note_lines(what: str, note: FrameworkNote) -> Iterator[Line]:
    yield Paragraph(f"{what} ({_signed(note)}):", indent=4, style="bold")
    for line in note.text.split("\n"):
        yield Paragraph(line, indent=6)


def _head(case: FrameworkCase) -> str:
    said = [
        f"{name} {value}" for name in _TOLD if (value := case.metadata.get(name, "")) and value != case.case
    ]
    others = ", ".join(case.documents) if case.documents != (case.case,) else ""
    title = case.title if case.title != case.case else ""
    return " | ".join(filter(None, (case.case, title, others, *said)))


def _source(quote: FrameworkQuote, ids: ShortIds) -> str:
    unmarked = "the passage, nothing marked" if quote.whole_passage else ""
    return " | ".join(
        filter(
            None, (ids.passage(quote.passage), quote.speaker, quote.code, " and ".join(quote.by), unmarked)
        )
    )


def _signed(note: FrameworkNote) -> str:
    version = f"version {note.version}" if note.version > 1 else ""
    return ", ".join(filter(None, (note.by or "nobody named", f"{note.at:%Y-%m-%d}", version, note.memo)))


def framework_rows(found: Framework) -> Iterator[list[str]]:
    """Yield a header, then a row for each case: metadata, then summary and quotes of each column."""
    metadata = _metadata(found)
    heads = [cell for each in found.columns for cell in (f"{each.id} summary", f"{each.id} quotes")]
    yield ["case", "documents", "title", *(f"meta.{name}" for name in metadata), *heads]
    for case in found.cases:
        cells = [words for cell in case.cells for words in (_summed(cell), _quoted(cell))]
        said = [case.metadata.get(name, "") for name in metadata]
        yield [case.case, " ".join(case.documents), case.title, *said, *cells]


def framework_leaf(found: Framework) -> Leaf:
    """Return the same as a sheet of a workbook."""
    header, *rows = framework_rows(found)
    narrow = len(header) - 2 * len(found.columns)
    columns = tuple(
        Column(name=name, width=_NARROW if at < narrow else _WIDE) for at, name in enumerate(header)
    )
    return Leaf(title="framework", columns=columns, rows=tuple(map(tuple, rows)))


def framework_page(found: Framework, head: PageHead) -> str:
    """Return the framework as a page."""
    metadata = [
        name
        for name in _metadata(found)
        if all(len(case.metadata.get(name, "")) <= _SHORT for case in found.cases)
    ]
    return page("framework_page", head, framework=found, metadata=metadata, signed=_signed)


def _metadata(found: Framework) -> list[str]:
    return sorted({name for case in found.cases for name in case.metadata})


def _summed(cell: FrameworkCell) -> str:
    return "\n\n".join(_written([*cell.summaries, *cell.memos]))


def _written(notes: Sequence[FrameworkNote]) -> Iterator[str]:
    for note in notes:
        yield f"{note.text} ({note.by or 'nobody named'}, {note.at:%Y-%m-%d})"


def _quoted(cell: FrameworkCell) -> str:
    words = [f"“{each.text}” ({each.passage}, {each.code})" for each in cell.quotes]
    if cell.more:
        words.append(f"… and {counted(cell.more, 'quote')} more")
    return "\n".join(words)
