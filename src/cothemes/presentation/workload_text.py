"""Workload curves for a terminal and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.presentation.lines import Line, Table
from cothemes.records.numbers import coefficient, percent
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.workload.report import EFFORTS, KINDS, RANDOM, Saving, WorkloadReport

_EVERY = 2
"""Points of a curve between two lines of the table."""
_NAMED = {
    "micro": "Errors left per positive of gold, all codes together (micro), by share of passages read",
    "macro": "The same, mean of the scored codes (macro)",
}


def workload_lines(report: WorkloadReport) -> Iterator[Line]:
    """Yield the curves and what each order saves."""
    yield (
        f"{report.suite}: {counted(len(report.seeds), 'part')} of about "
        f"{counted(report.passages, 'passage')}, drawn from {counted(report.documents, 'document')}; "
        f"{counted(report.codes, 'code')} scored; {report.coder}"
    )
    if report.about:
        yield f"! {shown_text(report.about)}"
    names = [each.order for each in report.curves]
    for kind in KINDS:
        yield ""
        yield f"{_NAMED[kind]}:"
        points = list(zip(*(each.points for each in report.curves), strict=True))
        yield Table(
            ("read", *names),
            [
                (percent(row[0].read), *(coefficient(getattr(point, kind)) for point in row))
                for row in points[::_EVERY]
            ],
            right=tuple(range(len(names) + 1)),
        )
    yield ""
    yield (
        "Share of the review saved against random order at equal error, 95 % interval over documents: "
        "mean over the errors that random order leaves after 20, 40, 60 and 80 % are read."
    )
    means = {(each.order, each.error, each.effort): each for each in report.savings if each.at is None}
    columns = [(kind, effort) for effort in EFFORTS for kind in KINDS]
    yield Table(
        ("order", *(f"{kind}, {effort}" for kind, effort in columns)),
        [
            (name, *(_saving(means[name, kind, effort]) for kind, effort in columns))
            for name in names
            if name != RANDOM
        ],
        right=tuple(range(1, len(columns) + 1)),
    )
    yield "The oracle reads next what has most errors now. Words: longer passages count for more."


def workload_rows(report: WorkloadReport) -> Iterator[Sequence[str]]:
    """Yield one figure a line, unrounded: points of the curves, then savings."""
    yield "suite", "order", "read", "effort", "figure", "value", "low", "high", "synthetic"
    synthetic = "yes" if report.synthetic else ""
    for each in report.curves:
        for point in each.points:
            where = (report.suite, each.order, repr(point.read))
            yield (*where, "words", "words read", repr(point.words), "", "", synthetic)
            for kind in KINDS:
                ends = (getattr(point, name) for name in (kind, f"{kind}_low", f"{kind}_high"))
                yield (*where, "", f"{kind} errors left", *map(repr, ends), synthetic)
    for saving in report.savings:
        at = "" if saving.at is None else repr(saving.at)
        values = (saving.saved, saving.low, saving.high)
        figure = f"saved, {saving.error}"
        yield (report.suite, saving.order, at, saving.effort, figure, *map(repr, values), synthetic)


def _saving(each: Saving) -> str:
    return f"{percent(each.saved)} [{percent(each.low)}, {percent(each.high)}]"
