"""A whole table of ratings in columns, so that a million rows can be read and scored in seconds.

`Rating` is one row for people who think of one; this is the same table for counting. Names stand once,
rows hold their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cothemes.records.missing_mark import MissingCells
from cothemes.records.rating import RaterKind, Rating

Indices = NDArray[np.int32]

NO_CODE = -1
"""Value of `code` that says that the unit was rated and no code applies."""
NOT_GIVEN = -1
"""Value for "not given": in `value`, the row's code applies; in `start` and `end`, there is no span."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of few different words."""

    names: tuple[str, ...]
    index: Indices
    """Row → place in `names`."""

    @property
    def occurring(self) -> tuple[str, ...]:
        """The words that occur, without the empty one, in the order of `names`."""
        return tuple(self.names[i] for i in np.unique(self.index).tolist() if self.names[i])

    def kept(self, rows: NDArray[np.bool_]) -> Labels:
        """Return the same labels for fewer rows."""
        return Labels(self.names, self.index[rows])


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Ratings in columns; a row per unit × rater × code."""

    source: str
    """The file, or what else they came from; for messages."""
    units: tuple[str, ...]
    docs: tuple[str, ...]
    clusters: tuple[str, ...]
    raters: tuple[str, ...]
    kinds: tuple[RaterKind, ...]
    """Kind of each rater."""
    codes: tuple[str, ...]
    unit_doc: Indices
    """Unit → place in `docs`."""
    unit_cluster: Indices
    """Unit → place in `clusters`: the participant, else the document."""
    unit: Indices
    rater: Indices
    code: Indices
    value: Indices
    """1 applied, 0 considered and not applied, -1 where the row has no value."""
    arm: Labels
    round: Labels
    run: Labels
    codebook: Labels
    start: Indices
    end: Indices
    row: Indices
    """Row of the file, the header being 1; or the place in what was given."""
    attributes: Mapping[str, Labels] = field(default_factory=dict)
    has_arm: bool = False
    """True if the table has a column for the arm."""
    missing: tuple[MissingCells, ...] = ()
    """Cells of the file that said NA, nan, NULL or the like."""

    @property
    def rows(self) -> int:
        """Return how many ratings there are."""
        return len(self.unit)

    def kept(self, rows: NDArray[np.bool_]) -> RatingTable:
        """Return the table with the same names and fewer rows."""
        return replace(
            self,
            unit=self.unit[rows],
            rater=self.rater[rows],
            code=self.code[rows],
            value=self.value[rows],
            arm=self.arm.kept(rows),
            round=self.round.kept(rows),
            run=self.run.kept(rows),
            codebook=self.codebook.kept(rows),
            start=self.start[rows],
            end=self.end[rows],
            row=self.row[rows],
            attributes={name: column.kept(rows) for name, column in self.attributes.items()},
        )

    def where(self, place: int) -> str:
        """`path:row` of a row, for a message."""
        return f"{self.source}:{int(self.row[place])}"

    def ratings(self) -> list[Rating]:
        """One record a row."""
        return [self._rating(place) for place in range(self.rows)]

    def _rating(self, place: int) -> Rating:
        unit, rater, code = int(self.unit[place]), int(self.rater[place]), int(self.code[place])
        value, start, end = int(self.value[place]), int(self.start[place]), int(self.end[place])
        attributes = {n: c.names[int(c.index[place])] for n, c in self.attributes.items()}
        return Rating(
            unit=self.units[unit],
            doc=self.docs[int(self.unit_doc[unit])],
            rater=self.raters[rater],
            kind=self.kinds[rater],
            code="" if code == NO_CODE else self.codes[code],
            value=None if value == NOT_GIVEN else value,
            arm=self.arm.names[int(self.arm.index[place])],
            round=self.round.names[int(self.round.index[place])],
            run=self.run.names[int(self.run.index[place])],
            codebook=self.codebook.names[int(self.codebook.index[place])],
            cluster=self.clusters[int(self.unit_cluster[unit])],
            start=None if start == NOT_GIVEN else start,
            end=None if end == NOT_GIVEN else end,
            attributes={name: word for name, word in attributes.items() if word},
        )


def cell_keys(table: RatingTable) -> NDArray[np.int64]:
    """A number for each row's unit and rater."""
    return table.unit.astype(np.int64) * len(table.raters) + table.rater
