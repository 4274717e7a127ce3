"""An evaluation as rows of words: for a paper, rounded; for a spreadsheet, every figure in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.records.numbers import ABSENT, coefficient, coefficient_interval
from cothemes.stages.evaluate.coding.metric import RowMetric
from cothemes.stages.evaluate.coding.metrics import CODE_METRICS, METRICS
from cothemes.stages.evaluate.coding.report import Report, Row
from cothemes.stages.evaluate.estimate import Estimate

Rows = list[list[str]]


def publication_tables(report: Report) -> list[tuple[str, str, Rows]]:
    """Caption, label and rows of each table; the header is the first row."""
    synthetic = " SYNTHETIC DATA: layout only." if report.synthetic else ""
    first = report.rows[0]
    told = (
        f"{report.suite}: coders against gold ({report.gold}), {first.codes} codes, {report.passages} "
        f"passages in {report.documents} documents, {_splits(first)}.{synthetic}"
    )
    leading, others = leading_and_further()
    found = [
        (told, "tab:evaluation", _rows(report, leading)),
        (f"The same rows, further figures.{synthetic}", "tab:evaluation-more", _rows(report, others)),
        (f"The same rows, split by split.{synthetic}", "tab:evaluation-seeds", _by_seed(report)),
    ]
    for number, row in enumerate(report.rows, start=1):
        caption = f"{row.title}, code by code.{synthetic}"
        found.append((caption, f"tab:evaluation-codes-{number}", _codes(row, report)))
    return found


def leading_and_further() -> tuple[tuple[RowMetric, ...], tuple[RowMetric, ...]]:
    """Return the figures of the first table of rows, and those of the second."""
    return tuple(each for each in METRICS if each.leading), tuple(
        each for each in METRICS if not each.leading
    )


def publication_note(report: Report) -> str:
    """The words that belong under the tables."""
    said = report.conventions
    rare = ", ".join(f"{code} ({count})" for code, count in report.too_rare.items())
    left_out = (
        f"Codes with fewer than {report.min_positives} positives in gold are not scored: {rare}."
        if rare
        else ""
    )
    named = "; ".join(
        f"{each.short}: {each.name.lower()}"
        for each in METRICS
        if each.short.casefold() != each.name.casefold()
    )
    note = (
        f"{named}. 95 % intervals: {said['interval']}. Test: {said['test']}. Train: {said['train']}. n+: "
        f"passages of the whole gold with the code. AP: average precision. Prec., Rec.: "
        "precision, recall. F1 of a code is its positive agreement. A dash: not computable."
    )
    return " ".join(filter(None, [note, people_words(report), left_out, report.about, *report.notes]))


def people_words(report: Report) -> str:
    """Return how people agree with each other, and what that may be held against; empty with one rater."""
    people = report.human_yardstick
    if people is None:
        return ""
    return (
        f"People ({', '.join(people.raters)}) with each other, on {people.passages} passages: mean alpha "
        f"{_shown(people.estimate('alpha'))}, mean positive agreement "
        f"{_shown(people.estimate('positive_agreement'))}. Where gold is made of their codes, a coder's "
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
        for name in METRICS.keys:
            yield (*who, "row", "", "", "", name, *_ends(row.estimate(name)), synthetic)
            for seed, value in zip(row.seeds, row.intervals[name].by_seed, strict=True):
                yield (*who, "seed", str(seed), "", "", name, _full(value), "", "", synthetic)
        for code in row.by_code:
            for name in CODE_METRICS.keys:
                ends = _ends(code.estimate(name))
                yield (*who, "code", "", code.code, str(code.positives), name, *ends, synthetic)
    if people := report.human_yardstick:
        who = (report.suite, "people", "", ", ".join(people.raters), "", "")
        for name in ("alpha", "positive_agreement"):
            yield (*who, "row", "", "", "", name, *_ends(people.estimate(name)), synthetic)
        for code_id, value in people.by_code.items():
            yield (*who, "code", "", code_id, "", "alpha", _full(value), "", "", synthetic)


def _rows(report: Report, figures: Sequence[RowMetric]) -> Rows:
    found = [["Coder", *(f"{each.short} [95 %]" for each in figures)]]
    for row in report.rows:
        found.append([row.title, *(_shown(row.estimate(each.key)) for each in figures)])
    if people := report.human_yardstick:
        beside = [people.estimate(each.key) for each in figures]
        if any(beside):
            found.append(["people with each other", *(_shown(each) if each else "" for each in beside)])
    return found


def _by_seed(report: Report) -> Rows:
    found = [["Coder and figure", *(f"seed {seed}" for seed in report.rows[0].seeds)]]
    for row in report.rows:
        for each in METRICS:
            values = [coefficient(value) for value in row.intervals[each.key].by_seed]
            found.append([f"{row.title}: {each.short}", *values])
    return found


def _codes(row: Row, report: Report) -> Rows:
    people = report.human_yardstick
    flagged = any(code.flag for code in row.by_code)
    found = [
        [
            "Code",
            "n+",
            *(each.short + (" [95 %]" if each.interval_printed else "") for each in CODE_METRICS),
            *(["Alpha, people"] if people else []),
            *(["Flag"] if flagged else []),
        ]
    ]
    for code in row.by_code:
        figures = [(code.estimate(each.key), each.interval_printed) for each in CODE_METRICS]
        cells = [_shown(figure) if printed else coefficient(figure.value) for figure, printed in figures]
        beside = [coefficient(people.by_code.get(code.code))] if people else []
        flag = [code.flag or ""] if flagged else []
        found.append([code.code, str(code.positives), *cells, *beside, *flag])
    return found


def _splits(row: Row) -> str:
    if len(row.seeds) == 1:
        return f"one split, tested on {row.passages} passages"
    return f"means over {len(row.seeds)} splits, each tested on about {row.passages} passages"


def _shown(figure: Estimate | None) -> str:
    return coefficient_interval(figure) if figure else ABSENT


def _ends(figure: Estimate | None) -> tuple[str, str, str]:
    if figure is None:
        return "", "", ""
    return _full(figure.value), _full(figure.low), _full(figure.high)


def _full(value: float | None) -> str:
    return "" if value is None else repr(value)
