"""Names that look like one and count as two: a slip of the keyboard makes a code or a rater."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from cothemes.records.rating_table import RatingTable

MOST_NAMED = 5


def name_notes(table: RatingTable) -> Iterator[str]:
    """What the reader is told of codes and raters whose names are nearly the same, or hold several."""
    for names, thing in ((table.codes, "codes"), (table.raters, "raters")):
        found = list(_alike(names))
        for first, second in found[:MOST_NAMED]:
            how = "case" if first.casefold() == second.casefold() else "case, blanks or the form of letters"
            yield f"{first} and {second} differ only in {how}: they count as two {thing}."
        if len(found) > MOST_NAMED:
            yield f"{len(found) - MOST_NAMED} more pairs of {thing} have nearly the same name."
    several = [code for code in table.codes if ";" in code]
    if several:
        more = f" and {len(several) - MOST_NAMED} more" if len(several) > MOST_NAMED else ""
        yield (
            f"A cell holds a semicolon ({', '.join(several[:MOST_NAMED])}{more}) and is read as one code: "
            "give each code a row of its own."
        )


def _alike(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    known: dict[str, str] = {}
    for name in names:
        key = "".join(unicodedata.normalize("NFKC", name).casefold().split())
        first = known.setdefault(key, name)
        if first != name:
            yield first, name
