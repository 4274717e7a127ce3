"""Tables for a paper: LaTeX with booktabs, every word escaped."""

from __future__ import annotations

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
}


def write_latex(path: Path, tables: Sequence[tuple[str, str, Sequence[Sequence[str]]]], note: str) -> None:
    """`tables`: caption, label, and rows of words, the header first. Raises InputError where it cannot be
    written."""
    with whole_file(path) as handle:
        handle.write("% Needs \\usepackage{booktabs} and \\usepackage{longtable}.\n")
        for caption, label, rows in tables:
            handle.write(latex_table(caption, label, rows))
        handle.write(f"\n\\noindent\\footnotesize {escaped(note)}\\normalsize\n")


def latex_table(caption: str, label: str, rows: Sequence[Sequence[str]]) -> str:
    """One longtable; the first column is set left, the others right."""
    head, *body = rows
    lines = [
        "",
        f"\\begin{{longtable}}{{l{'r' * (len(head) - 1)}}}",
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
        "",
    ]
    return "\n".join(lines)


def escaped(words: str) -> str:
    """Words in which nothing is a command."""
    return "".join(_SPECIAL.get(letter, letter) for letter in shown_text(words).replace("\n", " "))


def _row(cells: Sequence[str]) -> str:
    # A bracket at the start of a row would be read as the option of the line break before it.
    shown = [escaped(cell) for cell in cells]
    shown[0] = f"{{{shown[0]}}}" if shown[0].startswith(("[", "*")) else shown[0]
    return " & ".join(shown) + r" \\"
