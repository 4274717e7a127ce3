"""A table of agreement as people read it on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.numbers import coefficient, coefficient_interval, number
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.stages.evaluate.agreement.estimate import Estimate
    from cothemes.stages.evaluate.agreement.figures import AgreementTable, Code, Variable

WIDTH = 79
PAIR = 50
CODE = 12
"""A longer code gets a line of its own."""
_SHORT = {
    "no variation": "no var.",
    "none agreed": "none agr.",
    "too rare": "rare",
    "few interviews": "few int.",
    "no spread": "no spread",
}
"""Flags where several stand together."""


def agreement_lines(table: AgreementTable) -> Iterator[str]:
    """The coefficients and what they mean, line by line."""
    yield from table_lines(table)
    yield ""
    yield from convention_lines(table)


def table_lines(table: AgreementTable) -> Iterator[str]:
    """Codes, variables, all codes together and pairs, line by line. Of one rater alone, the pairs."""
    yield from _head(table)
    if len(table.raters) > 1:
        yield ""
        yield from _codes(table.codes)
        for variable in table.variables:
            yield from _variable(variable)
        yield ""
        yield from _overall(table)
    yield from _pairs(table)


def interval(estimate: Estimate) -> str:
    """`.62 [ .41,  .83]`, with a star where the interval is over few interviews."""
    return coefficient_interval(estimate, mark=estimate.mark, width=4)


def _head(table: AgreementTable) -> Iterator[str]:
    what = table.heading
    alone = len(table.raters) < 2
    yield from wrapped_lines(
        f"{what}: one rater, and models" if alone else f"{what} of {len(table.raters)} raters", "  "
    )
    for note in table.notes:
        yield from wrapped_lines(f"! {note}", "  ")
    for line in left_out_lines(table.left_out):
        yield from wrapped_lines(f"! {shown_text(line)}", "  ")
    named = ", ".join(f"{name} ({table.rater_kinds[name]})" for name in table.raters)
    yield from wrapped_lines(f"Raters: {shown_text(named)}", "  ")
    if alone:
        return
    length = f", median {number(table.median_words)} words" if table.median_words is not None else ""
    yield from wrapped_lines(
        f"{counted(table.units, 'unit')} in {counted(table.documents, 'document')}, "
        f"{counted(table.clusters, 'cluster')}{length}",
        "  ",
    )


def _codes(codes: tuple[Code, ...]) -> Iterator[str]:
    labels = any(code.label for code in codes)
    width = max([4, *(len(code.code) for code in codes if len(code.code) <= CODE)])
    flags = max([14, *(len(_flags(code.flag, code.flags)) for code in codes)])
    room = WIDTH - width - 1 - 5 - 5 - 5 - 20 - 5 - 1 - flags
    label = min(max(room, 0), 24) if labels else 0
    head = f"{'code':<{width}} {'label'[: max(label - 1, 0)]:<{label}}"
    yield f"{head}{'n+':>5}{'agr':>5}{'pos':>5}  {'alpha [low, high]':<18}{'AC1':>5} flag".rstrip()
    for code in codes:
        name, words = shown_text(code.code), shown_text(code.label)
        if len(name) > width:
            # The label goes along where it finds more room than in its column.
            along = WIDTH - len(name) - 2 > label
            yield f"{name}  {_cut(words, WIDTH - len(name) - 2)}".rstrip() if along else name
            name, words = "", "" if along else words
        short = _cut(words, label - 1)
        yield (
            f"{name:<{width}} {short:<{label}}{code.positives:>5}{coefficient(code.percent_agreement):>5}"
            f"{coefficient(code.positive_agreement):>5}  {interval(code.alpha):<18}"
            f"{coefficient(code.ac1.value):>5} "
            f"{_flags(code.flag, code.flags)}"
        ).rstrip()


def _flags(flag: str | None, flags: tuple[str, ...]) -> str:
    return ", ".join(_SHORT[name] for name in flags) if len(flags) > 1 else flag or ""


def _variable(variable: Variable) -> Iterator[str]:
    yield ""
    yield from wrapped_lines(
        f"Variable {variable.variable} (one of {', '.join(variable.codes)}), {variable.units} units, "
        f"{variable.several} ratings with several left out",
        "  ",
    )
    yield (
        f"  agr {coefficient(variable.percent_agreement)}  alpha {interval(variable.alpha)}  "
        f"AC1 {coefficient(variable.ac1.value)}  {_flags(variable.flag, variable.flags)}"
    ).rstrip()
    shares = ", ".join(f"{name} {coefficient(value)}" for name, value in variable.specific_agreement.items())
    yield from wrapped_lines(f"  specific agreement: {shares}", "    ")


def _overall(table: AgreementTable) -> Iterator[str]:
    overall = table.overall
    macro = interval(overall.macro_alpha_interval).strip()
    yield (
        f"Mean alpha of {counted(overall.codes_counted, 'code')} {macro}"
        f" ({counted(overall.codes_excluded, 'code')} without variation left out)"
    )
    if overall.macro_alpha_without_rare:
        yield (
            f"  without the {counted(len(overall.rare), 'code')} flagged {table.rare_named}: "
            f"{interval(overall.macro_alpha_without_rare).strip()}"
        )
    if overall.macro_alpha_with_variables:
        yield (
            f"  with the variables in place of their codes: "
            f"{interval(overall.macro_alpha_with_variables).strip()} (of {overall.with_variables_counted})"
        )
    if 0 < overall.set_codes < len(table.codes):
        yield f"Alpha of sets of the {counted(overall.set_codes, 'code')} that all raters used"
        yield f"               Jaccard {interval(overall.alpha_jaccard).strip()}"
    else:
        yield f"Alpha of sets: Jaccard {interval(overall.alpha_jaccard).strip()}"
    yield f"               MASI    {interval(overall.alpha_masi).strip()}"
    yield from wrapped_lines(f"               MASI is {overall.alpha_masi.formula}", " " * 15)
    yield (
        f"Exact sets {coefficient(overall.exact_set_agreement)}, positive agreement of all codes pooled "
        f"{coefficient(overall.micro_positive_agreement)}" + (f" ({overall.flag})" if overall.flag else "")
    )
    for reason in sorted(
        {
            estimate.reason
            for estimate in (overall.alpha_jaccard, overall.macro_alpha_interval)
            if estimate.reason and estimate.value is None
        }
    ):
        yield from wrapped_lines(f"  ({reason})", "   ")


def _pairs(table: AgreementTable) -> Iterator[str]:
    if not table.pairs:
        return
    yield ""
    yield f"{'Pairs, on the units that both rated':<{PAIR}}{'units':>7}{'codes':>6}{'alpha':>7}{'pos':>6}"
    for pair in table.pairs:
        named = f"  {shown_text(pair.a)} × {shown_text(pair.b)} ({pair.kind})"
        if len(named) > PAIR:
            yield from wrapped_lines(named, "    ")
            named = ""
        figures = f"{coefficient(pair.macro_alpha):>7}{coefficient(pair.micro_positive_agreement):>6}"
        yield f"{named:<{PAIR}}{pair.units:>7}{pair.codes:>6}{figures}"
        if pair.reason or pair.flag:
            yield f"    ({pair.reason or pair.flag})"


def convention_lines(table: AgreementTable) -> Iterator[str]:
    """What the columns and the choices behind them mean."""
    said = table.conventions
    for note in table.footnotes:
        yield from wrapped_lines(shown_text(note), "  ")
    yield from wrapped_lines(
        "n+: units to which at least one of the raters applied the code. agr: percent agreement. pos: "
        "positive agreement, how often a second rater gives a code that a first gave (in the pairs: of all "
        "codes together; codes: how many the pair's mean alpha is of). "
        f"alpha: {said['alpha']}; {said['interval']}; {said['inference']}. AC1: {said['ac1']}.",
        "",
    )
    if len(table.raters) > 1:
        also = " and Cohen's kappa" if len(table.raters) == 2 else ""
        yield f"Prevalence by rater{also}: --html, --latex, --csv or --json."
    for name in ("raters", "arm", "round"):
        yield from wrapped_lines(f"{name.capitalize()}: {said[name]}.", "  ")


def _cut(text: str, width: int) -> str:
    if width <= 0:
        return ""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
