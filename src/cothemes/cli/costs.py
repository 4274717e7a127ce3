"""`cothemes costs`: what was spent on models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from cothemes.cli.invocation import JsonOption, opened_study


class ByChoice(StrEnum):
    """What costs are summed over."""

    RUN = "run"
    STAGE = "stage"
    MODEL = "model"
    CODEBOOK = "codebook"
    DAY = "day"
    MONTH = "month"


HEADINGS = ("calls", "tries", "tokens in", "cached", "out", "cost", "unconfirmed")
WIDTH = 80
NAMELESS = {
    "model": "(none): no reply came, so none named its model.",
    "codebook": "(none): asked without a codebook, as by `cothemes doctor --model`.",
}


def costs(
    context: typer.Context,
    by: Annotated[ByChoice, typer.Option("--by", help="What to sum over.")] = ByChoice.RUN,
    as_json: JsonOption = False,
) -> None:
    """Show what models cost, by the provider's own count. What may have been paid for stands apart."""
    from cothemes.app.steps.costs import costs as summed
    from cothemes.cli.batches import cost_lines
    from cothemes.cli.console import emit_json, say, typed

    with opened_study(context) as study:
        found = summed(study, by.value)
    if as_json:
        emit_json(found)
        return
    if not found["groups"]:
        say("No model was asked yet: nothing was spent.")
        return
    shown = [row for row in found["groups"] if _counts(row)]
    rows = [(_name(row[by.value], found["trials"], by), *_cells(row)) for row in shown]
    rows += [("all", *_cells(row)) for row in found["total"]] if len(rows) > 1 else []
    for line in _table(by.value, rows):
        typed(line)
    say("")
    if any(not row[by.value] for row in shown) and by.value in NAMELESS:
        say(NAMELESS[by.value])
    for budget in found["budgets"]:
        say(_budget_line(budget))
    unpriced = sum(row["unpriced"] for row in found["total"])
    if unpriced:
        say(f"The cost of {unpriced} replies is not known: no price, or no count of tokens, came with them.")
    for line in cost_lines(found["batches"]):
        say(line)
    if any(row["unconfirmed"] for row in found["total"]):
        say(
            "Unconfirmed: reserved, at the worst case, for calls whose reply was lost or has not come yet. "
            "They may have been paid for, mostly for much less; the provider's own page knows. "
            "They count against budgets: raise month_budget by what its page shows was not paid for."
        )


def _counts(row: dict[str, Any]) -> bool:
    """Whether anything came of it: what failed for nothing is left out of the table."""
    return bool(row["replied"] or row["cost"] or row["unconfirmed"] or row["under_way"])


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
        and not (name == "unconfirmed" and all(row[at].startswith("0.00 ") for row in rows))
    ]
    widths = {at: max(len(HEADINGS[at - 1]), *(len(row[at]) for row in rows)) for at in kept}
    first = max(len(by), *(len(row[0]) for row in rows))
    apart = first + sum(widths.values()) + 2 * len(kept) > WIDTH
    room = 2 if apart else first

    def figures(cells: Sequence[str]) -> str:
        return "  ".join(cells[at].rjust(widths[at]) for at in kept)

    head = f"{'' if apart else by:<{room}}  {figures(('', *HEADINGS))}"
    yield head
    yield "─" * len(head)
    for row in rows:
        if apart:
            yield row[0]
        yield f"{'' if apart else row[0]:<{room}}  {figures(row)}"


def _budget_line(found: dict[str, Any]) -> str:
    from cothemes.records.price import NANOS, amount

    def money(value: float) -> str:
        return amount(round(value * NANOS), found["currency"])

    month = found["of"] == "month"
    said = f"{'This month' if month else 'Run ' + found['name']}: {money(found['counted'])}"
    if found["budget"] is None:
        said += " (no month_budget)"
    else:
        key = "month_budget" if month else "budget"
        said += f" of {money(found['budget'])} ({key}), {money(found['left'])} left"
    return f"{said}; unconfirmed {money(found['unconfirmed'])}"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    from cothemes.records.price import NANOS, amount

    def money(value: object) -> str:
        if not isinstance(value, float) or not row["currency"]:
            return "unknown"
        return amount(round(value * NANOS), str(row["currency"]))

    tokens = (f"{row[name]:,}" for name in ("input_tokens", "cached_tokens", "output_tokens"))
    return (str(row["replied"]), str(row["tries"]), *tokens, money(row["cost"]), money(row["unconfirmed"]))
