"""Tables for a paper: LaTeX with booktabs, every word escaped, nothing wider than the page.

They go through pdflatex as through lualatex.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from cothemes.presentation.latex_columns import (
    BREAKS_AFTER,
    LINE,
    Column,
    is_figure,
    parts_of,
    pieces,
)
from cothemes.presentation.latex_letters import escaped
from cothemes.records.text import shown_text

_HEAD = r"""% Needs \usepackage[T1]{fontenc}, \usepackage{booktabs} and \usepackage{longtable}.
\ifdefined\otherletter\else
\DeclareRobustCommand{\otherletter}[2]{\ifdefined\Umathchar #1\else[#2]\fi}
\fi
"""
_LONG = 20
"""Letters of a word from which it may be broken, in captions and notes."""


def latex_file(tables: Iterable[tuple[str, str, Sequence[Sequence[str]]]], note: str) -> str:
    """Return the file's text. `tables`: caption, label, and rows of words, the header first."""
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
