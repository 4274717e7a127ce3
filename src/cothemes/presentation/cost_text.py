"""Costs of models in words: sums, budgets, open batches, and calls that may have been paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.app.runs.batches import BatchUnderWay
from cothemes.app.runs.costs import TRIALS, Budget, CostGroup, Costs, CostSums
from cothemes.app.runs.reconcile import ReconciledLot
from cothemes.app.runs.unconfirmed import PLACEHOLDERS, Unconfirmed, unconfirmed_lines
from cothemes.presentation.lines import Unbroken
from cothemes.records.ledger import Scope
from cothemes.records.numbers import percent
from cothemes.records.price import NANOS, amount
from cothemes.records.text import counted

HEADINGS = ("calls", "tries", "tokens in", "cached", "out", "cost", "settled", "unconfirmed")
AMOUNTS = 6
"""Index of the first amount in a row, whose name has index 0."""
MOST_PLACES = 4
WIDTH = 80
NAMELESS = {
    "model": "(none): no reply came, so none named its model.",
    "codebook": "(none): asked without a codebook, as by `cothemes doctor --model`.",
}


def cost_lines(found: Costs) -> Iterator[str]:
    """Yield the sums and what goes with them, on 80 columns."""
    if not found.groups:
        yield "No model was asked yet: nothing was spent."
        return
    shown = [group for group in found.groups if _counts(group)]
    places = _places(shown)
    names = [name_of(group) for group in shown]
    rows = [
        (_shown_name(name, found), *_cells(group, places)) for name, group in zip(names, shown, strict=True)
    ]
    rows += [("all", *_cells(sums, places)) for sums in found.total] if len(rows) > 1 else []
    yield from map(Unbroken, _table(found.by, rows))
    yield ""
    if not all(names) and found.by in NAMELESS:
        yield NAMELESS[found.by]
    if any(sums.cached_tokens for sums in found.total):
        sent = sum(sums.input_tokens for sums in found.total)
        cached = sum(sums.cached_tokens for sums in found.total)
        yield f"{percent(cached / sent)} of the tokens sent were in the provider's cache."
    yield from map(_budget_line, found.budgets)
    unpriced = sum(sums.unpriced for sums in found.total)
    if unpriced:
        yield (
            f"The cost of {counted(unpriced, 'reply', 'replies')} is not known: no price is on record, or no "
            "count of tokens came."
        )
    yield from _reserved_lines(found.batches)
    yield from _settled_lines(found.settled)
    if any(sums.unconfirmed for sums in found.total):
        yield (
            "Unconfirmed: reserved for calls whose reply was lost or has not come yet. They may have been "
            "paid for, mostly for less, and count against budgets until they are reconciled with the "
            "provider's own page."
        )
        yield from to_settle_lines(found.unconfirmed)
    if found.lost:
        yield f"Killed or lost, so that nothing of them runs: {', '.join(found.lost)}."


def to_settle_lines(found: Sequence[Unconfirmed], label: str = "") -> Iterator[str]:
    """Yield what may have been paid for, and the commands that list and settle it; `label` comes first."""
    for each, line in zip(found, unconfirmed_lines(found), strict=True):
        yield f"{label}{line}"
        yield Unbroken(f"  {each.list} lists them. To reconcile them:")
        yield Unbroken(f"  {each.reconcile}")
        yield f"  {PLACEHOLDERS}"


def batch_lines(batches: Sequence[BatchUnderWay]) -> Iterator[str]:
    """Yield a line for each batch, and one that says what to type."""
    for batch in batches:
        answered = f", {batch.answered} answered" if batch.answered else ""
        requests = batch.requests or batch.waiting
        status = batch.status or "not handed in"
        seen = batch.seen or batch.since
        yield f"Batch      {batch.run}: {requests} requests{answered}; {status} at {seen:%Y-%m-%d %H:%M} UTC"
    if batches:
        yield "           cothemes propose --batch-api looks again and collects."


def money(value: float, currency: str) -> str:
    """Return an amount in whole units as people read it."""
    return amount(round(value * NANOS), currency)


def calls_in_words(count: int) -> str:
    """Return `1 call` or `6 calls`."""
    return "1 call" if count == 1 else f"{count} calls"


def name_of(group: CostGroup) -> str:
    """Return what the calls of the group have in common; empty where it is not known."""
    names = (group.run, group.stage, group.model, group.codebook, group.day, group.month)
    return next((name for name in names if name is not None), "")


def _reserved_lines(batches: Sequence[BatchUnderWay]) -> Iterator[str]:
    """Yield what is reserved for requests that wait, a line for each currency."""
    for currency in sorted({batch.currency for batch in batches if batch.currency}):
        mine = [batch for batch in batches if batch.currency == currency]
        reserved = money(sum(batch.reserved or 0 for batch in mine), currency)
        yield f"{sum(batch.waiting for batch in mine)} requests wait in batches: {reserved} is for them."


def _settled_lines(found: Sequence[ReconciledLot]) -> Iterator[str]:
    """Yield what was settled by hand and stands, a line for each lot."""
    for lot in found:
        if lot.stands:
            now, before = (money(value, lot.currency) for value in (lot.settled_at, lot.was_open))
            yield (
                f"Reconciled by hand (lot {lot.lot}): {calls_in_words(lot.calls)} of "
                f"{', '.join(lot.runs)} at {now} instead of {before}, "
                f"by {lot.by} on {lot.at:%Y-%m-%d}: {lot.note}"
            )


def _counts(sums: CostSums) -> bool:
    """Return True where anything was asked: rows add up to what stands under them."""
    asked = (sums.tries, sums.replied, sums.settled, sums.under_way)
    return any(asked) or bool(sums.cost) or bool(sums.unconfirmed)


def _shown_name(name: str, found: Costs) -> str:
    if found.by == "run" and name == TRIALS:
        return f"{TRIALS} ({found.trials})"
    return name or "(none)"


def _table(by: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Nothing is folded: where names are too long for the screen, they stand on a line of their own."""
    if not rows:
        yield "Nothing came of what was asked, and nothing was spent."
        return
    kept = [
        at
        for at, name in enumerate(HEADINGS, start=1)
        if not (name == "cached" and all(row[at] == "0" for row in rows))
        and not (name == "tries" and all(row[at] == row[1] for row in rows))
        and not (name in ("settled", "unconfirmed") and all(_is_nothing(row[at]) for row in rows))
    ]
    headings = list(HEADINGS)
    first = max(len(by), *(len(row[0]) for row in rows))

    def widths() -> dict[int, int]:
        return {at: max(len(headings[at - 1]), *(len(row[at]) for row in rows)) for at in kept}

    def too_wide(first: int) -> bool:
        return first + sum(widths().values()) + 2 * len(kept) > WIDTH

    if too_wide(first):
        headings, rows = _currency_once(headings, rows)
    apart = too_wide(first)
    room, wide = 2 if apart else first, widths()
    gap = "  " if not too_wide(room) else " "

    def figures(cells: Sequence[str]) -> str:
        return gap.join(cells[at].rjust(wide[at]) for at in kept)

    head = f"{'' if apart else by:<{room}}{gap}{figures(('', *headings))}"
    yield head
    yield "─" * len(head)
    for row in rows:
        if apart:
            yield row[0]
        yield f"{'' if apart else row[0]:<{room}}{gap}{figures(row)}"


