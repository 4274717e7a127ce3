"""A table of agreement as rows of words: for a paper, rounded; for a spreadsheet, in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.stages.evaluate.agreement.estimate import ABSENT, Estimate, two_decimals
from cothemes.stages.evaluate.agreement.figures import AgreementTable

Rows = list[list[str]]


def paper_tables(table: AgreementTable) -> list[tuple[str, str, Rows]]:
    """Caption, label and rows of each table that a paper needs; the header is the first row."""
    synthetic = " SYNTHETIC DATA: layout only." if table.synthetic else ""
    kind = "Agreement" if table.measure == "agreement" else "Agreement under suggestions, not reliability"
    found = [
        (
            f"{kind} of {', '.join(table.raters)} by code: {table.units} passages, {table.documents} "
            f"documents, {table.clusters} clusters.{synthetic}",
            "tab:agreement",
            _codes(table),
        ),
        (f"All codes together.{synthetic}", "tab:agreement-overall", _overall(table)),
    ]
    if table.pairs:
        found.append((f"Pairs of raters.{synthetic}", "tab:agreement-pairs", _pairs(table)))
    for number, compared in enumerate(table.beside, start=1):
        caption = (
            f"People among each other and with {compared.model}, on the same {compared.units} passages; the "
            f"difference is paired by interview.{synthetic}"
        )
        rows = [
            [
                "Code",
                "n+",
                "Alpha, people",
                "Alpha, model",
                "Difference [95 %]",
                "Pos., people",
                "Pos., model",
            ]
        ]
        for code in compared.codes:
            rows.append(
                [
                    code.code,
                    str(code.positives),
                    two_decimals(code.alpha.human_human.value),
                    two_decimals(code.alpha.human_model.value),
                    _interval(code.alpha.difference),
                    two_decimals(code.positive_agreement.human_human.value),
                    two_decimals(code.positive_agreement.human_model.value),
                ]
            )
        found.append((caption, f"tab:people-model-{number}", rows))
    return found


def paper_note(table: AgreementTable) -> str:
    """The words that belong under the tables."""
    said = table.conventions
    note = (
        f"n+: passages to which at least one rater applied the code. Alpha: {said['alpha']}. Intervals: "
        f"{said['interval']}. AC1: {said['ac1']}. A dash stands for what cannot be computed."
    )
    return " ".join([note, *table.notes])


def full_rows(table: AgreementTable) -> Iterator[Sequence[str]]:
    """One row a code, every figure unrounded, with the reason where there is none."""
    raters = table.raters
    yield (
        *("code", "label", "units", "clusters", "positives"),
        *(f"prevalence.{rater}" for rater in raters),
        *("percent_agreement", "positive_agreement", "cohen_kappa", "alpha", "alpha_low", "alpha_high"),
        *("ac1", "ac1_low", "ac1_high", "flag", "reason", "synthetic"),
    )
    for code in table.codes:
        reasons = dict.fromkeys(filter(None, (code.alpha.reason, code.ac1.reason)))
        yield (
            code.code,
            code.label,
            *(str(number) for number in (code.units, code.clusters, code.positives)),
            *(_full(code.prevalence.get(rater)) for rater in raters),
            *(_full(v) for v in (code.percent_agreement, code.positive_agreement, code.cohen_kappa)),
            *(_full(v) for v in (code.alpha.value, code.alpha.low, code.alpha.high)),
            *(_full(v) for v in (code.ac1.value, code.ac1.low, code.ac1.high)),
            code.flag or "",
            "; ".join(reasons),
            "yes" if table.synthetic else "",
        )


def _codes(table: AgreementTable) -> Rows:
    rows = [
        [
            "Code",
            "n+",
            *(f"% {rater}" for rater in table.raters),
            "Agree",
            "Pos.",
            "Alpha [95 %]",
            "AC1",
            "Flag",
        ]
    ]
    rows += [
        [
            code.code,
            str(code.positives),
            *(_percent(code.prevalence.get(rater)) for rater in table.raters),
            two_decimals(code.percent_agreement),
            two_decimals(code.positive_agreement),
            _interval(code.alpha),
            two_decimals(code.ac1.value),
            code.flag or "",
        ]
        for code in table.codes
    ]
    return rows


def _overall(table: AgreementTable) -> Rows:
    found = table.overall
    return [
        ["Figure", "Value"],
        [
            f"Mean alpha of {found.codes_counted} codes ({found.codes_excluded} left out)",
            _interval(found.macro_alpha_interval),
        ],
        ["Alpha of sets, Jaccard", _interval(found.alpha_jaccard)],
        [f"Alpha of sets, MASI ({found.alpha_masi.formula})", _interval(found.alpha_masi)],
        ["Same set of codes", two_decimals(found.exact_set_agreement)],
        ["Positive agreement, codes pooled", two_decimals(found.micro_positive_agreement)],
    ]


def _pairs(table: AgreementTable) -> Rows:
    rows = [["Pair", "Kind", "Passages", "Mean alpha", "Pos."]]
    rows += [
        [
            f"{p.a} and {p.b}",
            p.kind,
            str(p.units),
            two_decimals(p.macro_alpha),
            two_decimals(p.micro_positive_agreement),
        ]
        for p in table.pairs
    ]
    return rows


def _interval(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return two_decimals(estimate.value)
    low, high = two_decimals(estimate.low), two_decimals(estimate.high)
    return f"{two_decimals(estimate.value)} [{low}, {high}]{estimate.mark}"


def _percent(share: float | None) -> str:
    return ABSENT if share is None else f"{100 * share:.1f}"


def _full(value: float | None) -> str:
    return "" if value is None else repr(value)
