"""Open passages as a sheet: who codes in a spreadsheet gets the words of the cards, and no more.

Each row bears a stamp over what its coder saw: text, codebook, suggestions in view and how far she was. A row
that comes back is held against the same four as they are then, and a seal ties them to passage and person,
so that a column sorted by itself is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cothemes.records.codebook import Codebook
from cothemes.records.record import content_hash
from cothemes.records.sheet import Column, Leaf, SheetLine
from cothemes.records.text import shown_text

LONGEST_CELL = 32_000
"""Characters; Excel takes 32,767."""
CUT = " […]"
FIXED = ("passage", "document", "reading", "before", "speaker", "text", "suggested")
ENTERED = ("note", "done")
STAMP = "stamp"
CODES = "codes"
YES = "x"

_WIDTHS = {"passage": 18, "document": 18, "before": 40, "text": 70, "suggested": 36, "codes": 22, "note": 28}
_PART = 10
"""Characters of each hash in a stamp: 40 bits, against mishaps and not against forgers."""
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_STAMP = re.compile(rf"s1((?:-[0-9a-f]{{{_PART}}}){{5}})")


@dataclass(frozen=True)
class Stamp:
    """Versions that a row was written under."""

    text: str
    codebook: str
    suggestions: str
    standing: str
    seal: str

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """All but the seal."""
        return self.text, self.codebook, self.suggestions, self.standing

    def __str__(self) -> str:
        return f"s1-{self.text}-{self.codebook}-{self.suggestions}-{self.standing}-{self.seal}"


def stamped(
    study: str,
    reviewer: str,
    passage: str,
    reading: str,
    *,
    text: str,
    codebook: str,
    suggestions: Iterable[str],
    standing: object,
) -> Stamp:
    """The stamp of a row. `text` is the cell's; `codebook` a hash; `standing` JSON that says what was
    decided."""
    parts = (
        text_mark(text),
        _short(codebook),
        _short(sorted(suggestions)),
        _short(standing),
    )
    return Stamp(*parts, seal=seal_of(study, reviewer, passage, reading, parts))


def text_mark(cell: str) -> str:
    """The part of a stamp that knows a text again, whatever was done to its blanks and line ends."""
    return _short(plain_text(cell))


def seal_of(study: str, reviewer: str, passage: str, reading: str, parts: Sequence[str]) -> str:
    """Return what ties the parts of a stamp to a passage and a person."""
    return _short([study, reviewer, passage, reading, *parts])


def read_stamp(word: str) -> Stamp | None:
    """A stamp from its cell; None where it is none."""
    found = _STAMP.fullmatch(word.strip().lower())
    return Stamp(*found[1].split("-")[1:]) if found else None


def cell_text(text: str) -> str:
    """Text as it may stand in a cell: nothing in it steers, and no cell is longer than programs take."""
    shown = _NOT_IN_XML.sub("\ufffd", shown_text(text))
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - len(CUT)] + CUT


def plain_text(text: str) -> str:
    """Return what stays of a text whatever a spreadsheet program does to blanks and line ends in a cell."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def written_codes(codes: Mapping[str, Mapping[str, Sequence[str]]]) -> str:
    """`A1; D4 valence=helps status=a,b`."""
    return "; ".join(" ".join([code, *_attributes(given)]) for code, given in codes.items())


def sheet_leaf(lines: Sequence[SheetLine], codebook: Codebook, *, by_code: bool = False) -> Leaf:
    """The sheet. With `by_code` a column for each code to tick, else one column `codes`."""
    entered = [code.id for code in codebook.codes] if by_code else [CODES]
    columns = [
        *(Column(name=name, width=_WIDTHS.get(name, 12)) for name in FIXED),
        *(Column(name=name, width=6 if by_code else _WIDTHS[CODES], filled_in=True) for name in entered),
        *(Column(name=name, width=_WIDTHS.get(name, 7), filled_in=True) for name in ENTERED),
        Column(name=STAMP, width=10),
    ]
    rows = []
    for line in lines:
        if by_code:
            cells = [
                " ".join(_attributes(line.codes[code])) or YES if code in line.codes else ""
                for code in entered
            ]
        else:
            cells = [written_codes(line.codes)]
        fixed = (cell_text(getattr(line, name)) for name in FIXED)
        rows.append((*fixed, *cells, "", "", line.stamp))
    return Leaf(title="passages", columns=tuple(columns), rows=tuple(rows))


def codebook_leaf(codebook: Codebook) -> Leaf:
    """The codes with their definitions, for a second table of a workbook."""
    widths = {"code": 8, "label": 28, "definition": 70, "applies when": 50, "not when": 50, "attributes": 30}
    rows = []
    for code in codebook.codes:
        declared = codebook.attributes_of(code.id)
        cells = (
            code.id,
            code.label,
            code.definition,
            "\n".join(code.include_when),
            "\n".join(code.exclude_when),
            "\n".join(f"{a.name}={'|'.join(a.values)}" for a in declared),
        )
        rows.append(tuple(map(cell_text, cells)))
    columns = tuple(Column(name=name, width=width) for name, width in widths.items())
    return Leaf(title="codebook", columns=columns, rows=tuple(rows))


def _attributes(given: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{name}={','.join(values)}" for name, values in given.items() if values]


def _short(value: object) -> str:
    return content_hash(value)[:_PART]
