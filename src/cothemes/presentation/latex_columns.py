"""How wide the columns of a printed table are, so that none runs over the edge of the page.

Widths are counted in ems of the Computer Modern fonts, roughly, and rather too wide. What fits stays as it
is; else the widest columns of words are broken into lines; a table whose figures alone are too wide is
printed in parts, each with the first column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from cothemes.presentation.latex_letters import is_known

LINE = 38.6
"""Ems of a line of article at 10, 11 or 12 points in its \\footnotesize: of 40.6, 38.9 and 39.0 the least."""
GAP = 0.71
"""Ems between two columns, at 10 points."""
PIECE = 14
"""Letters after which a word may be broken; a code's name is no word that hyphens would help."""
NUMBERED = 4.8
"""Ems of a letter that stands by its number."""
BREAKS_AFTER = frozenset("-_/.:,;@#|+")
_FIGURES = re.compile(r"[-–−+.\d\s\[\],%*<()]*")
_THIN, _SLIM, _WIDE = frozenset(".,:;'|!iljI[]"), frozenset("()frst-* "), frozenset("mwMW@%—…")


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    place: int
    """In the rows that were given."""
    figures: bool
    """Set right and never broken, but for its head."""
    width: float | None
    """Ems of the paragraph that its cells are broken into; None: as wide as its widest cell."""


def ems(words: str) -> float:
    """About how wide these words are."""
    return sum(map(_em, words))


def is_figure(words: str) -> bool:
    """Numbers, intervals, dashes; nothing that may be broken."""
    return _FIGURES.fullmatch(words) is not None


def parts_of(rows: Sequence[Sequence[str]]) -> Iterator[tuple[Column, ...]]:
    """Columns of one table after the other; the first column stands in each. The head is the first row."""
    measured = [_measured(at, column) for at, column in enumerate(zip(*rows, strict=True))]
    first, rest = measured[0], measured[1:]
    while True:
        taken = _fitting(first, rest)
        yield _settled([first, *rest[:taken]])
        rest = rest[taken:]
        if not rest:
            return


@dataclass(frozen=True)
class _Measured:
    place: int
    figures: bool
    natural: float
    least: float


def _measured(place: int, cells: Sequence[str]) -> _Measured:
    head, *body = cells
    figures = place > 0 and all(map(is_figure, body))
    natural = max((ems(cell) for cell in cells), default=0.0)
    least = max(
        _longest_piece(head), *((ems(cell) if figures else _longest_piece(cell)) for cell in body), 1.0
    )
    return _Measured(place, figures, natural, min(least, natural) or 1.0)


def _fitting(first: _Measured, rest: Sequence[_Measured]) -> int:
    """How many further columns stand beside the first; one at least."""
    used, taken = first.least + GAP, 0
    for column in rest:
        used += column.least + GAP
        if used > LINE and taken:
            break
        taken += 1
    return taken


def _settled(columns: Sequence[_Measured]) -> tuple[Column, ...]:
    """Columns that are narrower than their share keep their width, the others share what is left."""
    room = LINE - GAP * len(columns)
    if sum(column.natural for column in columns) <= room:
        return tuple(Column(column.place, column.figures, None) for column in columns)
    widths: dict[int, float] = {}
    open_columns = list(columns)
    while open_columns:
        share = (room - sum(widths.values())) / len(open_columns)
        # What cannot be narrower comes first: it takes from the others' share.
        settled = {column.place: column.least for column in open_columns if column.least >= share}
        settled = settled or {
            column.place: column.natural for column in open_columns if column.natural <= share
        }
        widths |= settled or {column.place: share for column in open_columns}
        open_columns = [column for column in open_columns if column.place not in widths]
    return tuple(
        Column(
            column.place,
            column.figures,
            None if widths[column.place] >= column.natural else widths[column.place],
        )
        for column in columns
    )


def _longest_piece(words: str) -> float:
    return max((ems(piece) for piece in pieces(words)), default=0.0)


def pieces(words: str) -> list[str]:
    """Words cut where a line may end: at blanks, after signs of a name, within very long words."""
    found, current = [], ""
    for letter, following in zip_longest(words, words[1:], fillvalue=""):
        current += letter
        # A number stays whole: 1.00, .05, -3.
        after_sign = letter in BREAKS_AFTER and not following.isdigit()
        within = len(current) >= PIECE and following not in BREAKS_AFTER
        if letter == " " or after_sign or within or len(current) > PIECE:
            found.append(current)
            current = ""
    return [*found, current] if current else found


def _em(letter: str) -> float:
    if not is_known(letter):
        return NUMBERED
    if letter in _THIN:
        return 0.29
    if letter in _SLIM:
        return 0.4
    if letter in _WIDE:
        return 0.95
    if letter.isdigit():
        return 0.5
    return 0.78 if letter.isupper() or ord(letter) > 0x24F else 0.55
