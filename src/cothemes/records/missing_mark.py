"""Words by which programs say that a cell holds nothing: R, pandas, SQL and spreadsheets each have their own.

Read as they stand they become a code, a rater or an interview of that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAMED = 10
"""Rows that a message names; JSON has all of them."""
NO_NAME = frozenset({"n/a", "#n/a", "#na", "<na>", "nan", "null", "none", "nat"})
"""Never the name of a unit, document or rater. `NA` is none of them: people have such initials."""
MARKS = NO_NAME | {"na", "-", "--", "–", "—", ".", "?"}


COUNTS = "counts"
"""A column that says whether a row counts; 0: it does not."""


def is_missing_mark(word: str) -> bool:
    """Return whether a cell says that it is empty, in letters of any size."""
    return word.strip().casefold() in MARKS


@dataclass(frozen=True, slots=True)
class MissingCells:
    """Rows whose cell of one column holds one mark."""

    column: str
    """code or value: the row is no rating. cluster: the document takes its place. counts: the row does not
    count."""
    mark: str
    """Mark as it is written there."""
    rows: tuple[int, ...]
    """Rows of the file, the header being 1."""

    def words(self, source: str) -> str:
        """Return what was made of the rows, and where they are."""
        shown = ", ".join(map(str, self.rows[:NAMED]))
        more = f" and {len(self.rows) - NAMED} more" if len(self.rows) > NAMED else ""
        many = "row has" if len(self.rows) == 1 else "rows have"
        made = _MADE.get(self.column, "read as not rated and left out")
        return (
            f"{len(self.rows):,} {many} {self.mark} in the column {self.column}: {made} "
            f"({source}:{shown}{more})."
        )


_MADE = {"cluster": "the document is the cluster there", COUNTS: "left out, since they do not count"}


def notes_of(found: Sequence[MissingCells], source: str) -> list[str]:
    """A sentence for each mark, and what to do where it was meant otherwise."""
    notes = [each.words(source) for each in found]
    if any(each.column not in _MADE for each in found):
        notes.append(
            "A unit that was rated and got no code has a row with an empty code. A code that is called so is "
            "named with --real-code."
        )
    return notes
