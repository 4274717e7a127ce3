"""Tables for a paper: LaTeX with booktabs, every word escaped.

They go through pdflatex as through lualatex. Letters that pdflatex does not know stand there by their number;
which it knows was found by setting each (TeX Live, T1 fonts).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from cothemes.adapters.writers.whole_file import whole_file
from cothemes.records.text import shown_text

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
_HEAD = r"""% Needs \usepackage[T1]{fontenc}, \usepackage{booktabs} and \usepackage{longtable}.
\ifdefined\otherletter\else
\DeclareRobustCommand{\otherletter}[2]{\ifdefined\Umathchar #1\else[#2]\fi}
\fi
"""
_WIDE = 24
"""Letters from which a column is set as a paragraph."""
_LINE = 0.62
"""Share of the line that such columns take together."""


def write_latex(path: Path, tables: Sequence[tuple[str, str, Sequence[Sequence[str]]]], note: str) -> None:
    """`tables`: caption, label, and rows of words, the header first. Raises InputError where it cannot be
    written."""
    with whole_file(path) as handle:
        handle.write(_HEAD)
        for caption, label, rows in tables:
            handle.write(latex_table(caption, label, rows))
        handle.write(f"\n\\noindent\\footnotesize {escaped(note)}\\normalsize\n")


def latex_table(caption: str, label: str, rows: Sequence[Sequence[str]]) -> str:
    """One longtable; the first column is set left, the others right, and long words as paragraphs."""
    head, *body = rows
    lines = [
        "",
        r"\begingroup\footnotesize\setlength{\tabcolsep}{3pt}\setlength{\LTcapwidth}{\linewidth}",
        f"\\begin{{longtable}}{{{_columns(rows)}}}",
        f"\\caption{{{escaped(caption)}}}\\label{{{label}}}\\\\",
        "\\toprule",
        _row(head),
        "\\midrule\\endfirsthead",
        "\\toprule",
        _row(head),
        "\\midrule\\endhead",
        "\\bottomrule\\endfoot",
        *(_row(row) for row in body),
        "\\end{longtable}",
        r"\endgroup",
        "",
    ]
    return "\n".join(lines)


def escaped(words: str) -> str:
    """Words in which nothing is a command."""
    composed = unicodedata.normalize("NFC", shown_text(words).replace("\n", " "))
    return "".join(_SPECIAL.get(letter) or _letter(letter) for letter in composed)


def _letter(letter: str) -> str:
    known = any(ord(letter) in part for part in _KNOWN)
    return letter if known else rf"\otherletter{{{letter}}}{{U+{ord(letter):04X}}}"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    longest = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    wide = [length for length in longest if length > _WIDE]
    return "".join(
        rf"p{{{_LINE * length / sum(wide):.2f}\linewidth}}" if length > _WIDE else "r" if at else "l"
        for at, length in enumerate(longest)
    )


def _row(cells: Sequence[str]) -> str:
    # A bracket at the start of a row would be read as the option of the line break before it.
    shown = [escaped(cell) for cell in cells]
    shown[0] = f"{{{shown[0]}}}" if shown[0].startswith(("[", "*")) else shown[0]
    return " & ".join(shown) + r" \\"
