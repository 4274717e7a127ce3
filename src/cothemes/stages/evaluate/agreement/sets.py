"""Each unit's codes taken as one set: agreement on sets, and the codes that every rater used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.percent import percent_agreement
from cothemes.agreement.ratings import Floats
from cothemes.agreement.result import NONE_AGREED, Result, undefined
from cothemes.agreement.set_distances import FORMULAS
from cothemes.stages.evaluate.agreement.cells import NOT_RATED, Cells
from cothemes.stages.evaluate.estimate import (
    MANY_CLUSTERS,
    Estimate,
    absent,
    estimate_of,
    without_interval,
)

NO_COMMON_CODE = "no code was rated by every rater"
MOST_SETS = 40_000
"""Distinct sets of codes whose distances are counted."""
MOST_SET_COUNTS = 10_000_000
"""Clusters × distinct sets, for the interval."""


def common_codes(cells: Cells, raters: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return by code whether every one of the raters used it, applied or not."""
    common = np.ones(cells.answers.shape[1], dtype=bool)
    for rater in raters:
        common &= (cells.answers[cells.rater == rater] != NOT_RATED).any(axis=0)
    return common


def over_different_codes(cells: Cells, raters: tuple[int, ...]) -> bool:
    """Return whether two pairs of these raters share different codes, as many or not."""
    used = [common_codes(cells, (rater,)) for rater in raters]
    return len({(first & second).tobytes() for first, second in combinations(used, 2)}) > 1


def sets_of(
    cells: Cells, raters: tuple[int, ...]
) -> tuple[list[list[frozenset[int] | None]] | None, list[int]]:
    """Return units × raters of sets of the codes that every rater used, and each unit's cluster.

    A unit that a rater did not rate for all of these codes is missing for that rater.
    """
    common = common_codes(cells, raters)
    if not common.any():
        return None, []
    answers = cells.answers[:, common]
    whole = (answers != NOT_RATED).all(axis=1)
    rows: list[list[frozenset[int] | None]] = [[None] * len(raters) for _ in cells.units]
    column = {rater: place for place, rater in enumerate(raters)}
    packed = np.packbits(answers == 1, axis=1)
    known: dict[bytes, frozenset[int]] = {}
    for cell in np.flatnonzero(whole).tolist():
        key = packed[cell].tobytes()
        members = known.get(key)
        if members is None:
            members = known[key] = frozenset(np.flatnonzero(answers[cell] == 1).tolist())
        rows[cells.unit[cell]][column[int(cells.rater[cell])]] = members
    return rows, cells.cluster.tolist()


def exact_set_agreement(sets: Sequence[Sequence[frozenset[int] | None]] | None) -> Result:
    """Return the share of pairs of raters with the same set of codes, each unit once."""
    if sets is None:
        return undefined(NO_COMMON_CODE)
    return percent_agreement(_within_unit(sets), interval=None)


def _within_unit(sets: Sequence[Sequence[frozenset[int] | None]]) -> Floats:
    """Units × raters, the sets of each unit numbered anew: the same agreement with a handful of labels."""
    numbers = np.full((len(sets), len(sets[0]) if sets else 0), np.nan)
    for row, cells in enumerate(sets):
        seen: dict[frozenset[int], int] = {}
        for column, cell in enumerate(cells):
            if cell is not None:
                numbers[row, column] = seen.setdefault(cell, len(seen))
    return numbers


def set_alpha(
    distance: str, sets: Sequence[Sequence[frozenset[int] | None]] | None, clusters: list[int], agreed: int
) -> Estimate:
    """Return Krippendorff's alpha of the sets. `agreed`: units and codes that two raters agreed on; without
    one, an interval would say nothing."""
    formula = FORMULAS[distance]
    if sets is None:
        return absent(NO_COMMON_CODE, formula=formula)
    distinct = len({cell for row in sets for cell in row if cell is not None})
    if distinct > MOST_SETS:
        return absent(f"{distinct} different sets of codes, more than {MOST_SETS}", formula=formula)
    count = len(set(clusters))
    narrow = count * distinct <= MOST_SET_COUNTS
    found = krippendorff_alpha(
        sets,
        distance,  # type: ignore[arg-type]
        clusters=clusters if narrow else None,
        interval="jackknife" if narrow else None,
    )
    if not narrow:
        return estimate_of(found, formula=formula).model_copy(update={"reason": MANY_CLUSTERS})
    shown = estimate_of(found, formula=formula, clusters=found.clusters)
    return shown if agreed else without_interval(shown, NONE_AGREED)
