"""The rate of each code with suggestions in view, less the rate blind, person by person.

Only a draw makes the difference an effect. Where this study drew which passages of a document are read blind
and which with suggestions, and the draw is on record, a shift is the suggestions' effect (or that of the
order: blind passages are read first). Elsewhere, as in any ratings file with a column `arm`, it is an
association. Chance made passages blind or assisted within a document, so they are compared there and nowhere
else: the difference of rates of each document, weighted by n·m/(n + m), n passages blind and m assisted
(Mantel and Haenszel's risk difference; Greenland and Robins 1985). A document read in one arm only says
nothing. Passages to reveal are left out: who gets those depends on the order of documents.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.possible import why_withheld
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import Spread, jackknife
from cothemes.agreement.result import Result, plain
from cothemes.records.rating import RaterKind
from cothemes.records.rating_table import RatingTable
from cothemes.records.record import Record
from cothemes.records.review import PUT_FORWARD, Assignment
from cothemes.stages.evaluate.agreement.cells import Places, cells_of
from cothemes.stages.evaluate.estimate import Estimate, estimate_of

BLIND, ASSISTED = "blind", "assisted"
Rows = NDArray[np.bool_]
LEAST = 5
"""Passages in each arm, in documents read in both, under which no shift is shown."""
Reading = tuple[str, str, str, str]
"""Rater, round, unit and arm."""
ALL_CODES = ""
"""The row of all codes: codes per passage."""


class Shift(Record):
    """One reviewer and one code; the code is empty for all codes together."""

    rater: str
    code: str
    blind: int
    """Passages read blind, in documents that were read in both arms."""
    assisted: int
    blind_rate: float | None
    """Share of the passages with the code; of all codes together, codes per passage. Documents weigh as in
    the shift."""
    assisted_rate: float | None
    shift: Estimate
    """Assisted less blind. Passages differ between the arms."""
    randomised: bool = False
    """True if every passage of it was put into its arm by a draw that this study has on record. Else the
    shift is associated with the suggestions, and no effect of theirs is shown.
    """


def drawn_readings(assignments: Iterable[Assignment]) -> frozenset[Reading]:
    """The readings that chance put into their arm. What was given once more after a change of wording was
    chosen, what a score put forward was too, and a probability of 1 is no chance."""
    return frozenset(
        (each.reviewer, each.round, each.passage, each.arm.value)
        for each in assignments
        if not each.codes and each.stream not in PUT_FORWARD and 0 < each.probability < 1
    )


def shifts(table: RatingTable, drawn: Collection[Reading] = ()) -> tuple[Shift, ...]:
    """Every person with passages in both arms, code by code, first all codes together.

    The interval leaves out one interview after the other in both arms at once. `drawn`: the readings that
    this study's draw put into their arm; a ratings file has none.
    """
    found: list[Shift] = []
    for place, kind in enumerate(table.kinds):
        if kind is RaterKind.HUMAN:
            found += _of(table, place, drawn)
    return tuple(found)


def _in_arm(table: RatingTable, arm: str) -> Rows:
    return np.array([name == arm for name in table.arm.names], dtype=bool)[table.arm.index]


def _all_drawn(table: RatingTable, rows: Rows, drawn: Collection[Reading]) -> bool:
    """Return whether a draw put each of these readings into its arm."""
    columns = (table.rater, table.round.index, table.unit, table.arm.index)
    return bool(rows.any()) and all(
        (table.raters[rater], table.round.names[round_name], table.units[unit], table.arm.names[arm]) in drawn
        for rater, round_name, unit, arm in np.unique(
            np.column_stack([column[rows] for column in columns]), axis=0
        ).tolist()
    )


def _of(table: RatingTable, rater: int, drawn: Collection[Reading]) -> list[Shift]:
    mine = table.rater == rater
    blind, assisted = (_counts(table, mine & _in_arm(table, arm), rater) for arm in (BLIND, ASSISTED))
    both = (blind.passages > 0) & (assisted.passages > 0)
    passages = [int(side.passages[both].sum()) for side in (blind, assisted)]
    if min(passages) < LEAST:
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.nan_to_num(blind.rated * assisted.rated / (blind.rated + assisted.rated))
        parts = [np.nan_to_num(weight * side.ones / side.rated) for side in (blind, assisted)]
    compared = mine & (_in_arm(table, BLIND) | _in_arm(table, ASSISTED)) & both[table.unit_doc[table.unit]]
    randomised = _all_drawn(table, compared, drawn)
    clusters = np.zeros(len(table.docs), dtype=np.intp)
    clusters[table.unit_doc] = table.unit_cluster
    names, index = np.unique(clusters[both], return_inverse=True)
    sums = [_summed(values[both], index, len(names)) for values in (*parts, weight)]

    def rates(weights: Floats) -> tuple[Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            total = weights @ sums[2]
            return (weights @ sums[0]) / total, (weights @ sums[1]) / total

    def difference(weights: Floats) -> Floats:
        before, after = rates(weights)
        return np.asarray(after - before)

    before, after = (side[0] for side in rates(np.ones((1, len(names)))))
    spread = jackknife(difference, len(names), after - before, 0.95)
    shift = [_shift(before, after, spread, column, len(names)) for column in range(len(table.codes) + 1)]
    return [
        Shift(
            rater=table.raters[rater],
            code=ALL_CODES if column == 0 else table.codes[column - 1],
            blind=passages[0],
            assisted=passages[1],
            blind_rate=plain(float(before[column])),
            assisted_rate=plain(float(after[column])),
            shift=shift[column],
            randomised=randomised,
        )
        for column in range(len(table.codes) + 1)
        if before[column] > 0 or after[column] > 0
    ]


def _shift(before: Floats, after: Floats, spread: Spread, column: int, clusters: int) -> Estimate:
    """Return the shift with its interval, unless that has no width or reaches beyond what a difference of two
    shares can be. Of all codes together it is codes per passage, which may be any number.
    """
    value, low, high = (
        float(after[column] - before[column]),
        float(spread.low[column]),
        float(spread.high[column]),
    )
    most = math.inf if column == 0 else 1.0
    reason = spread.reasons[column] or why_withheld(low, high, -most, most)
    if reason:
        return estimate_of(Result(value=value, reason=reason), clusters=clusters)
    return estimate_of(Result(value=value, low=low, high=high, method=spread.method), clusters=clusters)


class _Counts(NamedTuple):
    """One person's passages of one arm, by document; the first column stands for all codes together."""

    ones: Floats
    """Documents × (1 + codes): passages with the code; codes."""
    rated: Floats
    """Documents × (1 + codes): passages on which the code was rated; passages."""
    passages: Floats


def _counts(table: RatingTable, rows: Rows, rater: int) -> _Counts:
    cells = cells_of(table.kept(rows), (rater,))
    answers = cells.by_rater(rater, slice(None))
    rated = ~np.isnan(answers)
    ones = np.where(rated, answers, 0.0)
    whole = rated.any(axis=1)
    documents = len(table.docs)
    by_document = [
        _summed(np.asarray(values, dtype=np.float64), cells.document, documents)
        for values in (np.column_stack([ones.sum(axis=1), ones]), np.column_stack([whole, rated]))
    ]
    return _Counts(by_document[0], by_document[1], by_document[1][:, 0])


def _summed(values: Floats, index: Places, count: int) -> Floats:
    """Sums within groups, some of which hold nothing."""
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, index, values)
    return sums
