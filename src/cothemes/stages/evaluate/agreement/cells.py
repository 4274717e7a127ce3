"""Ratings as a table of cells: what one rater said of every code in one unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.resampling import Clusters
from cothemes.errors import RatingsError
from cothemes.records.rating_table import NO_CODE, NOT_GIVEN, RatingTable, cell_keys

Answers = NDArray[np.int8]
Places = NDArray[np.intp]

NOT_RATED = -1
MOST_ANSWERS = 250_000_000
"""Cells × codes; a byte each."""
COUNTS_AT_ONCE = 4_000_000
"""Units × codes."""


@dataclass(frozen=True)
class Cells:
    """Units × raters where a rating stands, each with its answer for every code."""

    answers: Answers
    """Cells × codes: 1 applied, 0 not applied, -1 not rated."""
    unit: Places
    """Per cell, 0 … units − 1, ascending."""
    rater: Places
    """Per cell, the rater as a place in `RatingTable.raters`."""
    units: Places
    """The units' places in `RatingTable.units`, those with one rating too: AC1 wants them for its shares."""
    shared: NDArray[np.bool_]
    """Per unit, whether at least two of the raters rated it."""
    cluster: Places
    """Per unit, 0 … clusters − 1."""
    document: Places
    """Per unit, its document's place in `RatingTable.docs`."""
    without_code: int = 0
    """Cells said to be rated with no code, in tables whose rows have values."""

    @property
    def shared_clusters(self) -> Places:
        """Clusters that hold a shared unit."""
        return np.unique(self.cluster[self.shared])

    @property
    def documents(self) -> int:
        """Documents that hold a shared unit."""
        return len(np.unique(self.document[self.shared]))

    def among(self, raters: tuple[int, ...]) -> Cells:
        """The cells of some of the raters alone."""
        mine = np.isin(self.rater, raters)
        kept, unit, per_unit = np.unique(self.unit[mine], return_inverse=True, return_counts=True)
        return Cells(
            answers=self.answers[mine],
            unit=unit.astype(np.intp),
            rater=self.rater[mine],
            units=self.units[kept],
            shared=per_unit >= 2,
            cluster=np.unique(self.cluster[kept], return_inverse=True)[1].astype(np.intp),
            document=self.document[kept],
            without_code=self.without_code,
        )

    def counts(self, codes: slice) -> BinaryTable:
        """Return, for some codes, how many raters applied each in each unit, and how many did not."""
        part = self.answers[:, codes]
        shape = (len(self.units), part.shape[1])
        count = int(self.cluster.max()) + 1 if len(self.cluster) else 0
        ones, zeros = np.zeros(shape), np.zeros(shape)
        if part.size:
            # Cells are sorted by unit, so that each unit is one stretch of rows.
            starts = np.searchsorted(self.unit, np.arange(len(self.units)))
            np.add.reduceat(part == 1, starts, axis=0, dtype=np.float64, out=ones)
            np.add.reduceat(part == 0, starts, axis=0, dtype=np.float64, out=zeros)
        return BinaryTable(ones=ones, zeros=zeros, clusters=Clusters(self.cluster, count))

    def blocks(self) -> Iterator[slice]:
        """Codes in parts that fit in memory."""
        width = max(1, COUNTS_AT_ONCE // max(len(self.units), 1))
        for start in range(0, self.answers.shape[1], width):
            yield slice(start, start + width)

    def answers_of(self, rater: int) -> Answers:
        """Units × codes of one rater, -1 where not rated; the caller's own copy."""
        found = np.full((len(self.units), self.answers.shape[1]), NOT_RATED, dtype=np.int8)
        mine = self.rater == rater
        found[self.unit[mine]] = self.answers[mine]
        return found

    def by_rater(self, rater: int, codes: slice | list[int]) -> NDArray[np.float64]:
        """Units × codes of one rater, NaN where not rated."""
        found = np.full((len(self.units), self.answers[:0, codes].shape[1]), np.nan)
        mine = self.rater == rater
        part = self.answers[mine][:, codes].astype(np.float64)
        part[part == NOT_RATED] = np.nan
        found[self.unit[mine]] = part
        return found


def cells_of(table: RatingTable, raters: tuple[int, ...]) -> Cells:
    """The cells of these raters. Raises RatingsError where the table is too large to be scored."""
    table = table.kept(np.isin(table.rater, raters))
    keys, cell = np.unique(cell_keys(table), return_inverse=True)
    unit, rater = np.divmod(keys, len(table.raters))
    if len(keys) * len(table.codes) > MOST_ANSWERS:
        raise RatingsError(
            f"has {len(keys):,} rated units for {len(table.codes):,} codes, more than can be scored at once",
            where=table.source,
            hint="Score fewer raters at once (--raters), or a part of the codes.",
        )
    answers, without_code = _answers(table, cell, len(keys), rater)
    units, index, per_unit = np.unique(unit, return_inverse=True, return_counts=True)
    return Cells(
        answers=answers,
        unit=index.astype(np.intp),
        rater=rater.astype(np.intp),
        units=units.astype(np.intp),
        shared=per_unit >= 2,
        cluster=np.unique(table.unit_cluster[units], return_inverse=True)[1].astype(np.intp),
        document=table.unit_doc[units].astype(np.intp),
        without_code=without_code,
    )


def _answers(
    table: RatingTable, cell: NDArray[np.intp], cells: int, rater: NDArray[np.int64]
) -> tuple[Answers, int]:
    """Cells × codes, and how many rows say `no code` in spite of values elsewhere."""
    answers = np.full((cells, len(table.codes)), NOT_RATED, dtype=np.int8)
    coded = table.code != NO_CODE
    valued = table.value != NOT_GIVEN
    open_cells = np.zeros(cells, dtype=bool)
    """Rated with no code, or by rows without values: all other codes do not apply."""
    open_cells[cell[~coded | ~valued]] = True
    without_code = 0
    for place in np.unique(table.rater).tolist():
        mine = open_cells & (rater == place)
        if not mine.any():
            continue
        rows = table.rater == place
        part = np.unique(table.code[rows & coded & valued])
        if len(part):
            # This rater may have used a part of the codebook: the rest was not rated.
            without_code += int((rows & ~coded).sum())
            answers[np.ix_(mine, part)] = 0
        else:
            answers[mine] = 0
    answers[cell[coded], table.code[coded]] = np.where(valued[coded], table.value[coded], 1)
    return answers, without_code
