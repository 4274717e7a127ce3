"""A table of agreement as rows of words: for a paper, rounded; for a spreadsheet, in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.records.numbers import ABSENT, coefficient, coefficient_interval
from cothemes.stages.evaluate.agreement.beside_figures import AltTest, Comparison, Measured
from cothemes.stages.evaluate.agreement.estimate import Estimate
from cothemes.stages.evaluate.agreement.figures import AgreementTable, Code, Variable

Rows = list[list[str]]


def paper_tables(table: AgreementTable) -> list[tuple[str, str, Rows]]:
    """Caption, label and rows of each table that a paper needs; the header is the first row."""
    synthetic = " SYNTHETIC DATA: layout only." if table.synthetic else ""
    kind = table.heading + ("" if table.measure == "agreement" else ", not reliability")
    found: list[tuple[str, str, Rows]] = []
    if len(table.raters) > 1:
        found += _of_raters(table, kind, synthetic)
    if table.pairs:
        found.append((f"Pairs of raters.{synthetic}", "tab:agreement-pairs", _pairs(table)))
    for number, compared in enumerate(table.beside, start=1):
        caption = (
            f"People among each other and with {compared.model}, on the same {compared.units} passages; the "
            f"difference is paired by interview. {compared.judged}{synthetic}"
        )
        found.append((caption, f"tab:people-model-{number}", _beside(compared)))
    if table.alt_test is not None:
        caption = (
            f"Alternative-annotator test (Calderon et al. 2025), sets by Jaccard, ε = "
            f"{coefficient(table.alt_test.epsilon)}. {table.alt_test.footing}{synthetic}"
        )
        found.append((caption, "tab:alt-test", _alt_test(table.alt_test)))
    return found


def _of_raters(table: AgreementTable, kind: str, synthetic: str) -> list[tuple[str, str, Rows]]:
    found = [
        (
            f"{kind} of {', '.join(table.raters)} by code: {table.units} passages, {table.documents} "
            f"documents, {table.clusters} clusters.{synthetic}",
            "tab:agreement",
            _codes(table),
        ),
        (f"All codes together.{synthetic}", "tab:agreement-overall", _overall(table)),
    ]
    for number, variable in enumerate(table.variables, start=1):
        caption = (
            f"{variable.variable}: one of {', '.join(variable.codes)}, scored as one nominal rating; "
            f"{variable.units} passages, {variable.several} ratings with several left out.{synthetic}"
        )
        found.append((caption, f"tab:variable-{number}", _variable(variable, table)))
    return found


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
    rows = [
        ["Figure", "Value"],
        ["Percent agreement", coefficient(variable.percent_agreement)],
        ["Alpha [95 %]", _interval(variable.alpha)],
        ["AC1 [95 %]", _interval(variable.ac1)],
    ]
    if len(table.raters) == 2:
        rows.append(["Cohen's kappa", coefficient(variable.cohen_kappa)])
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


def paper_note(table: AgreementTable) -> str:
    """The words that belong under the tables."""
    said = table.conventions
    note = (
        "n+: passages to which at least one rater applied the code; 2+: to which at least two did. Pos.: "
        "positive agreement, how often a second rater gives a code that a first gave. Alpha: "
        f"{said['alpha']}. Intervals: {said['interval']}; {said['inference']}. AC1: {said['ac1']}. A dash "
        "stands for what cannot be computed."
    )
    return " ".join([note, *table.footnotes, *table.notes])


def full_rows(table: AgreementTable) -> Iterator[Sequence[str]]:
    """One row a code, then one a variable and one for each of its categories, every figure unrounded, with
    the reason where there is none. A variable is named in the column `variable`, its row has no code."""
    raters = table.raters
    yield (
        *("code", "label", "units", "clusters", "positives"),
        *(f"prevalence.{rater}" for rater in raters),
        *("percent_agreement", "positive_agreement", "cohen_kappa", "alpha", "alpha_low", "alpha_high"),
        *("ac1", "ac1_low", "ac1_high", "flag", "reason", "synthetic", "flags", "variable", "agreed"),
    )
    synthetic = "yes" if table.synthetic else ""
    for code in table.codes:
        shares = [_full(code.prevalence.get(rater)) for rater in raters]
        yield (
            code.code,
            code.label,
            *_row(code, shares),
            synthetic,
            "; ".join(code.flags),
            "",
            str(code.agreed),
        )
    for one in table.variables:
        flags = "; ".join(one.flags)
        yield ("", "", *_row(one, [""] * len(raters)), synthetic, flags, one.variable, str(one.agreed))
        for name, agreement in one.specific_agreement.items():
            shares = [_full(one.prevalence.get(rater, {}).get(name)) for rater in raters]
            figures = ("", _full(agreement), *[""] * 9)
            yield ("", name, str(one.units), "", "", *shares, *figures, synthetic, "", one.variable, "")


def _row(found: Code | Variable, shares: Sequence[str]) -> tuple[str, ...]:
    """Units to reason, as the header has them."""
    reasons = dict.fromkeys(filter(None, (found.alpha.reason, found.ac1.reason)))
    return (
        *(str(number) for number in (found.units, found.clusters, found.positives)),
        *shares,
        *(_full(v) for v in (found.percent_agreement, found.positive_agreement, found.cohen_kappa)),
        *(_full(v) for v in (found.alpha.value, found.alpha.low, found.alpha.high)),
        *(_full(v) for v in (found.ac1.value, found.ac1.low, found.ac1.high)),
        found.flag or "",
        "; ".join(reasons),
    )


def _codes(table: AgreementTable) -> Rows:
    flagged = any(code.flags for code in table.codes)
    rows = [
        [
            "Code",
            "n+",
            "2+",
            *(f"% {rater}" for rater in table.raters),
            "Agree",
            "Pos.",
            "Alpha [95 %]",
            "AC1",
            *(["Kappa"] if len(table.raters) == 2 else []),
            *(["Flag"] if flagged else []),
        ]
    ]
    rows += [
        [
            code.code,
            str(code.positives),
            str(code.agreed),
            *(_percent(code.prevalence.get(rater)) for rater in table.raters),
            coefficient(code.percent_agreement),
            coefficient(code.positive_agreement),
            _interval(code.alpha),
            coefficient(code.ac1.value),
            *([coefficient(code.cohen_kappa)] if len(table.raters) == 2 else []),
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
    ]


def _pairs(table: AgreementTable) -> Rows:
    flagged = any(p.flag for p in table.pairs)
    rows = [["Pair", "Kind", "Passages", "Codes", "Mean alpha", "Pos.", *(["Flag"] if flagged else [])]]
    rows += [
        [
            f"{p.a} and {p.b}",
            p.kind,
            str(p.units),
            str(p.codes),
            coefficient(p.macro_alpha),
            coefficient(p.micro_positive_agreement),
            *([p.flag or ""] if flagged else []),
        ]
        for p in table.pairs
    ]
    return rows


def _interval(estimate: Estimate) -> str:
    return coefficient_interval(estimate, mark=estimate.mark)


def _percent(share: float | None) -> str:
    return ABSENT if share is None else f"{100 * share:.1f}"


def _full(value: float | None) -> str:
    return "" if value is None else repr(value)
