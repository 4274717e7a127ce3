"""An evaluation as rows of words: for a paper, rounded; for a spreadsheet, every figure in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.records.numbers import ABSENT, coefficient
from cothemes.stages.evaluate.coding.names import CODE_FIGURES, LONG, SHORT, row_name
from cothemes.stages.evaluate.coding.report import CODE_METRICS, METRICS, Range, Report, Row

Rows = list[list[str]]
IN_TABLE = ("map", "recall_at_3", "macro_f1", "alpha", "workload_auc")
"""Figures with their intervals in the table of rows; the others follow in a table of their own."""


def publication_tables(report: Report) -> list[tuple[str, str, Rows]]:
    """Caption, label and rows of each table; the header is the first row."""
    synthetic = " SYNTHETIC DATA: layout only." if report.synthetic else ""
    first = report.rows[0]
    told = (
        f"{report.suite}: coders against gold ({report.gold}), {first.codes} codes, {report.passages} "
        f"passages in {report.documents} documents, {_splits(first)}.{synthetic}"
    )
    others = tuple(name for name in METRICS if name not in IN_TABLE)
    found = [
        (told, "tab:evaluation", _rows(report, IN_TABLE)),
        (f"The same rows, further figures.{synthetic}", "tab:evaluation-more", _rows(report, others)),
        (f"The same rows, split by split.{synthetic}", "tab:evaluation-seeds", _by_seed(report)),
    ]
    for number, row in enumerate(report.rows, start=1):
        caption = f"{row_name(row)}, code by code.{synthetic}"
        found.append((caption, f"tab:evaluation-codes-{number}", _codes(row, report)))
    return found


def publication_note(report: Report) -> str:
    """The words that belong under the tables."""
    said = report.conventions
    rare = ", ".join(f"{code} ({count})" for code, count in report.too_rare.items())
    left_out = (
        f"Codes with fewer than {report.min_positives} positives in gold are not scored: {rare}."
        if rare
        else ""
    )
    named = "; ".join(f"{SHORT[name]}: {LONG[name].lower()}" for name in METRICS if SHORT[name] != name)
    note = (
        f"{named}. 95 % intervals: {said['interval']}. Test: {said['test']}. Train: {said['train']}. n+: "
        f"passages of the whole gold with the code. AP: average precision. Prec., Rec.: "
        "precision, recall. F1 of a code is its positive agreement. A dash: not computable."
    )
    return " ".join(filter(None, [note, people_words(report), left_out, report.about, *report.notes]))


def people_words(report: Report) -> str:
    """How people agree with each other, and what that may be held against; empty with one rater."""
    people = report.human_yardstick
    if people is None:
        return ""
    alpha, positive = people.intervals.get("alpha"), people.intervals.get("positive_agreement")
    return (
        f"People ({', '.join(people.raters)}) with each other, on {people.passages} passages: mean alpha "
        f"{_spread(people.macro_alpha, alpha)}, mean positive agreement "
        f"{_spread(people.positive_agreement, positive)}. Where gold is made of their codes, a coder's "
        f"agreement with gold is not the same quantity and can pass theirs; like is compared with like by "
        "`cothemes agreement`."
    )


def full_rows(report: Report) -> Iterator[Sequence[str]]:
    """One figure a line: of a row, of a row's split, or of a row's code; unrounded."""
    yield (
        *("suite", "coder", "version", "model", "prompt", "train", "level", "seed", "code", "positives"),
        *("figure", "value", "low", "high", "synthetic"),
    )
    synthetic = "yes" if report.synthetic else ""
    for row in report.rows:
        who = (report.suite, row.coder, row.version, row.model, row.prompt, str(row.train))
        for name in METRICS:
            spread = row.intervals[name]
            yield (*who, "row", "", "", "", name, *_ends(getattr(row, name), spread), synthetic)
            for seed, value in zip(row.seeds, spread.by_seed, strict=True):
                yield (*who, "seed", str(seed), "", "", name, _full(value), "", "", synthetic)
        for code in row.by_code:
            for name in CODE_METRICS:
                ends = _ends(getattr(code, name), code.intervals.get(name))
                yield (*who, "code", "", code.code, str(code.positives), name, *ends, synthetic)
    if people := report.human_yardstick:
        who = (report.suite, "people", "", ", ".join(people.raters), "", "")
        yield (*who, "row", "", "", "", "alpha", *_of_people(people.macro_alpha, "alpha", report), synthetic)
        ends = _of_people(people.positive_agreement, "positive_agreement", report)
        yield (*who, "row", "", "", "", "positive_agreement", *ends, synthetic)
        for code_id, value in people.by_code.items():
            yield (*who, "code", "", code_id, "", "alpha", _full(value), "", "", synthetic)


def _rows(report: Report, figures: Sequence[str]) -> Rows:
    people = report.human_yardstick
    found = [["Coder", *(f"{SHORT[name]} [95 %]" for name in figures)]]
    for row in report.rows:
        cells = [_spread(getattr(row, name), row.intervals[name]) for name in figures]
        found.append([row_name(row), *cells])
    if people:
        values = {"alpha": people.macro_alpha, "positive_agreement": people.positive_agreement}
        if set(values) & set(figures):
            cells = [
                _spread(values[name], people.intervals.get(name)) if name in values else ""
                for name in figures
            ]
            found.append(["people with each other", *cells])
    return found


def _by_seed(report: Report) -> Rows:
    found = [["Coder and figure", *(f"seed {seed}" for seed in report.rows[0].seeds)]]
    for row in report.rows:
        for name in METRICS:
            values = [coefficient(value) for value in row.intervals[name].by_seed]
            found.append([f"{row_name(row)}: {SHORT[name]}", *values])
    return found


def _codes(row: Row, report: Report) -> Rows:
    people = report.human_yardstick
    wide = ("average_precision", "f1", "alpha")
    flagged = any(code.flag for code in row.by_code)
    found = [
        [
            "Code",
            "n+",
            *(CODE_FIGURES[name] + (" [95 %]" if name in wide else "") for name in CODE_METRICS),
            *(["Alpha, people"] if people else []),
            *(["Flag"] if flagged else []),
        ]
    ]
    for code in row.by_code:
        cells = [
            _spread(getattr(code, name), code.intervals.get(name) if name in wide else None)
            for name in CODE_METRICS
        ]
        beside = [coefficient(people.by_code.get(code.code))] if people else []
        flag = [code.flag or ""] if flagged else []
        found.append([code.code, str(code.positives), *cells, *beside, *flag])
    return found


def _splits(row: Row) -> str:
    if len(row.seeds) == 1:
        return f"one split, tested on {row.passages} passages"
    return f"means over {len(row.seeds)} splits, each tested on about {row.passages} passages"


def _spread(value: float | None, spread: Range | None) -> str:
    if value is None:
        return ABSENT
    if spread is None or spread.low is None or spread.high is None:
        return coefficient(value)
    return f"{coefficient(value)} [{coefficient(spread.low)}, {coefficient(spread.high)}]"


def _of_people(value: float | None, name: str, report: Report) -> tuple[str, str, str]:
    people = report.human_yardstick
    return _ends(value, people.intervals.get(name) if people else None)


def _ends(value: float | None, spread: Range | None) -> tuple[str, str, str]:
    low, high = (spread.low, spread.high) if spread else (None, None)
    return _full(value), _full(low), _full(high)


def _full(value: float | None) -> str:
    return "" if value is None else repr(value)
