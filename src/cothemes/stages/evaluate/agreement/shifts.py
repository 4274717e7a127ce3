"""How far suggestions sway people: the rate of each code with them in view, less the rate blind."""

from __future__ import annotations

import numpy as np

from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import jackknife
from cothemes.agreement.result import plain
from cothemes.records.rating import RaterKind
from cothemes.records.rating_table import Indices, RatingTable
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import Places, cells_of
from cothemes.stages.evaluate.agreement.estimate import Estimate

BLIND, ASSISTED = "blind", "assisted"
LEAST = 5
"""Passages in each arm under which no shift is shown."""
ALL_CODES = ""
"""The row of all codes: codes per passage."""


class Shift(Record):
    """One reviewer and one code; the code is empty for all codes together."""

    rater: str
    code: str
    blind: int
    """Passages read blind."""
    assisted: int
    blind_rate: float | None
    """Share of the passages with the code; of all codes together, codes per passage."""
    assisted_rate: float | None
    shift: Estimate
    """Assisted less blind. Passages differ between the arms; only chance put them there."""


def shifts(table: RatingTable) -> tuple[Shift, ...]:
    """Every person with passages in both arms, code by code, first all codes together.

    The interval leaves out one interview after the other in both arms at once.
    """
    found: list[Shift] = []
    for place, kind in enumerate(table.kinds):
        if kind is RaterKind.HUMAN:
            found += _of(table, place)
    return tuple(found)


def _of(table: RatingTable, rater: int) -> list[Shift]:
    sides: list[tuple[Floats, Floats, Indices]] = []
    for arm in (BLIND, ASSISTED):
        rows = np.array([name == arm for name in table.arm.names], dtype=bool)[table.arm.index]
        cells = cells_of(table.kept(rows & (table.rater == rater)), (rater,))
        answers = cells.by_rater(rater, slice(None))
        rated = ~np.isnan(answers)
        ones = np.where(rated, answers, 0.0)
        whole = rated.any(axis=1)
        sides.append(
            (
                np.column_stack([ones.sum(axis=1), ones]),
                np.column_stack([whole, rated]).astype(np.float64),
                table.unit_cluster[cells.units],
            )
        )
    passages = [int(rated[:, 0].sum()) for _, rated, _ in sides]
    if min(passages) < LEAST:
        return []
    names, cluster = np.unique(np.concatenate([where for _, _, where in sides]), return_inverse=True)
    first = len(sides[0][2])
    sums = [
        _summed(values, cluster[part], len(names))
        for side, part in zip(sides, (slice(0, first), slice(first, None)), strict=True)
        for values in side[:2]
    ]

    def rates(weights: Floats) -> tuple[Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            blind = (weights @ sums[0]) / (weights @ sums[1])
            return blind, (weights @ sums[2]) / (weights @ sums[3])

    def difference(weights: Floats) -> Floats:
        blind, assisted = rates(weights)
        return np.asarray(assisted - blind)

    blind, assisted = (side[0] for side in rates(np.ones((1, len(names)))))
    spread = jackknife(difference, len(names), assisted - blind, 0.95)
    return [
        Shift(
            rater=table.raters[rater],
            code=ALL_CODES if column == 0 else table.codes[column - 1],
            blind=passages[0],
            assisted=passages[1],
            blind_rate=plain(float(blind[column])),
            assisted_rate=plain(float(assisted[column])),
            shift=Estimate(
                value=plain(float(assisted[column] - blind[column])),
                low=plain(float(spread.low[column])),
                high=plain(float(spread.high[column])),
                method=spread.method,
                reason=spread.reasons[column],
            ),
        )
        for column in range(len(table.codes) + 1)
        if blind[column] > 0 or assisted[column] > 0
    ]


def _summed(values: Floats, index: Places, count: int) -> Floats:
    """Sums within clusters, some of which hold nothing of this arm."""
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, index, values)
    return sums
