"""What the reader of a table has to know about its ratings: arms, raters, interviews, codes, names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from cothemes.records.rating_table import RatingTable
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.selection import (
    MIXED,
    UNDER_SUGGESTIONS,
    Selection,
    arms_named,
)
from cothemes.stages.evaluate.estimate import FEW_INTERVIEWS

MOST_NAMED = 5
SYNTHETIC = "The data are synthetic: the figures show the layout, not the quality of any coding."
MIXED_ARMS = (
    "Decisions of several arms are mixed ({}): this is neither reliability nor agreement under suggestions. "
    "Choose one with --arm."
)
UNDER = (
    "Decisions made with suggestions visible: this is agreement under suggestions. It does not measure "
    "reliability."
)


def notes_of(
    chosen: Selection, cells: Cells, table: RatingTable, rated: Mapping[str, int], *, synthetic: bool
) -> tuple[str, ...]:
    """Return one sentence for each. `rated`: rater → how many of the codes that rater used."""
    notes = [SYNTHETIC] if synthetic else []
    if chosen.measure == UNDER_SUGGESTIONS:
        notes.append(UNDER)
    elif chosen.measure == MIXED:
        notes.append(MIXED_ARMS.format(arms_named(chosen.arms)))
    notes += chosen.notes
    people = [table.raters[p] for p in chosen.scored]
    if len(people) == 1:
        notes.append(f"One rater, {people[0]}: there is no second one to agree with; see the pairs.")
    elif not cells.shared.any():
        notes.append("No unit was rated by two of the raters; see the pairs.")
    alone = [table.raters[p] for p in chosen.scored if not cells.shared[cells.unit[cells.rater == p]].any()]
    if alone and cells.shared.any():
        notes.append(f"No unit in common with any other rater: {', '.join(alone)}. Are units spelt alike?")
    models = [table.raters[p] for p in chosen.beside]
    if models:
        notes.append(f"Models are compared with people in pairs only: {', '.join(models)}.")
    clusters = len(cells.shared_clusters)
    if clusters == 1:
        notes.append("One interview: no interval can be given, and nothing can be said of others.")
    elif 0 < clusters < FEW_INTERVIEWS:
        notes.append(
            f"{clusters} interviews: under {FEW_INTERVIEWS} an interval over interviews is uncertain, and "
            "narrow or wide by chance."
        )
    if cells.without_code:
        notes.append(
            f"{cells.without_code} rows have no code although the table has the column value: they are read "
            "as 0 for the codes that their rater used."
        )
    return (*notes, *_part_notes(rated, len(table.codes)), *_name_notes(table))


def _part_notes(rated: Mapping[str, int], codes: int) -> list[str]:
    """Return who used a part of the codebook alone."""
    parts = [f"{rater} used {count} of {codes} codes" for rater, count in rated.items() if count < codes]
    return [f"{'; '.join(parts)}: other codes count as not rated there."] if parts else []


def _name_notes(table: RatingTable) -> Iterator[str]:
    """Codes and raters whose names are nearly the same, or hold several: a slip of the keyboard makes one."""
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
