"""`cothemes costs`: what was spent on models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.runs import reconcile as settling
from cothemes.app.runs.costs import costs as summed
from cothemes.app.runs.unconfirmed import PLACEHOLDERS, unconfirmed_lines
from cothemes.cli.batches import cost_lines
from cothemes.cli.console import emit_json, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.cli.settling import (
    AboveOption,
    AsOption,
    CallOption,
    GoneOption,
    NoteOption,
    RunOption,
    SettleOption,
    TakeBackOption,
    UnconfirmedOption,
    WhenOption,
    settled_lines,
    show_lost,
    show_settled,
    which_calls,
)
from cothemes.errors import UsageError
from cothemes.records.price import NANOS, amount
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.records.confirmation import Which


class ByChoice(StrEnum):
    """What costs are summed over."""

    RUN = "run"
    STAGE = "stage"
    MODEL = "model"
    CODEBOOK = "codebook"
    DAY = "day"
    MONTH = "month"


HEADINGS = ("calls", "tries", "tokens in", "cached", "out", "cost", "settled", "unconfirmed")
MONEY = ("cost", "settled_cost", "unconfirmed")
AMOUNTS = 6
"""Where they begin in a row, its name included."""
MOST_PLACES = 4
WIDTH = 80
NAMELESS = {
    "model": "(none): no reply came, so none named its model.",
    "codebook": "(none): asked without a codebook, as by `cothemes doctor --model`.",
}


def costs(
    context: typer.Context,
    by: Annotated[ByChoice, typer.Option("--by", help="What to group the costs by.")] = ByChoice.RUN,
    unconfirmed: UnconfirmedOption = False,
    settle: SettleOption = "",
    take_back: TakeBackOption = None,
    run: RunOption = "",
    when: WhenOption = "",
    call: CallOption = "",
    name: AsOption = "",
    note: NoteOption = "",
    above: AboveOption = False,
    gone: GoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what models cost, by the provider's own count. Calls that may have been paid for are listed apart.

    If a reply was lost, the call counts at an estimate until a person settles it with the amount on the
    provider's page. List such calls with --unconfirmed and settle them with --settle.
    """
    which = _chosen(run, when, call, unconfirmed=unconfirmed, settle=settle, take_back=take_back)
    with opened_study(context) as study:
        if settle:
            nanos = settling.parsed_amount(settle)
            lot = settling.settle(study, nanos, which, by=name, note=note, above=above, gone=gone)
            show_settled(study, lot, as_json)
            return
        if take_back is not None:
            show_settled(study, settling.take_back(study, take_back, by=name, note=note, gone=gone), as_json)
            return
        if unconfirmed:
            show_lost(study, which, as_json)
            return
        found = summed(study, by.value)
    _show(found, by, as_json)


def _chosen(
    run: str, when: str, call: str, *, unconfirmed: bool, settle: str, take_back: int | None
) -> Which:
    """Raises UsageError where two things are asked for at once, or calls are named for nothing."""
    if sum((unconfirmed, bool(settle), take_back is not None)) > 1:
        raise UsageError(
            "--unconfirmed, --settle and --take-back are three things", hint="Ask for one of them."
        )
    if (run or when or call) and not (unconfirmed or settle):
        raise UsageError(
            "--run, --when and --call say which unconfirmed calls are meant",
            hint="Add --unconfirmed or --settle AMOUNT, or leave them out.",
        )
    return which_calls(run, when, call)


def _show(found: dict[str, Any], by: ByChoice, as_json: bool) -> None:
    if as_json:
        emit_json(found)
        return
    if not found["groups"]:
        say("No model was asked yet: nothing was spent.")
        return
    shown = [row for row in found["groups"] if _counts(row)]
    places = _places(shown)
    rows = [(_name(row[by.value], found["trials"], by), *_cells(row, places)) for row in shown]
    rows += [("all", *_cells(row, places)) for row in found["total"]] if len(rows) > 1 else []
    for line in _table(by.value, rows):
        typed(line)
    say("")
    if any(not row[by.value] for row in shown) and by.value in NAMELESS:
        say(NAMELESS[by.value])
    if any(row["cached_tokens"] for row in found["total"]):
        sent, cached = (
            sum(row[name] for row in found["total"]) for name in ("input_tokens", "cached_tokens")
        )
        say(f"{cached / sent:.0%} of the tokens sent were in the provider's cache.")
    for budget in found["budgets"]:
        say(_budget_line(budget))
    unpriced = sum(row["unpriced"] for row in found["total"])
    if unpriced:
        say(
            f"The cost of {counted(unpriced, 'reply', 'replies')} is not known: no price is on record, or no "
            "count of tokens came."
        )
    for line in (*cost_lines(found["batches"]), *settled_lines(found["settled"])):
        say(line)
    if any(row["unconfirmed"] for row in found["total"]):
        say(
            "Unconfirmed: reserved for calls whose reply was lost or has not come yet. They may have been "
            "paid for, mostly for less, and count against budgets until they are settled by what the "
            "provider's own page says."
        )
        for each, line in zip(found["unconfirmed"], unconfirmed_lines(found["unconfirmed"]), strict=True):
            say(line)
            typed(f"  {each['list']} lists them. To settle them:")
            typed(f"  {each['reconcile']}")
            say(f"  {PLACEHOLDERS}")
    if found["lost"]:
        say(f"Killed or lost, so that nothing of them runs: {', '.join(found['lost'])}.")


def _counts(row: dict[str, Any]) -> bool:
    """Whether anything was asked: rows add up to what stands under them."""
    return any(row[name] for name in ("tries", "replied", "cost", "unconfirmed", "settled", "under_way"))


def _name(name: str, trials: int, by: ByChoice) -> str:
    if by is ByChoice.RUN and name == "doctor":
        return f"doctor ({trials})"
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


def _budget_line(found: dict[str, Any]) -> str:

    def money(value: float) -> str:
        return amount(round(value * NANOS), found["currency"])

    month = found["of"] == "month"
    said = f"{'This month' if month else 'Run ' + found['name']}: {money(found['counted'])}"
    if found["budget"] is None:
        said += " (no month_budget)"
    else:
        key = "month_budget" if month else "budget"
        said += f" of {money(found['budget'])} ({key}), {money(found['left'])} left"
    settled = f", of which settled by hand {money(found['settled'])}" if found["settled"] else ""
    unconfirmed = f", of which unconfirmed {money(found['unconfirmed'])}" if found["unconfirmed"] else ""
    return f"{said}{unconfirmed}{settled}"


def _places(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Column and currency → decimals of the whole column, so that its rows add up by hand: as many as its
    smallest amount needs, up to MOST_PLACES."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        for name in MONEY:
            if isinstance(row[name], float) and row["currency"]:
                needed = len(amount(round(row[name] * NANOS), "").rpartition(".")[2])
                at = (name, str(row["currency"]))
                found[at] = min(MOST_PLACES, max(found.get(at, 2), needed))
    return found


def _cells(row: dict[str, Any], places: dict[tuple[str, str], int]) -> tuple[str, ...]:
    def money(name: str) -> str:
        value, currency = row[name], str(row["currency"])
        if not isinstance(value, float) or not row["currency"]:
            return "unknown"
        shown = places.get((name, currency), 2)
        least = 10**-shown
        if 0 < value < least / 2:
            return f"<{least:.{shown}f} {currency}"
        return f"{value:,.{shown}f} {currency}"

    tokens = (f"{row[name]:,}" for name in ("input_tokens", "cached_tokens", "output_tokens"))
    return (str(row["replied"]), str(row["tries"]), *tokens, *map(money, MONEY))
