"""What a table of agreement owes its reader below the figures, whichever paper or screen they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.agreement.result import NO_VARIATION, NO_WIDTH, NONE_AGREED
from cothemes.stages.evaluate.agreement.coefficient import TableCoefficient
from cothemes.stages.evaluate.agreement.coefficients.alpha import ALPHA
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.estimate import FEW_INTERVIEWS, FIRM_AGREED, RARE, Estimate

MOST_NAMED = 12
MEAN = "the mean"
TOGETHER = (MEAN, "the mean without rare codes", "the mean with variables", "sets (Jaccard)", "sets (MASI)")
"""Figures of all codes together: named beside the codes, and never counted among them."""
STAR = (
    f"* Over fewer than {FEW_INTERVIEWS} interviews. Such an interval may be narrow by chance: it does not "
    "show that the figure is exact."
)
"""Stands where a star does. Shifts stand on pages alone, and there have it beside them."""


def footnotes(
    table: AgreementTable, *, different_codes: bool = False, applied_alone: bool = False
) -> tuple[str, ...]:
    """One sentence each; none where there is nothing to be said. `different_codes`: whether pairs share
    different codes; `applied_alone`: whether the rows name applied codes only, and no codebook the others."""
    return (
        *_units(table),
        *_without_variation(table, applied_alone=applied_alone),
        *_single(table),
        *_pairs(table, different_codes=different_codes),
        *_agreed(table),
        *_without_interval(table),
        *_without_width(table),
        *_mean_over_fewer(table),
        *_few_interviews(table),
    )


def _mean_over_fewer(table: AgreementTable) -> Iterator[str]:
    found = table.overall
    if found.macro_alpha_over_fewer and found.macro_alpha_interval.low is not None:
        yield (
            "The interval of the mean alpha leaves out one interview after the other. Without "
            f"{found.macro_alpha_over_fewer} of the {table.clusters}, a code has no variation, and the mean "
            "is over the other codes."
        )


def _units(table: AgreementTable) -> Iterator[str]:
    by_count: dict[int, list[str]] = {}
    for code in table.codes:
        by_count.setdefault(code.units, []).append(code.code)
    if len(by_count) > 1 and len(table.raters) > 1:
        said = "; ".join(f"{count} of {_named(by_count[count])}" for count in sorted(by_count, reverse=True))
        yield f"Units with two ratings of the code: {said}."


def _without_variation(table: AgreementTable, *, applied_alone: bool) -> Iterator[str]:
    alike = [code.code for code in table.codes if code.alpha.reason == NO_VARIATION]
    if alike and len(table.raters) > 1:
        yield f"Without variation, so without an alpha and not in the mean: {_named(alike)}."
    if applied_alone and len(table.raters) > 1:
        yield (
            "The rows have no values and name applied codes alone: a code that nobody applied is not among "
            "them, and so not among the codes without variation either."
        )


def _single(table: AgreementTable) -> Iterator[str]:
    if table.single_units and len(table.raters) > 1:
        every = table.units + table.single_units
        were = "passage was" if every == 1 else "passages were"
        entered = " and ".join(each.single_ratings for each in table.coefficients if each.single_ratings)
        yield (
            f"{table.single_units:,} of {every:,} {were} read by one rater: they enter {entered}, and no "
            "other figure."
        )


def _pairs(table: AgreementTable, *, different_codes: bool) -> Iterator[str]:
    counts = {pair.codes for pair in table.pairs if pair.macro_alpha is not None}
    if len(counts) > 1 or (counts and different_codes):
        spread = f", {min(counts)} to {max(counts)} of them" if len(counts) > 1 else ""
        yield (
            f"The pairs' means are over different codes{spread} (column codes): do not rank the pairs by "
            "them."
        )


def _further(table: AgreementTable) -> Iterator[tuple[TableCoefficient, list[tuple[str, Estimate]]]]:
    """Coefficients beside alpha whose intervals the tables by code show, with their figures by name."""
    for each in table.coefficients:
        if each.interval_by_code and each is not ALPHA:
            yield (
                each,
                [
                    *((code.code, code.figure(each)) for code in table.codes),
                    *((variable.variable, variable.figure(each)) for variable in table.variables),
                ],
            )


def _alphas(table: AgreementTable) -> list[tuple[str, Estimate | None]]:
    """Every alpha of the table by name: codes, variables, means, sets."""
    overall = table.overall
    return [
        *((code.code, code.alpha) for code in table.codes),
        *((variable.variable, variable.alpha) for variable in table.variables),
        *zip(
            TOGETHER,
            (
                overall.macro_alpha_interval,
                overall.macro_alpha_without_rare,
                overall.macro_alpha_with_variables,
                overall.alpha_jaccard,
                overall.alpha_masi,
            ),
            strict=True,
        ),
    ]


def _agreed(table: AgreementTable) -> Iterator[str]:
    """Yield what the flags of rare codes mean, where there are any."""
    flags: set[str | None] = {pair.flag for pair in table.pairs}
    with_model = {code.flag for found in table.beside for code in found.codes}
    if len(table.raters) > 1:
        flags |= {flag for code in table.codes for flag in code.flags}
        flags |= {flag for variable in table.variables for flag in variable.flags}
    if NONE_AGREED in flags:
        yield (
            "None agreed: no two raters gave the code to the same passage. It has no interval: that "
            "would be narrow only because the code is rare."
        )
    if NONE_AGREED in with_model:
        yield (
            "None agreed, people against a model: no two people, or no person together with the model, gave "
            "the code to the same passage. Its difference has no interval."
        )
    if RARE in flags:
        yield (
            f"Too rare: two raters gave the code to fewer than {FIRM_AGREED} passages. An interval over so "
            "few misses the true figure more often than it says."
        )
    if RARE in with_model:
        yield (
            "Too rare, people against a model: two people, or a person and the model, gave the code to "
            f"fewer than {FIRM_AGREED} passages."
        )


def _without_interval(table: AgreementTable) -> Iterator[str]:
    yield from _reasons(f"{ALPHA.name} has no interval", _alphas(table))
    for coefficient, figures in _further(table):
        yield from _reasons(f"{coefficient.name} has no interval", figures)
    for found in table.beside:
        every: list[tuple[str, Estimate | None]] = [
            (code.code, code.alpha.difference) for code in found.codes
        ]
        every.append((MEAN, found.macro_alpha.difference))
        yield from _reasons(f"The difference to {found.model} has no interval", every)


def _reasons(what: str, every: Sequence[tuple[str, Estimate | None]]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for name, estimate in every:
        if estimate is None or estimate.value is None or estimate.low is not None:
            continue
        if estimate.reason not in (NONE_AGREED, NO_WIDTH):
            why = (estimate.reason or "not known why").removesuffix(": no interval")
            names.setdefault(why, []).append(name)
    for why, of in names.items():
        yield f"{what} for {_apart(of)}: {why}."


def _without_width(table: AgreementTable) -> Iterator[str]:
    flat = [name for name, estimate in _alphas(table) if estimate and estimate.flat]
    flat += [
        f"the difference of {code.code} to {found.model}"
        for found in table.beside
        for code in found.codes
        if code.alpha.difference.flat
    ]
    if flat:
        yield (
            f"No spread ({_apart(flat)}): no variation between interviews, so the interval has no width and "
            "says nothing. Narrow is not exact."
        )


def _few_interviews(table: AgreementTable) -> Iterator[str]:
    shown = [code.alpha for code in table.codes]
    shown += [variable.alpha for variable in table.variables]
    shown += [table.overall.macro_alpha_interval, table.overall.alpha_jaccard]
    shown += [estimate for _, figures in _further(table) for _, estimate in figures]
    shown += [code.alpha.difference for found in table.beside for code in found.codes]
    shown += [found.macro_alpha.difference for found in table.beside]
    if any(estimate.mark for estimate in shown):
        yield STAR


def _apart(names: Sequence[str]) -> str:
    codes = [name for name in names if name not in TOGETHER]
    return ", ".join([*([_named(codes)] if codes else []), *(name for name in names if name in TOGETHER)])


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more codes" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
