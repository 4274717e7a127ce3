"""Agreement on all codes together: their mean, and each unit's codes taken as one set."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.krippendorff import krippendorff_alpha
from cothemes.agreement.percent import percent_agreement
from cothemes.agreement.ratings import Floats
from cothemes.agreement.resampling import Clusters
from cothemes.agreement.result import NO_PAIRS, NONE_AGREED, Result, plain
from cothemes.agreement.set_distances import FORMULAS
from cothemes.stages.evaluate.agreement.cells import NOT_RATED, Cells
from cothemes.stages.evaluate.agreement.codes import (
    MANY_CLUSTERS,
    interval_for,
    over_interviews,
    reasons,
)
from cothemes.stages.evaluate.agreement.estimate import (
    RARE,
    Estimate,
    absent,
    estimate_of,
    rarity_of,
    without_interval,
)
from cothemes.stages.evaluate.agreement.figures import Code, Overall
from cothemes.stages.evaluate.agreement.macro import OVER_FEWER, macro_alpha
from cothemes.stages.evaluate.agreement.variables import nominal_ratings

NO_COMMON_CODE = "no code was rated by every rater"
MOST_SETS = 40_000
"""Distinct sets of codes whose distances are counted."""
MOST_SET_COUNTS = 10_000_000
"""Clusters × distinct sets, for the interval."""


def overall_figures(
    cells: Cells,
    raters: Mapping[int, str],
    codes: Sequence[Code] = (),
    members: Sequence[Sequence[int]] = (),
) -> Overall:
    """The contract's `overall`. `codes`: their figures; `members`: the places of each variable's codes."""
    macro, counted, excluded = macro_alpha(cells)
    rare = [
        place
        for place, code in enumerate(codes)
        if {RARE, NONE_AGREED} & {*code.flags} and code.alpha.value is not None
    ]
    firm = macro_alpha(cells, without=rare)[0] if rare else None
    joined, joined_counted = None, 0
    if members:
        joined, joined_counted, _ = macro_alpha(
            cells,
            without=sorted({place for each in members for place in each}),
            nominal=[nominal_ratings(cells, each, raters)[0] for each in members],
        )
    micro, agreed = micro_positive(cells)
    sets, clusters = sets_of(cells, tuple(raters))
    exact = (
        percent_agreement(_within_unit(sets), interval=None)
        if sets is not None
        else Result(value=math.nan, reason=NO_COMMON_CODE)
    )
    return Overall(
        macro_alpha_over_fewer=int(macro.parts.get(OVER_FEWER, 0)),
        macro_alpha=plain(macro.value),
        macro_alpha_interval=over_interviews(macro, interval_for(cells)),
        codes_counted=counted,
        codes_excluded=excluded,
        macro_alpha_without_rare=_mean(firm, cells),
        rare=tuple(codes[place].code for place in rare),
        macro_alpha_with_variables=_mean(joined, cells),
        with_variables_counted=joined_counted,
        set_codes=int(common_codes(cells, tuple(raters)).sum()),
        alpha_jaccard=_set_alpha("jaccard", sets, clusters, agreed),
        alpha_masi=_set_alpha("masi", sets, clusters, agreed),
        exact_set_agreement=plain(exact.value),
        micro_positive_agreement=plain(micro.value),
        agreed=agreed,
        flag=rarity_of(agreed) if micro.computable else None,
        reasons=reasons(macro_alpha=macro, exact_set_agreement=exact, micro_positive_agreement=micro),
    )


def _mean(found: Result | None, cells: Cells) -> Estimate | None:
    return None if found is None else over_interviews(found, interval_for(cells))


def micro_positive(cells: Cells) -> tuple[Result, int]:
    """Positive agreement over all codes pooled, every pair of ratings of a unit and code once; and how many
    units and codes two raters agreed on."""
    ones, zeros, units = [], [], []
    for block in cells.blocks():
        counts = cells.counts(block)
        # Where nobody applied a code, nothing enters: the rows may be left out.
        unit, code = np.nonzero((counts.ones > 0) & (counts.ones + counts.zeros >= 2))
        ones.append(counts.ones[unit, code])
        zeros.append(counts.zeros[unit, code])
        units.append(unit)
    if not sum(map(len, units)):
        return Result(value=math.nan, reason="no positives" if cells.shared.any() else NO_PAIRS), 0
    place = np.zeros(sum(map(len, units)), dtype=np.intp)
    pooled = BinaryTable(
        ones=np.concatenate(ones)[:, None], zeros=np.concatenate(zeros)[:, None], clusters=Clusters(place, 1)
    )
    return pooled.positive_agreement(None)[0], pooled.agreed()[0]


def common_codes(cells: Cells, raters: tuple[int, ...]) -> NDArray[np.bool_]:
    """Per code, whether every one of the raters used it, applied or not."""
    common = np.ones(cells.answers.shape[1], dtype=bool)
    for rater in raters:
        common &= (cells.answers[cells.rater == rater] != NOT_RATED).any(axis=0)
    return common


def sets_of(
    cells: Cells, raters: tuple[int, ...]
) -> tuple[list[list[frozenset[int] | None]] | None, list[int]]:
    """Units × raters of sets of the codes that every rater used, and each unit's cluster.

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


def _within_unit(sets: Sequence[Sequence[frozenset[int] | None]]) -> Floats:
    """Units × raters, the sets of each unit numbered anew: the same agreement with a handful of labels."""
    numbers = np.full((len(sets), len(sets[0]) if sets else 0), np.nan)
    for row, cells in enumerate(sets):
        seen: dict[frozenset[int], int] = {}
        for column, cell in enumerate(cells):
            if cell is not None:
                numbers[row, column] = seen.setdefault(cell, len(seen))
    return numbers


def _set_alpha(
    distance: str, sets: Sequence[Sequence[frozenset[int] | None]] | None, clusters: list[int], agreed: int
) -> Estimate:
    """`agreed`: units and codes that two raters agreed on; without one, an interval would say nothing."""
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
    shown = estimate_of(found, formula=formula)
    if not narrow:
        return shown.model_copy(update={"reason": MANY_CLUSTERS})
    shown = shown.model_copy(update={"clusters": found.clusters})
    return shown if agreed else without_interval(shown, NONE_AGREED)
