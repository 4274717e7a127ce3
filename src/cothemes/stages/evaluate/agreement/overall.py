"""Agreement on all codes together, of all raters and pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import ConfigDict, Field

from cothemes.agreement.result import NONE_AGREED, Result, plain
from cothemes.records.rating_table import RatingTable
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.codes import Code
from cothemes.stages.evaluate.agreement.coefficient import CODES, Summary
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS
from cothemes.stages.evaluate.agreement.coefficients.alpha import EXCLUDED, OVER_FEWER, macro_alpha
from cothemes.stages.evaluate.agreement.coefficients.positive import AGREED, pooled_positive_agreement
from cothemes.stages.evaluate.agreement.sets import common_codes, exact_set_agreement, set_alpha, sets_of
from cothemes.stages.evaluate.agreement.variables import nominal_ratings
from cothemes.stages.evaluate.estimate import (
    RARE,
    Estimate,
    estimate_of,
    interval_over,
    over_interviews,
    rarity_of,
)

NO_COMMON_UNITS = "no unit was rated by both"
_ORDER = ("consensus", "synthetic", "human", "model")


class Overall(Record):
    """All codes together."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Estimate] = Field(init=False)
    """Summaries of coefficients that the contract does not name."""

    macro_alpha: float | None
    macro_alpha_interval: Estimate
    macro_alpha_over_fewer: int = 0
    """Interviews without which a code has no variation: leaving one out, the mean is over fewer codes."""
    codes_counted: int
    codes_excluded: int
    macro_alpha_without_rare: Estimate | None = None
    """The mean without the codes flagged too rare or none agreed; None where none of its codes is."""
    rare: tuple[str, ...] = ()
    """Codes of the mean that are flagged too rare or none agreed."""
    macro_alpha_with_variables: Estimate | None = None
    """The mean with each variable once in place of its codes; None without variables."""
    with_variables_counted: int = 0
    """Codes and variables in that mean."""
    set_codes: int = 0
    """Number of codes that the sets are made of: those that every rater used."""
    alpha_jaccard: Estimate
    alpha_masi: Estimate
    exact_set_agreement: float | None
    micro_positive_agreement: float | None
    agreed: int = 0
    """Units and codes, over all codes, to which at least two raters gave the code."""
    flag: str | None = None
    """`none agreed` or `too rare`, of the codes pooled."""
    reasons: dict[str, str] = {}


class Pair(Record):
    """Two raters on the units that both rated."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float | None] = Field(init=False)
    """Summaries of coefficients that the contract does not name."""

    a: str
    b: str
    kind: str
    """`human-human`, `human-model`, `model-model`; other kinds of raters are named likewise."""
    units: int
    codes: int = 0
    """Number of codes in the mean: those that both used and that vary between them."""
    macro_alpha: float | None
    micro_positive_agreement: float | None
    agreed: int = 0
    """Units and codes, over all codes, to which both gave the code."""
    flag: str | None = None
    """`none agreed` or `too rare`, of all codes together."""
    reason: str | None = None


def summaries() -> tuple[Summary, ...]:
    """Return the registered figures over all codes, those of the contract first and in its order."""
    found = [each.summary for each in COEFFICIENTS if each.summary]
    named = list(Pair.model_fields)
    return tuple(sorted(found, key=lambda each: named.index(each.key) if each.key in named else len(named)))


def overall_figures(
    cells: Cells,
    raters: Mapping[int, str],
    codes: Sequence[Code] = (),
    members: Sequence[Sequence[int]] = (),
) -> Overall:
    """Return the contract's `overall`. `codes`: their figures; `members`: the places of each variable's
    codes."""
    interval = interval_over(len(cells.shared_clusters))
    macro = macro_alpha(cells)
    rare = [
        place
        for place, code in enumerate(codes)
        if {RARE, NONE_AGREED} & {*code.flags} and code.alpha.value is not None
    ]
    firm = macro_alpha(cells, without=rare) if rare else None
    joined = None
    if members:
        joined = macro_alpha(
            cells,
            without=sorted({place for each in members for place in each}),
            nominal=[nominal_ratings(cells, each, raters)[0] for each in members],
        )
    pooled = pooled_positive_agreement(cells)
    agreed = int(pooled.parts[AGREED])
    sets, clusters = sets_of(cells, tuple(raters))
    exact = exact_set_agreement(sets)
    return Overall(
        macro_alpha_over_fewer=int(macro.parts.get(OVER_FEWER, 0)),
        macro_alpha=plain(macro.value),
        macro_alpha_interval=over_interviews(macro, interval),
        codes_counted=int(macro.parts[CODES]),
        codes_excluded=int(macro.parts[EXCLUDED]),
        macro_alpha_without_rare=over_interviews(firm, interval) if firm else None,
        rare=tuple(codes[place].code for place in rare),
        macro_alpha_with_variables=over_interviews(joined, interval) if joined else None,
        with_variables_counted=int(joined.parts[CODES]) if joined else 0,
        set_codes=int(common_codes(cells, tuple(raters)).sum()),
        alpha_jaccard=set_alpha("jaccard", sets, clusters, agreed),
        alpha_masi=set_alpha("masi", sets, clusters, agreed),
        exact_set_agreement=plain(exact.value),
        micro_positive_agreement=plain(pooled.value),
        agreed=agreed,
        flag=rarity_of(agreed) if pooled.computable else None,
        reasons=_reasons(macro_alpha=macro, exact_set_agreement=exact, micro_positive_agreement=pooled),
        **{
            each.key: estimate_of(each.of(cells))
            for each in summaries()
            if each.key not in Overall.model_fields
        },
    )


def pair_figures(table: RatingTable, cells: Cells, raters: tuple[int, ...]) -> tuple[Pair, ...]:
    """Return every pair of these raters, in their order; `cells` holds those of all of them."""
    return tuple(_pair(table, cells.among((a, b)), a, b) for a, b in combinations(raters, 2))


def _pair(table: RatingTable, cells: Cells, a: int, b: int) -> Pair:
    kinds = sorted((table.kinds[a].value, table.kinds[b].value), key=_ORDER.index)
    named: dict[str, Any] = {"a": table.raters[a], "b": table.raters[b], "kind": "-".join(kinds)}
    if not cells.shared.any():
        nothing = dict.fromkeys([each.key for each in summaries()])
        return Pair(**named, **nothing, units=0, reason=NO_COMMON_UNITS)
    found = {each.key: each.of(cells) for each in summaries()}
    macro, pooled = found["macro_alpha"], found["micro_positive_agreement"]
    agreed = int(pooled.parts[AGREED])
    return Pair(
        **named,
        **{key: plain(result.value) for key, result in found.items()},
        units=int(cells.shared.sum()),
        codes=int(macro.parts[CODES]),
        agreed=agreed,
        flag=rarity_of(agreed) if pooled.computable else None,
        reason=macro.reason or pooled.reason,
    )


def _reasons(**results: Result) -> dict[str, str]:
    return {name: found.reason or "" for name, found in results.items() if not found.computable}
