"""Rater by rater: people among each other, and models beside people on the passages that both coded."""

from __future__ import annotations

from itertools import combinations

from cothemes.agreement.result import plain
from cothemes.records.rating_table import RatingTable
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.estimate import rarity_of
from cothemes.stages.evaluate.agreement.figures import Pair
from cothemes.stages.evaluate.agreement.macro import macro_alpha
from cothemes.stages.evaluate.agreement.overall import common_codes, micro_positive

_ORDER = ("consensus", "synthetic", "human", "model")
NO_COMMON_UNITS = "no unit was rated by both"


def pair_figures(table: RatingTable, cells: Cells, raters: tuple[int, ...]) -> tuple[Pair, ...]:
    """Every pair of these raters, in their order; `cells` holds those of all of them."""
    return tuple(_pair(table, cells.among((a, b)), a, b) for a, b in combinations(raters, 2))


def over_different_codes(cells: Cells, raters: tuple[int, ...]) -> bool:
    """Whether two pairs of these raters share different codes, as many or not."""
    used = [common_codes(cells, (rater,)) for rater in raters]
    return len({(first & second).tobytes() for first, second in combinations(used, 2)}) > 1


def _pair(table: RatingTable, cells: Cells, a: int, b: int) -> Pair:
    kinds = sorted((table.kinds[a].value, table.kinds[b].value), key=_ORDER.index)
    named = {"a": table.raters[a], "b": table.raters[b], "kind": "-".join(kinds)}
    if not cells.shared.any():
        return Pair(**named, units=0, macro_alpha=None, micro_positive_agreement=None, reason=NO_COMMON_UNITS)
    macro, counted, _ = macro_alpha(cells, interval=False)
    micro, agreed = micro_positive(cells)
    return Pair(
        **named,
        units=int(cells.shared.sum()),
        codes=counted,
        macro_alpha=plain(macro.value),
        micro_positive_agreement=plain(micro.value),
        agreed=agreed,
        flag=rarity_of(agreed) if micro.computable else None,
        reason=macro.reason or micro.reason,
    )
