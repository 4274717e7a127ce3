"""A table of agreement as people read it on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.numbers import coefficient, coefficient_interval, number
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.agreement.coefficient import Terminal
from cothemes.stages.evaluate.agreement.publication_tables import explained

if TYPE_CHECKING:
    from cothemes.stages.evaluate.agreement.codes import Code
    from cothemes.stages.evaluate.agreement.coefficient import TableCoefficient
    from cothemes.stages.evaluate.agreement.figures import AgreementTable
    from cothemes.stages.evaluate.agreement.variables import Variable
    from cothemes.stages.evaluate.estimate import Estimate

WIDTH = 79
PAIR = 50
CODE = 12
"""A longer code gets its own line."""
PLAIN = 5
"""Columns of a figure without its interval."""
RANGE = 20
"""Columns of a figure with its interval."""
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
        shown = shown_coefficients(table)
        yield from _codes(table.codes, shown)
        for variable in table.variables:
            yield from _variable(variable, shown)
        yield ""
        yield from _overall(table)
    yield from _pairs(table)


def shown_coefficients(table: AgreementTable) -> list[TableCoefficient]:
    """Return the coefficients that the terminal shows, in a column or in a table below."""
    return [each for each in table.coefficients if each.terminal is not Terminal.NOWHERE]


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


def _codes(codes: tuple[Code, ...], coefficients: Sequence[TableCoefficient]) -> Iterator[str]:
    labels = any(code.label for code in codes)
    width = max([4, *(len(code.code) for code in codes if len(code.code) <= CODE)])
    flags = max([14, *(len(_flags(code.flag, code.flags)) for code in codes)])
    columns, below = _columns(coefficients, WIDTH - width - 1 - PLAIN - 1 - 14)
    room = WIDTH - width - 1 - PLAIN - sum(map(_width, columns)) - 1 - flags
    label = min(max(room, 0), 24) if labels else 0
    head = f"{'code':<{width}} {'label'[: max(label - 1, 0)]:<{label}}{'n+':>{PLAIN}}"
    yield f"{head}{''.join(map(_heading, columns))} flag".rstrip()
    for code in codes:
        name, words = shown_text(code.code), shown_text(code.label)
        if len(name) > width:
            # The label goes along where it finds more room than in its column.
            along = WIDTH - len(name) - 2 > label
            yield f"{name}  {_cut(words, WIDTH - len(name) - 2)}".rstrip() if along else name
            name, words = "", "" if along else words
        figures = "".join(_cell(each, code) for each in columns)
        yield (
            f"{name:<{width}} {_cut(words, label - 1):<{label}}{code.positives:>{PLAIN}}{figures} "
            f"{_flags(code.flag, code.flags)}"
        ).rstrip()
    while below:
        columns, below = _columns(below, WIDTH - width - 1, every=True)
        yield ""
        yield f"{'code':<{width}} {''.join(map(_heading, columns))}".rstrip()
        for code in codes:
            name = shown_text(code.code)
            if len(name) > width:
                yield name
                name = ""
            yield f"{name:<{width}} {''.join(_cell(each, code) for each in columns)}".rstrip()


def _columns(
    coefficients: Sequence[TableCoefficient], room: int, *, every: bool = False
) -> tuple[list[TableCoefficient], list[TableCoefficient]]:
    """The coefficients that fit into one table, and those for the next.

    `every`: take those too that are registered for a table below; the first of them fits always.
    """
    taken: list[TableCoefficient] = []
    left: list[TableCoefficient] = []
    for each in coefficients:
        wanted = every or each.terminal is Terminal.COLUMN
        fits = sum(map(_width, taken)) + _width(each) <= room or (every and not taken)
        (taken if wanted and fits else left).append(each)
    return taken, left


def _width(shown: TableCoefficient) -> int:
    return RANGE if shown.interval_by_code else max(PLAIN, len(shown.terminal_heading) + 1)


def _heading(shown: TableCoefficient) -> str:
    if shown.interval_by_code:
        return f"  {f'{shown.terminal_heading} [low, high]':<{RANGE - 2}}"
    return f"{shown.terminal_heading:>{_width(shown)}}"


def _cell(shown: TableCoefficient, found: Code | Variable) -> str:
    figure = found.figure(shown)
    if shown.interval_by_code:
        return f"  {interval(figure):<{RANGE - 2}}"
    return f"{coefficient(figure.value):>{_width(shown)}}"


def _flags(flag: str | None, flags: tuple[str, ...]) -> str:
    return ", ".join(_SHORT[name] for name in flags) if len(flags) > 1 else flag or ""


def _variable(variable: Variable, coefficients: Sequence[TableCoefficient]) -> Iterator[str]:
    yield ""
    yield from wrapped_lines(
        f"Variable {variable.variable} (one of {', '.join(variable.codes)}), {variable.units} units, "
        f"{variable.several} ratings with several left out",
        "  ",
    )
    figures = [
        f"{each.terminal_heading} {_cell(each, variable).strip()}"
        for each in coefficients
        if each.of_variable
    ]
    yield from wrapped_lines(
        f"  {'  '.join([*figures, _flags(variable.flag, variable.flags)])}".rstrip(), "    "
    )
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
    for name, estimate in table.further_summaries:
        yield f"{name} {interval(estimate).strip()}"
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
    """Yield what the columns and the choices behind them mean."""
    said = table.conventions
    for note in table.footnotes:
        yield from wrapped_lines(shown_text(note), "  ")
    shown = shown_coefficients(table)
    yield from wrapped_lines(
        "n+: units to which at least one of the raters applied the code. "
        f"{explained(shown, [each.terminal_heading for each in shown])} Intervals: {said['interval']}; "
        f"{said['inference']}. In the pairs, codes: how many the pair's mean alpha is of.",
        "",
    )
    if len(table.raters) > 1:
        elsewhere = [each.name for each in table.coefficients if each.terminal is Terminal.NOWHERE]
        also = "".join(f" and {name}" for name in elsewhere)
        yield from wrapped_lines(f"Prevalence by rater{also}: --html, --latex, --csv or --json.", "  ")
    for name in ("raters", "arm", "round"):
        yield from wrapped_lines(f"{name.capitalize()}: {said[name]}.", "  ")


def _cut(text: str, width: int) -> str:
    if width <= 0:
        return ""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
