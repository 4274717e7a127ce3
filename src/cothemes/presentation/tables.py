"""Tables laid out for the width of the terminal.

Where a table is too wide, ids are shortened to forms that commands accept. Where it is too wide even so, its
cells would be squeezed to a few letters. There a row takes two lines or more, and ids, which people copy, are
not broken.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from cothemes.presentation.ids import WHOLE, WIDTHS, ShortIds
from cothemes.presentation.lines import Table

if TYPE_CHECKING:
    import rich.table

UNBROKEN = ("passage", "document", "code")
"""Columns whose cells people copy: never folded."""

NARROWEST = 6
"""Columns of a cell that is folded; below it nobody can read it."""
LONGEST_WORD = 16
"""A folded cell is no narrower than its longest word, up to this."""
GAP = 3
"""Columns that a table puts between two cells."""
EDGES = 2
"""Columns left and right of a table."""
COMFORTABLE = 40
"""Room enough on a begun line for a cell that is folded anyway."""
PASSAGE, DOCUMENT = "passage", "document"
INDENT = 2
APART = "  "


def laid_out(table: Table, width: int, ids: ShortIds = WHOLE) -> rich.table.Table | list[str]:
    """Return the table for `width` columns, or its lines where folding would leave slivers.

    Long cells fold, nothing is cut off, and a column that is empty in every row is left out. Where the table
    is too wide, ids of documents and passages are shortened.
    """
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    cells = [["" if cell is None else str(cell) for cell in row] for row in table.rows]
    shown = [at for at in range(len(table.columns)) if not cells or any(row[at] for row in cells)]
    names, filled = [table.columns[at] for at in shown], [[row[at] for at in shown] for row in cells]
    for wide in WIDTHS:
        if fits(names, filled, UNBROKEN, width):
            break
        filled = _shortened(names, [[row[at] for at in shown] for row in cells], ids, wide)
    if not fits(names, filled, UNBROKEN, width):
        return [*([table.title] if table.title else []), *rows_of_lines(names, filled, width), ""]
    made = RichTable(
        box=box.SIMPLE_HEAD, title=table.title or None, title_justify="left", pad_edge=False, padding=(0, 1)
    )
    for at in shown:
        name = table.columns[at]
        justify: Literal["left", "right"] = "right" if at in table.right else "left"
        made.add_column(name, justify=justify, overflow="fold", no_wrap=name in UNBROKEN)
    for row in filled:
        made.add_row(*map(Text, row))
    return made


def _shortened(
    names: Sequence[str], rows: Sequence[Sequence[str]], ids: ShortIds, wide: int
) -> list[list[str]]:
    """Return the cells with ids of documents in at most `wide` columns."""
    how = {PASSAGE: ids.passage, DOCUMENT: ids.document}
    return [
        [how[name](cell, wide) if name in how else cell for name, cell in zip(names, row, strict=True)]
        for row in rows
    ]


def fits(columns: Sequence[str], cells: Sequence[Sequence[str]], unbroken: Sequence[str], width: int) -> bool:
    """Return whether a table of `width` columns holds them. The columns in `unbroken` are never folded, and a
    table of passages is not folded at all: one line is one passage.
    """
    least = [
        _least(name, [row[at] for row in cells], name not in unbroken and PASSAGE not in columns)
        for at, name in enumerate(columns)
    ]
    return sum(least) + GAP * (len(least) - 1) + EDGES <= width


def rows_of_lines(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """The headings and each row over as many lines as the widest row takes. Cells stand under their headings;
    a last one on its line that is too long for it goes on below."""
    natural = [max(len(name), *(len(row[at]) for row in cells)) for at, name in enumerate(columns)]
    lines: list[list[int]] = []
    room = 0
    for at in range(len(columns)):
        goes_on = len(lines) > 1 and natural[at] > width and room >= COMFORTABLE
        if not lines or (natural[at] > room and not goes_on):
            lines.append([])
            room = width - (INDENT if len(lines) > 1 else 0)
        lines[-1].append(at)
        room -= natural[at] + len(APART)
    yield from _row(columns, lines, natural, width)
    yield "─" * width
    for row in cells:
        yield from _row(row, lines, natural, width)


def _row(
    row: Sequence[str], lines: Sequence[Sequence[int]], natural: Sequence[int], width: int
) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number and not any(row[at] for at in line):
            continue
        text = APART.join(row[at].ljust(natural[at]) for at in line).rstrip()
        indent = " " * INDENT if number else ""
        if number == 0 or len(indent + text) <= width:
            yield indent + text
        else:
            yield from textwrap.wrap(
                text,
                width,
                initial_indent=indent,
                subsequent_indent=indent * 2,
                break_long_words=False,
                break_on_hyphens=False,
            )


def _least(name: str, cells: Sequence[str], folds: bool) -> int:
    widest = max((len(cell) for cell in cells), default=0)
    if not folds:
        return max(widest, len(name))
    word = max((len(word) for cell in (name, *cells) for word in cell.split()), default=0)
    return min(max(widest, len(name)), max(min(word, LONGEST_WORD), NARROWEST))
