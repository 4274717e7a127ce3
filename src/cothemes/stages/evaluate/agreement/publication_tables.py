"""A table of agreement as rows of words: for a paper, rounded; for a spreadsheet, in full."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cothemes.records.numbers import ABSENT, coefficient, coefficient_interval
from cothemes.stages.evaluate.agreement.alternative_annotator import AltTest
from cothemes.stages.evaluate.agreement.codes import Code
from cothemes.stages.evaluate.agreement.coefficient import TableCoefficient
from cothemes.stages.evaluate.agreement.coefficients import COEFFICIENTS
from cothemes.stages.evaluate.agreement.coefficients.positive import POSITIVE_AGREEMENT
from cothemes.stages.evaluate.agreement.comparison import Comparison, Measured
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.variables import Variable
from cothemes.stages.evaluate.estimate import Estimate

Rows = list[list[str]]
NOTHING = Estimate(value=None)


def publication_tables(table: AgreementTable) -> list[tuple[str, str, Rows]]:
    """Caption, label and rows of each table that a paper needs; the header is the first row."""
    synthetic = " SYNTHETIC DATA: layout only." if table.synthetic else ""
    kind = table.heading + ("" if table.measure == "agreement" else ", not reliability")
    found: list[tuple[str, str, Rows]] = []
    if len(table.raters) > 1:
        found += _of_raters(table, kind, synthetic)
    if table.pairs:
        caption = f"Pairs of raters.{_not_to_report(table, table.rater_kinds)}{synthetic}"
        found.append((caption, "tab:agreement-pairs", _pairs(table)))
    for number, compared in enumerate(table.beside, start=1):
        caption = (
            f"People among each other and with {compared.model}, on the same {compared.units} passages; the "
            f"difference is paired by interview. {compared.judged}{_not_to_report(table, [compared.model])}"
            f"{synthetic}"
        )
        found.append((caption, f"tab:people-model-{number}", _beside(compared)))
    if table.alt_test is not None:
        caption = (
            f"Alternative-annotator test (Calderon et al. 2025), sets by Jaccard, ε = "
            f"{coefficient(table.alt_test.epsilon)}. {table.alt_test.footing}"
            f"{_not_to_report(table, [each.model for each in table.alt_test.models])}{synthetic}"
        )
        found.append((caption, "tab:alt-test", _alt_test(table.alt_test)))
    return found


def _of_raters(table: AgreementTable, kind: str, synthetic: str) -> list[tuple[str, str, Rows]]:
    learnt = _not_to_report(table, table.raters)
    found = [
        (
            f"{kind} of {', '.join(table.raters)} by code: {table.units} passages, {table.documents} "
            f"documents, {table.clusters} clusters.{learnt}{synthetic}",
            "tab:agreement",
            _codes(table),
        ),
        (f"All codes together.{learnt}{synthetic}", "tab:agreement-overall", _overall(table)),
    ]
    for number, variable in enumerate(table.variables, start=1):
        caption = (
            f"{variable.variable}: one of {', '.join(variable.codes)}, scored as one nominal rating; "
            f"{variable.units} passages, {variable.several} ratings with several left out.{synthetic}"
        )
        found.append((caption, f"tab:variable-{number}", _variable(variable, table)))
    return found


def _not_to_report(table: AgreementTable, raters: Collection[str]) -> str:
    """Return the end of a caption: which of these raters learnt from the passages of its figures."""
    learnt = [name for name in table.learnt_here if name in raters]
    return f" Do not report {' and '.join(learnt)}: learnt from these passages." if learnt else ""


def _beside(compared: Comparison) -> Rows:
    flagged = any(code.flag for code in compared.codes)
    rows = [
        [
            *("Code", "n+", "Alpha, people", "Alpha, model", "Difference [95 %]", "Pos., people"),
            *("Pos., model", *(["Flag"] if flagged else [])),
        ]
    ]
    every: list[tuple[str, str, Measured, Measured | None, str]] = [
        (code.code, str(code.positives), code.alpha, code.positive_agreement, code.flag or "")
        for code in compared.codes
    ]
    for place, (mean, measured) in enumerate(compared.means):
        pooled = compared.macro_positive_agreement if not place else None
        every.append((mean, "", measured, pooled, ""))
    for name, positives, alpha, positive, flag in every:
        rows.append(
            [
                name,
                positives,
                coefficient(alpha.human_human.value),
                coefficient(alpha.human_model.value),
                _interval(alpha.difference),
                coefficient(positive.human_human.value) if positive else "",
                coefficient(positive.human_model.value) if positive else "",
                *([flag] if flagged else []),
            ]
        )
    return rows


def _alt_test(tests: AltTest) -> Rows:
    return [
        ["Model", "Outcome"],
        *([tested.model, tested.outcome] for tested in tests.models),
    ]


def _variable(variable: Variable, table: AgreementTable) -> Rows:
    rows = [["Figure", "Value"]]
    rows += [
        [f"{each.name} [95 %]" if each.interval else each.name, _interval(variable.figure(each))]
        for each in table.coefficients
        if each.of_variable
    ]
    rows += [
        [f"Specific agreement, {name}", coefficient(value)]
        for name, value in variable.specific_agreement.items()
    ]
    rows += [
        [f"% {rater}, {name}", _percent(share)]
        for rater, shares in variable.prevalence.items()
        for name, share in shares.items()
    ]
    if variable.flags:
        rows.append(["Flag", ", ".join(variable.flags)])
    return rows


def publication_note(table: AgreementTable) -> str:
    """The words that belong under the tables."""
    said = table.conventions
    note = (
        "n+: passages to which at least one rater applied the code; 2+: to which at least two did. "
        f"{explained(table.coefficients, [each.short for each in table.coefficients])} Intervals: "
        f"{said['interval']}; {said['inference']}. A dash marks what cannot be computed."
    )
    parts = [note, f"Arm: {said['arm']}."]
    if table.left_out:
        parts.append(f"Left out: {'; '.join(each.words for each in table.left_out)}.")
    return " ".join([*parts, *table.footnotes, *table.notes])


def explained(coefficients: Sequence[TableCoefficient], headings: Sequence[str]) -> str:
    """Return what each coefficient is, under the heading that a table gives it."""
    return " ".join(
        f"{heading}{'' if heading.casefold() == each.name.casefold() else f' ({each.name})'}: {each.note}."
        for each, heading in zip(coefficients, headings, strict=True)
        if each.note
    )


def full_rows(table: AgreementTable) -> Iterator[Sequence[str]]:
    """One row a code, then one a variable and one for each of its categories, every figure unrounded, with
    the reason where there is none. A variable is named in the column `variable`, its row has no code."""
    raters = table.raters
    named, further = _named_and_further()
    yield (
        *("code", "label", "units", "clusters", "positives"),
        *(f"prevalence.{rater}" for rater in raters),
        *(column for each in named for column in _columns(each)),
        *("flag", "reason", "synthetic", "flags", "variable", "agreed"),
        *(column for each in further for column in _columns(each)),
    )
    synthetic = "yes" if table.synthetic else ""

    for code in table.codes:
        shares = [_full(code.prevalence.get(rater)) for rater in raters]
        yield _row(code, (code.code, code.label), shares, "", synthetic)
    for one in table.variables:
        yield _row(one, ("", ""), [""] * len(raters), one.variable, synthetic)
        for name, agreement in one.specific_agreement.items():
            shares = [_full(one.prevalence.get(rater, {}).get(name)) for rater in raters]
            specific = {POSITIVE_AGREEMENT.key: Estimate(value=agreement)}
            yield (
                *("", name, str(one.units), "", ""),
                *shares,
                *(cell for each in named for cell in _cells(each, specific.get(each.key, NOTHING))),
                *("", "", synthetic, "", one.variable, ""),
                *(cell for each in further for cell in _cells(each, NOTHING)),
            )


def _named_and_further() -> tuple[list[TableCoefficient], list[TableCoefficient]]:
    """The coefficients that the contract names, in its columns, and others, whose columns come last."""
    named = [each for each in COEFFICIENTS if each.key in Code.model_fields]
    return named, [each for each in COEFFICIENTS if each.key not in Code.model_fields]


def _row(
    found: Code | Variable, names: Sequence[str], shares: Sequence[str], variable: str, synthetic: str
) -> Sequence[str]:
    named, further = _named_and_further()
    reasons = [found.figure(each).reason for each in COEFFICIENTS if each.interval]
    return (
        *names,
        *(str(number) for number in (found.units, found.clusters, found.positives)),
        *shares,
        *(cell for each in named for cell in _cells(each, found.figure(each))),
        found.flag or "",
        "; ".join(dict.fromkeys(filter(None, reasons))),
        *(synthetic, "; ".join(found.flags), variable, str(found.agreed)),
        *(cell for each in further for cell in _cells(each, found.figure(each))),
    )


def _columns(coefficient: TableCoefficient) -> Sequence[str]:
    key = coefficient.key
    return (key, f"{key}_low", f"{key}_high") if coefficient.interval else (key,)


def _cells(coefficient: TableCoefficient, figure: Estimate) -> Sequence[str]:
    ends = (figure.value, figure.low, figure.high) if coefficient.interval else (figure.value,)
    return [_full(value) for value in ends]


def _codes(table: AgreementTable) -> Rows:
    flagged = any(code.flags for code in table.codes)
    rows = [
        [
            "Code",
            "n+",
            "2+",
            *(f"% {rater}" for rater in table.raters),
            *(each.headed(each.short) for each in table.coefficients),
            *(["Flag"] if flagged else []),
        ]
    ]
    rows += [
        [
            code.code,
            str(code.positives),
            str(code.agreed),
            *(_percent(code.prevalence.get(rater)) for rater in table.raters),
            *(by_code(each, code.figure(each)) for each in table.coefficients),
            *([", ".join(code.flags)] if flagged else []),
        ]
        for code in table.codes
    ]
    return rows


def _overall(table: AgreementTable) -> Rows:
    found = table.overall
    part = 0 < found.set_codes < len(table.codes)
    sets = f"Alpha of sets of the {found.set_codes} codes that all used" if part else "Alpha of sets"
    rows = [
        ["Figure", "Value"],
        [
            f"Mean alpha of {found.codes_counted} codes ({found.codes_excluded} left out)",
            _interval(found.macro_alpha_interval),
        ],
    ]
    if found.macro_alpha_without_rare:
        without = f"Mean alpha without the {len(found.rare)} flagged {table.rare_named}"
        rows.append([without, _interval(found.macro_alpha_without_rare)])
    if found.macro_alpha_with_variables:
        joined = f"Mean alpha of {found.with_variables_counted}, with the variables in place of their codes"
        rows.append([joined, _interval(found.macro_alpha_with_variables)])
    return [
        *rows,
        [f"{sets}, Jaccard", _interval(found.alpha_jaccard)],
        [f"{sets}, MASI ({found.alpha_masi.formula})", _interval(found.alpha_masi)],
        ["Same set of codes", coefficient(found.exact_set_agreement)],
        [
            "Positive agreement, codes pooled",
            coefficient(found.micro_positive_agreement) + (f" ({found.flag})" if found.flag else ""),
        ],
        *([name, _interval(estimate)] for name, estimate in table.further_summaries),
    ]


def _pairs(table: AgreementTable) -> Rows:
    flagged = any(p.flag for p in table.pairs)
    rows = [
        [
            *("Pair", "Kind", "Passages", "Codes"),
            *(each.short for each in table.summaries),
            *(["Flag"] if flagged else []),
        ]
    ]
    rows += [
        [
            f"{p.a} and {p.b}",
            p.kind,
            str(p.units),
            str(p.codes),
            *(coefficient(getattr(p, each.key)) for each in table.summaries),
            *([p.flag or ""] if flagged else []),
        ]
        for p in table.pairs
    ]
    return rows


def by_code(registered: TableCoefficient, figure: Estimate) -> str:
    """Return the cell of a table by code: with the interval where it is registered so."""
    return _interval(figure) if registered.interval_by_code else coefficient(figure.value)


def _interval(estimate: Estimate) -> str:
    return coefficient_interval(estimate, mark=estimate.mark)


def _percent(share: float | None) -> str:
    return ABSENT if share is None else f"{100 * share:.1f}"


def _full(value: float | None) -> str:
    return "" if value is None else repr(value)
