"""A sheet that comes back: cells to what the coder says, and every cell that cannot be read with its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from cothemes.errors import SheetError, UnknownCode, UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.sheet import Entry, Grid, RowFault
from cothemes.stages.exchange.converted import STAYS, as_number, convertible, same_numbers, typed_id
from cothemes.stages.exchange.sheet import CODES, STAMP

_NEEDED = ("passage", "reading", "text", "note", "done", STAMP)
_TRUE = "true wahr vrai verdadero verdadeiro vero waar sant sand tosi prawda pravda igaz истина"
_FALSE = "false falsch faux falso onwaar falskt falsk epätosi fałsz nepravda hamis ложь"
"""Spellings of false in the languages that programs are used in; `=TRUE()` where they keep it as a
formula.
"""
_YES = frozenset({"x", "1", "1.0", "yes", "y", "done", "ja", "oui", "sí", "si", "✓", "✔", *_TRUE.split()})
_NO = frozenset({"", "0", "0.0", "no", "n", "nein", "nej", "nee", "non", "-", "–", *_FALSE.split()})
_FORMULA = re.compile(r"=(\w+)\(\)")
_BETWEEN = re.compile(r"[;\n]")
_ATTRIBUTE = re.compile(r"\s+(?=[^\s=;,]+\s*=)")

Codes = dict[str, dict[str, tuple[str, ...]]]
Checked = Callable[[str, dict[str, list[str]]], dict[str, tuple[str, ...]]]
"""A code's attributes as the codebook declares them. Raises UsageError, UnknownCode with what is near."""


def is_sheet(header: Sequence[str]) -> bool:
    """Return whether a table is a sheet of passages and no table of ratings."""
    return STAMP in header and "passage" in header


def entries(
    grid: Grid, source: str, codebook: Codebook, checked: Checked
) -> tuple[list[Entry], list[RowFault]]:
    """Return what every row says, and the rows that cannot be read. Raises SheetError for the table as a
    whole.
    """
    numbers = same_numbers(codebook.by_id)
    header = _header(grid.header, numbers)
    _check_header(header, source, codebook)
    lost = () if CODES in header else tuple(code for code in codebook.by_id if code not in header)
    at_codes = header.index(CODES) if CODES in header else -1
    found: list[Entry] = []
    faults: list[RowFault] = []
    doubtful = any(map(convertible, codebook.by_id))
    first: dict[str, int] = {}
    for row, cells in grid.rows:
        said = {name: cell for name, cell in zip(header, cells, strict=True) if name}
        passage = said["passage"].strip()
        try:
            if not passage:
                raise UsageError("has no passage", hint="Leave the column passage as it was written.")
            if passage in first:
                raise UsageError(
                    f"is the second row of {passage}; row {first[passage]} is the first",
                    hint="Keep one of the two.",
                )
            first[passage] = row
            if at_codes >= 0 and grid.is_loose(row, at_codes):
                said[CODES] = typed_id(said[CODES], numbers)
            found.append(_entry(row, passage, said, codebook, checked, lost))
        except UsageError as error:
            hint = f"{error.hint} {STAYS}" if doubtful and isinstance(error, UnknownCode) else error.hint
            fault = RowFault(row=row, passage=passage, kind="unreadable", what=error.message, hint=hint)
            faults.append(fault)
    return found, faults


def _header(names: Sequence[str], numbers: Mapping[Decimal, Sequence[str]]) -> tuple[str, ...]:
    """The names of the columns, codes as they are written in the codebook. Where a program made one number of
    several, the names stay as they are: they stand there twice, or miss."""
    found = []
    for name in names:
        number = as_number(name)
        fitting = numbers.get(number, ()) if number is not None else ()
        found.append(fitting[0] if len(fitting) == 1 else name)
    return tuple(found)


def _entry(
    row: int,
    passage: str,
    said: dict[str, str],
    codebook: Codebook,
    checked: Checked,
    lost: tuple[str, ...],
) -> Entry:
    codes: Codes = {}
    if CODES in said:
        for word, given in _codes(said[CODES]):
            code = _meant(word, codebook)
            codes[code] = {**codes.get(code, {}), **checked(code, given)}
    for code in codebook.by_id:
        if code in said:
            ticked = _ticked(code, said[code])
            if ticked is not None:
                codes[code] = {**codes.get(code, {}), **checked(code, ticked)}
    return Entry(
        row=row,
        passage=passage,
        reading=said["reading"].strip(),
        text=said["text"],
        codes=codes,
        note=said["note"].strip(),
        done=_truth("done", said["done"]),
        stamp=said[STAMP],
        lost=lost,
    )


def _meant(word: str, codebook: Codebook) -> str:
    """The code that a word stands for, its letters large or small; the word itself where none or several."""
    if word in codebook.by_id:
        return word
    fitting = [code for code in codebook.by_id if code.casefold() == word.casefold()]
    return fitting[0] if len(fitting) == 1 else word


def _codes(cell: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """`A1; D4 valence=helps` and `A1, A2`; commas part values where an attribute is given."""
    for part in _BETWEEN.split(cell):
        if "=" in part:
            code, *words = _ATTRIBUTE.split(part.strip())
            yield code, dict(_attribute(word) for word in words)
            continue
        for word in part.split(","):
            if word.strip():
                yield word.strip(), {}


def _attribute(word: str) -> tuple[str, list[str]]:
    name, _, values = word.partition("=")
    given = [value.strip() for value in values.split(",") if value.strip()]
    if not given:
        raise UsageError(f"gives {name.strip()} no value", hint="Write NAME=VALUE, or leave the name out.")
    return name.strip(), given


def _ticked(code: str, cell: str) -> dict[str, list[str]] | None:
    if "=" in cell:
        return dict(_attribute(word) for word in _ATTRIBUTE.split(cell.strip()))
    return {} if _truth(code, cell) else None


def _truth(column: str, cell: str) -> bool:
    word = cell.strip().casefold()
    if formula := _FORMULA.fullmatch(word):
        word = formula[1]
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UsageError(
        f"has {cell.strip()!r} in the column {column}", hint="Write x for yes; leave it empty for no."
    )


def _check_header(header: Sequence[str], source: str, codebook: Codebook) -> None:
    missing = [name for name in _NEEDED if name not in header]
    if CODES not in header and not any(code in header for code in codebook.by_id):
        missing.append(CODES)
    if missing:
        raise SheetError(
            f"has no column {', '.join(missing)}",
            where=f"{source}:1",
            hint="Keep the first row as it was written: cothemes export sheet OUT --as NAME",
        )
    twice = sorted({name for name in header if name and list(header).count(name) > 1})
    if twice:
        hint = STAYS if as_number(twice[0]) is not None else "Keep one of the two."
        raise SheetError(f"has the column {twice[0]} twice", where=f"{source}:1", hint=hint)
