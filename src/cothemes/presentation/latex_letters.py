"""Letters in LaTeX: what is a command is escaped, and what pdflatex does not know stands by its number.

Which it knows was found by setting each (TeX Live, T1 fonts). lualatex sets all of them.
"""

from __future__ import annotations

import unicodedata

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


def escaped(words: str) -> str:
    """Words in which nothing is a command."""
    composed = unicodedata.normalize("NFC", shown_text(words).replace("\n", " "))
    return "".join(_SPECIAL.get(letter) or _letter(letter) for letter in composed)


def is_known(letter: str) -> bool:
    """Whether pdflatex sets it as it stands, or by a command of its own."""
    return letter in _SPECIAL or any(ord(letter) in part for part in _KNOWN)


def _letter(letter: str) -> str:
    return letter if is_known(letter) else rf"\otherletter{{{letter}}}{{U+{ord(letter):04X}}}"
