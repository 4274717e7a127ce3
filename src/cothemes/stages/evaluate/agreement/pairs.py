"""Rater by rater: people among each other, and models beside people on the passages that both coded."""

from __future__ import annotations

from itertools import combinations

from cothemes.agreement.result import plain
from cothemes.errors import RatingsError
from cothemes.records.rating_table import RatingTable
from cothemes.stages.evaluate.agreement.cells import cells_of
from cothemes.stages.evaluate.agreement.figures import Pair
from cothemes.stages.evaluate.agreement.macro import macro_alpha
from cothemes.stages.evaluate.agreement.overall import micro_positive

_ORDER = ("consensus", "synthetic", "human", "model")
NO_COMMON_UNITS = "no unit was rated by both"


def pair_figures(table: RatingTable, raters: tuple[int, ...]) -> tuple[Pair, ...]:
    """Every pair of these raters, in their order."""
    return tuple(_pair(table, a, b) for a, b in combinations(raters, 2))


def _pair(table: RatingTable, a: int, b: int) -> Pair:
    kinds = sorted((table.kinds[a].value, table.kinds[b].value), key=_ORDER.index)
    named = {"a": table.raters[a], "b": table.raters[b], "kind": "-".join(kinds)}
    try:
        cells = cells_of(table, (a, b))
    except RatingsError as error:
        return Pair(**named, units=0, macro_alpha=None, micro_positive_agreement=None, reason=error.message)
    if not cells.shared.any():
        return Pair(**named, units=0, macro_alpha=None, micro_positive_agreement=None, reason=NO_COMMON_UNITS)
    macro, _, _ = macro_alpha(cells, interval=False)
    micro = micro_positive(cells)
    return Pair(
        **named,
        units=int(cells.shared.sum()),
        macro_alpha=plain(macro.value),
        micro_positive_agreement=plain(micro.value),
        reason=macro.reason or micro.reason,
    )
