"""A test of an old and a new wording, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table
from cothemes.presentation.wrapping import hanging
from cothemes.records.numbers import coefficient
from cothemes.records.price import NANOS, amount
from cothemes.stages.codebook_change.retest import COLUMN, FEW_INTERVIEWS

if TYPE_CHECKING:
    from cothemes.app.codebook.retest import F1Difference, RetestedCode, RetestPlan, RetestReport

LISTED = 6
"""Passages that are named for each kind of change."""


def retest_lines(found: RetestReport) -> Iterator[Line]:
    """Yield what was tested, a row for each code that moved, its passages, and what limits the figures."""
    names = [f"{book.version or 'no version'} ({book.hash[:8]})" for book in (found.old, found.new)]
    yield hanging(f"From {names[0]} to {names[1]}: {found.spoken}.", 0)
    places = f"{found.passages} passages of {found.interviews} interviews or documents"
    yield hanging(f"On {places} that people adjudicated.", 0)
    if found.synthetic_documents:
        yield "SYNTHETIC: the texts are invented. The figures show the layout and mean nothing."
    if found.left_out:
        count, listed = sum(found.left_out.values()), ", ".join(found.left_out)
        yield hanging(f"Left out, for the codebook was revised with them: {count} passages of {listed}.", 0)
    if found.uncoded:
        yield f"{found.uncoded} adjudicated passages got no usable answer under one wording or both."
    moved = [code for code in found.codes if code.changed or any(_changes(code).values())]
    rows = [_row(code) for code in sorted(moved, key=lambda code: not code.changed)]
    if rows:
        columns = ("code", "pos", "found", "false", "F1 old", "new", "change", "")
        yield Table(columns, rows, right=(1, 4, 5, 6))
        yield "* changed itself. pos: adjudicated positives. found, false: old → new wording."
        yield "change: of F1, 95 %, one interview left out after the other, paired."
    if same := len(found.codes) - len(moved):
        yield f"{same} other codes are given on the same passages under both wordings."
    mean = found.macro
    if mean.value is not None:
        yield (
            f"Mean change over {mean.codes_counted} codes {coefficient(mean.value, signed=True)} "
            f"{_interval(mean)}".rstrip()
        )
    for code in moved:
        parts = [f"{words}: {_some(ids)}" for words, ids in _changes(code).items() if ids]
        if parts and code.changed:
            yield hanging("; ".join(parts), 6, first=code.code)
    yield from _warning_lines(found)


def retest_plan_lines(found: RetestPlan) -> Iterator[Line]:
    """Yield what would be asked, and what it would cost."""
    yield hanging(f"{found.passages} passages under two wordings, by {found.spoken}.", 0)
    costs = [each.cost for each in found.forecasts if each.cost is not None]
    if not found.forecasts:
        yield "No fee is paid; it takes this machine's time."
    elif len(costs) < len(found.forecasts):
        yield "What it costs is not known: no price for this model at this endpoint; see prices.toml."
    else:
        currency = found.forecasts[0].currency or ""
        low, high = (round(sum(ends) * NANOS) for ends in zip(*costs, strict=True))
        yield f"At the prices on record: {amount(low, currency)} to {amount(high, currency)}."
    yield "Nothing was done."


def _changes(code: RetestedCode) -> dict[str, tuple[str, ...]]:
    """Return kind of change → passages."""
    return {
        "newly found": code.newly_found,
        "lost": code.lost,
        "no longer false": code.no_longer_false,
        "newly false": code.newly_false,
    }


def _row(code: RetestedCode) -> tuple[object, ...]:
    return (
        f"{code.code}{' *' if code.changed else ''}",
        code.positives,
        f"{code.old.hits} → {code.new.hits}",
        f"{code.old.false} → {code.new.false}",
        coefficient(code.old.f1),
        coefficient(code.new.f1),
        coefficient(code.difference.value, signed=True),
        _interval(code.difference),
    )


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - LISTED} more" if len(ids) > LISTED else ""
    return f"{', '.join(ids[:LISTED])}{more}"


def _warning_lines(found: RetestReport) -> Iterator[str]:
    changed = [code for code in found.codes if code.changed]
    other = [code.code for code in changed if any(name != "new" for name in code.settled_under)]
    if other:
        yield hanging(
            f"Adjudicated under the old wording, or an unknown one: {', '.join(other)}. What looks "
            "worse there may be what the new wording means: read the passages before you judge.",
            0,
        )
    if 0 < found.interviews < FEW_INTERVIEWS:
        yield f"Fewer than {FEW_INTERVIEWS} interviews: the intervals say little."
    yield hanging(
        "A document with which a codebook is revised is no test data any more: pilot on it in a round "
        f"called pilot, or write yes into the column {COLUMN} of its metadata.",
        0,
    )


def _interval(difference: F1Difference) -> str:
    if difference.low is None or difference.high is None:
        return ""
    low, high = (coefficient(end, signed=True) for end in (difference.low, difference.high))
    return f"[{low}, {high}]"