def _is_nothing(cell: str) -> bool:
    return cell != "unknown" and not any(digit in cell for digit in "123456789")


def _currency_once(
    headings: list[str], rows: Sequence[tuple[str, ...]]
) -> tuple[list[str], Sequence[tuple[str, ...]]]:
    """The currency over the column of costs alone, where all rows have one and the same."""
    said = {cell.rpartition(" ")[2] for row in rows for cell in row[AMOUNTS:]}
    if len(said) != 1 or "unknown" in said:
        return headings, rows
    bare = [(*row[:AMOUNTS], *(cell.rpartition(" ")[0] for cell in row[AMOUNTS:])) for row in rows]
    return [f"cost {said.pop()}" if name == "cost" else name for name in headings], bare


def _budget_line(found: Budget) -> str:
    currency, month = found.currency, found.of is Scope.MONTH
    said = f"{'This month' if month else 'Run ' + found.name}: {money(found.counted, currency)}"
    if found.budget is None or found.left is None:
        said += " (no month_budget)"
    else:
        key = "month_budget" if month else "budget"
        said += f" of {money(found.budget, currency)} ({key}), {money(found.left, currency)} left"
    settled = f", of which reconciled by hand {money(found.settled, currency)}" if found.settled else ""
    unconfirmed = f", of which unconfirmed {money(found.unconfirmed, currency)}" if found.unconfirmed else ""
    return f"{said}{unconfirmed}{settled}"


def _amounts(sums: CostSums) -> tuple[float | None, ...]:
    """Return the amounts of a row, in the order of its columns."""
    return sums.cost, sums.settled_cost, sums.unconfirmed


def _places(rows: Sequence[CostSums]) -> dict[tuple[int, str], int]:
    """Return the decimals of each column and currency, so that its rows add up by hand: as many as its
    smallest amount needs, up to MOST_PLACES."""
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        for column, value in enumerate(_amounts(row)):
            if value is not None and row.currency:
                needed = len(money(value, "").rpartition(".")[2])
                at = (column, row.currency)
                found[at] = min(MOST_PLACES, max(found.get(at, 2), needed))
    return found


def _cells(row: CostSums, places: dict[tuple[int, str], int]) -> tuple[str, ...]:
    def shown(column: int, value: float | None) -> str:
        if value is None or not row.currency:
            return "unknown"
        decimals = places.get((column, row.currency), 2)
        least = 10**-decimals
        if 0 < value < least / 2:
            return f"<{least:.{decimals}f} {row.currency}"
        return f"{value:,.{decimals}f} {row.currency}"

    tokens = (f"{count:,}" for count in (row.input_tokens, row.cached_tokens, row.output_tokens))
    return (str(row.replied), str(row.tries), *tokens, *(shown(*each) for each in enumerate(_amounts(row))))
