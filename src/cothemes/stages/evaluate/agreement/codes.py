"""Agreement code by code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ConfigDict, Field

from cothemes.agreement.binary_table import BinaryTable
from cothemes.agreement.estimate import Interval
from cothemes.agreement.result import NO_VARIATION, NONE_AGREED, Result, plain
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.cells import Cells
from cothemes.stages.evaluate.agreement.coefficient import TableCoefficient, samples_of
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS
from cothemes.stages.evaluate.estimate import (
    FEW_INTERVIEWS,
    NO_SPREAD,
    RARE,
    Estimate,
    estimate_of,
    over_interviews,
    rarity_of,
)

Figure = Estimate | float | None
"""An estimate where the coefficient's registration says that it has an interval, else a number."""


class Figures(Record):
    """The coefficients of one code or variable. Those that the contract does not name are further fields."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Estimate | float | None] = Field(init=False)

    def figure(self, coefficient: TableCoefficient) -> Estimate:
        """Return the coefficient's estimate; for one without an interval, the value alone."""
        found: Figure = getattr(self, coefficient.key)
        return found if isinstance(found, Estimate) else Estimate(value=found)


class Code(Figures):
    """Agreement on one code."""

    code: str
    label: str = ""
    units: int
    """Units with two or more ratings of the code."""
    clusters: int
    positives: int
    """Units of these to which at least one rater applied the code."""
    agreed: int = 0
    """Units of these to which at least two raters applied it: what flags count."""
    prevalence: dict[str, float | None]
    percent_agreement: float | None
    positive_agreement: float | None
    cohen_kappa: float | None
    alpha: Estimate
    ac1: Estimate
    flag: str | None
    """The gravest of the flags."""
    flags: tuple[str, ...] = ()
    """All that holds: `no variation`, `none agreed`, `too rare`, `few interviews`, `no spread`."""
    reasons: dict[str, str] = {}
    """Reasons why a plain figure is None."""


def code_figures(
    cells: Cells, codes: tuple[str, ...], raters: Mapping[int, str], labels: Mapping[str, str]
) -> tuple[Code, ...]:
    """Return one record for each code, in their order. `raters`: places in the table to names."""
    return tuple(_figures_of(cells, codes, raters, labels))


def _figures_of(
    cells: Cells, codes: tuple[str, ...], raters: Mapping[int, str], labels: Mapping[str, str]
) -> Iterator[Code]:
    for sample in samples_of(cells, tuple(raters)):
        found = {each.key: each.of_codes(sample) for each in COEFFICIENTS}
        shares = _prevalence(cells, sample.codes, raters, sample.counts)
        positives, agreed = sample.counts.positives(), sample.counts.agreed()
        for place, code in enumerate(codes[sample.codes]):
            alpha = sample.alpha[place]
            flags = flags_of(alpha, agreed[place])
            results = {key: of_codes[place] for key, of_codes in found.items()}
            yield Code(
                code=code,
                label=labels.get(code, ""),
                units=alpha.units,
                clusters=alpha.clusters or 0,
                positives=positives[place],
                agreed=agreed[place],
                prevalence=shares[place],
                flag=next(iter(flags), None),
                flags=flags,
                reasons=reasons_of(results),
                **reported(results, sample.interval),
            )


def reported(results: Mapping[str, Result], interval: Interval) -> dict[str, Figure]:
    """Return the fields of a record from results by key: an estimate or a number, as each is registered."""
    return {
        key: over_interviews(result, interval) if COEFFICIENTS[key].interval else plain(result.value)
        for key, result in results.items()
    }


def reasons_of(results: Mapping[str, Result]) -> dict[str, str]:
    """Return why each figure that is a plain number is None."""
    return {
        key: result.reason or ""
        for key, result in results.items()
        if not COEFFICIENTS[key].interval and not result.computable
    }


def flags_of(alpha: Result, agreed: int) -> tuple[str, ...]:
    """Return all that the reader is to beware of, the gravest first.

    `agreed`: passages to which at least two raters gave the code. Passages to which one gave it are no
    ground: of a code in two of a hundred, false positives alone make ten.
    """
    alike = alpha.reason == NO_VARIATION
    holds = {
        NO_VARIATION: alike,
        NONE_AGREED: rarity_of(agreed) == NONE_AGREED and not alike,
        RARE: rarity_of(agreed) == RARE,
        "few interviews": (alpha.clusters or 0) < FEW_INTERVIEWS,
        NO_SPREAD: estimate_of(alpha).flat,
    }
    return tuple(name for name, held in holds.items() if held)


def _prevalence(
    cells: Cells, block: slice, raters: Mapping[int, str], counts: BinaryTable
) -> list[dict[str, float | None]]:
    """Each rater's share among the units that count, by code."""
    counted = counts.ones + counts.zeros >= 2
    shares: list[dict[str, float | None]] = [{} for _ in range(counts.ones.shape[1])]
    for place, name in raters.items():
        mine = cells.rater == place
        answers = cells.answers[mine, block]
        here = counted[cells.unit[mine]]
        applied = ((answers == 1) & here).sum(axis=0)
        rated = ((answers >= 0) & here).sum(axis=0)
        for share, one, total in zip(shares, applied.tolist(), rated.tolist(), strict=True):
            share[name] = one / total if total else None
    return shares
