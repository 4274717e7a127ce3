"""A researcher's list of names: one a line, or a table `name,replacement,kind`."""

from __future__ import annotations

import csv
import io
import re

from cothemes.errors import InputError
from cothemes.records.privacy import PERSON
from cothemes.stages.deidentify.names import LISTED, Name
from cothemes.stages.deidentify.pseudonyms import LONGEST, bracketed

LONGEST_NAME = 120
LEFT = "="
"""Mark in place of a replacement: the word is left as it is, such as a town that is someone's surname too."""
_KIND = re.compile(r"[A-Z][A-Z0-9]{0,19}")
_HEADER = "name"


def names_in(text: str, where: str) -> list[Name]:
    """The names of a list. A first row that begins with `name` heads columns, in any order. A name that is an
    everyday word too is replaced everywhere where it is listed in small letters.

    Raises InputError with the row; what the row says is not repeated, since it is a name.
    """
    if "\x00" in text:
        raise InputError("is not a text file", where=where, hint="Save it as UTF-8 text or CSV.")
    lines = text.removeprefix("\ufeff")
    sample = lines.split("\n", 1)[0]
    delimiter = "\t" if "\t" in sample else ";" if ";" in sample and "," not in sample else ","
    try:
        rows = [
            (number, [" ".join(cell.split()) for cell in row])
            for number, row in enumerate(csv.reader(io.StringIO(lines), delimiter=delimiter), start=1)
        ]
    except csv.Error as error:
        raise InputError("cannot be read as a table", where=where, hint="Save it as UTF-8 CSV.") from error
    rows = [(number, row) for number, row in rows if any(row) and not row[0].startswith("#")]
    columns: tuple[str, ...] = ("name", "replacement", "kind")
    if rows and rows[0][1][0].casefold() == _HEADER:
        columns = tuple(cell.casefold() for cell in rows[0][1])
        rows = rows[1:]
    return [_name(dict(zip(columns, row, strict=False)), f"{where}:{number}") for number, row in rows]


def _name(cells: dict[str, str], where: str) -> Name:
    text = cells.get("name", "")
    kind = cells.get("kind", "").upper() or PERSON
    said = cells.get("replacement", "")
    leave = said == LEFT
    replacement = bracketed(said) if said and not leave else ""
    if len(text) > LONGEST_NAME or len(text) < 2 or not any(character.isalpha() for character in text):
        raise InputError(
            "holds no name",
            where=where,
            hint=f"Give a name of 2 to {LONGEST_NAME} characters in the first column, or in `name`.",
        )
    if not _KIND.fullmatch(kind):
        raise InputError(
            "the kind cannot be used",
            where=where,
            hint="One word of letters and figures, such as person, place or organisation.",
        )
    if replacement is None:
        raise InputError(
            "the replacement cannot be used",
            where=where,
            hint=f"Up to {LONGEST} characters, without brackets inside it.",
        )
    return Name(text, kind, LISTED, replacement, leave)
