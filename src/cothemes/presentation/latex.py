"""Tables for a paper: LaTeX with booktabs, every word escaped, nothing wider than the page.

They go through pdflatex as through lualatex. Which letters pdflatex knows was found by setting each (TeX
Live, T1 fonts); another is shown by its number. Widths of columns are counted in ems of the Computer Modern
fonts, roughly, and rather too wide. What fits stays as it is; else the widest columns of words are broken
into lines; a table whose figures alone are too wide is printed in parts, each with the first column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from cothemes.records.text import shown_text

_HEAD = r"""% Needs \usepackage[T1]{fontenc}, \usepackage{booktabs} and \usepackage{longtable}.
\ifdefined\otherletter\else
\DeclareRobustCommand{\otherletter}[2]{\ifdefined\Umathchar #1\else[#2]\fi}
\fi
"""
_LONG = 20
"""Letters of a word from which it may be broken, in captions and notes."""
LINE = 38.6
"""Ems of a line of article at 10, 11 or 12 points in its \\footnotesize: of 40.6, 38.9 and 39.0 the least."""
GAP = 0.71
"""Ems between two columns, at 10 points."""
PIECE = 14
"""Letters after which a word may be broken; a code's name is no word that hyphens would help."""
NUMBERED = 4.8
"""Ems of a letter that stands by its number."""
BREAKS_AFTER = frozenset("-_/.:,;@#|+")
_COMMAND = re.compile("`([^`]+)`")
_FIGURES = re.compile(r"[-–−+.\d\s\[\],%*<()]*")
_THIN, _SLIM, _WIDE = frozenset(".,:;'|!iljI[]"), frozenset("()frst-* "), frozenset("mwMW@%—…")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "–": "--",
    "−": "$-$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "∞": r"$\infty$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "ε": r"$\varepsilon$",
    "κ": r"$\kappa$",
    "ρ": r"$\rho$",
    "ω": r"$\omega$",
    "′": "$'$",
}
_KNOWN = (
    range(0x20, 0x7F),
    range(0xA0, 0x126),
    range(0x128, 0x138),
    range(0x139, 0x13F),
    range(0x141, 0x149),
    range(0x14A, 0x166),
    range(0x168, 0x17F),
    range(0x218, 0x21C),
    range(0x2010, 0x2017),
    range(0x2018, 0x201B),
    range(0x201C, 0x201F),
    range(0x2020, 0x2023),
    (0x2026, 0x2030, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2190, 0x2192),
)


def latex_file(tables: Iterable[tuple[str, str, Sequence[Sequence[str]]]], note: str) -> str:
    """Return the file's text. `tables`: caption, label, and rows of words, the header first."""
    # A grave accent opens a quotation in LaTeX and never closes one.
    note = _COMMAND.sub("“\\1”", note)
    told = f"\n\\begingroup\\footnotesize\\sloppy\\noindent {broken(note)}\\par\\endgroup\n"
    return "".join([_HEAD, *(latex_table(caption, label, rows) for caption, label, rows in tables), told])


def latex_table(caption: str, label: str, rows: Sequence[Sequence[str]]) -> str:
    """One longtable, or several where the figures alone are wider than a line. The first column is set left,
    figures right; what would run over the edge is broken into lines."""
    parts = list(parts_of(rows))
    tables = []
    for number, columns in enumerate(parts, start=1):
        told = f"{caption} Part {number} of {len(parts)}." if len(parts) > 1 else caption
        tables.append(_table(told, label if number == 1 else f"{label}-{number}", rows, columns))
    return "".join(tables)


def _table(caption: str, label: str, rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> str:
    head, *body = rows
    lines = [
        "",
        r"\begingroup\footnotesize\setlength{\tabcolsep}{3pt}\setlength{\LTcapwidth}{\linewidth}",
        f"\\begin{{longtable}}{{{''.join(map(_specified, columns))}}}",
        f"\\caption{{{broken(caption)}}}\\label{{{label}}}\\\\",
        "\\toprule",
        _row(head, columns),
        "\\midrule\\endfirsthead",
        "\\toprule",
        _row(head, columns),
        "\\midrule\\endhead",
        "\\bottomrule\\endfoot",
        *(_row(row, columns) for row in body),
        "\\end{longtable}",
        r"\endgroup",
        "",
    ]
    return "\n".join(lines)


def broken(words: str) -> str:
    """Words in which nothing is a command, and very long ones may go over two lines."""
    settled = unicodedata.normalize("NFC", shown_text(words).replace("\n", " "))
    return " ".join(_breakable(word) if len(word) > _LONG else escaped(word) for word in settled.split(" "))


def _breakable(words: str) -> str:
    """May end a line after a sign, and at some cost within a long word; never with a hyphen, which no name
    of a code has."""
    found = ""
    for piece in pieces(words):
        found += escaped(piece)
        if piece[-1] in BREAKS_AFTER:
            found += r"\allowbreak{}"
        elif piece[-1] != " ":
            found += r"\penalty500{}"
    return found


def _specified(column: Column) -> str:
    if column.width is not None:
        return rf"p{{{column.width / LINE:.3f}\linewidth}}"
    return "r" if column.place else "l"


def _row(cells: Sequence[str], columns: Sequence[Column]) -> str:
    return " & ".join(_cell(cells[column.place], column) for column in columns) + r" \\"


def _cell(words: str, column: Column) -> str:
    if column.width is None:
        shown = escaped(words)
        # A bracket at the start of a row would be read as the option of the line break before it.
        return f"{{{shown}}}" if shown.startswith(("[", "*")) else shown
    side = r"\raggedleft" if column.figures else r"\raggedright"
    if column.figures and is_figure(words):
        return rf"{{{side} {escaped(words).replace(' ', '~')}\par}}"
    settled = unicodedata.normalize("NFC", shown_text(words).replace("\n", " "))
    return rf"{{{side}\hyphenpenalty=10000 {_breakable(settled)}\par}}"


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    place: int
    """Place in the rows that were given."""
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
    """Return how many further columns stand beside the first; one at least."""
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


def escaped(words: str) -> str:
    """Words in which nothing is a command."""
    composed = unicodedata.normalize("NFC", shown_text(words).replace("\n", " "))
    return "".join(_SPECIAL.get(letter) or _letter(letter) for letter in composed)


def is_known(letter: str) -> bool:
    """Return whether pdflatex sets it as it stands, or by a command of its own."""
    return letter in _SPECIAL or any(ord(letter) in part for part in _KNOWN)


def _letter(letter: str) -> str:
    return letter if is_known(letter) else rf"\otherletter{{{letter}}}{{U+{ord(letter):04X}}}"
