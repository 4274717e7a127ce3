"""`cothemes costs`: what was spent on models."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cothemes.cli.invocation import JsonOption, opened_study


class ByChoice(StrEnum):
    """What costs are summed over."""

    RUN = "run"
    STAGE = "stage"
    MODEL = "model"
    CODEBOOK = "codebook"


def costs(
    context: typer.Context,
    by: Annotated[ByChoice, typer.Option("--by", help="What to sum over.")] = ByChoice.RUN,
    as_json: JsonOption = False,
) -> None:
    """Show what models cost, by the provider's own count. What may have been paid for stands apart."""
    from cothemes.app.steps.costs import costs as summed
    from cothemes.cli.batches import cost_lines
    from cothemes.cli.console import emit_json, print_table, say

    with opened_study(context) as study:
        found = summed(study, by.value)
    if as_json:
        emit_json(found)
        return
    if not found["groups"]:
        say("No model was asked yet: nothing was spent.")
        return
    rows = [(row[by.value] or "(none)", *_cells(row)) for row in found["groups"]]
    rows += [("all", *_cells(row)) for row in found["total"]] if len(rows) > 1 else []
    print_table(
        (by.value, "calls", "tokens in", "cached", "out", "cost", "unconfirmed"),
        rows,
        right=(1, 2, 3, 4, 5, 6),
    )
    unpriced = sum(row["unpriced"] for row in found["total"])
    if unpriced:
        say(f"The cost of {unpriced} replies is not known: no price, or no count of tokens, came with them.")
    for line in cost_lines(found["batches"]):
        say(line)
    if any(row["unconfirmed"] for row in found["total"]):
        say(
            "Unconfirmed: requests without a reply, which may have been paid for; they count against budgets."
        )


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    from cothemes.records.price import NANOS, amount

    def money(value: object) -> str:
        if not isinstance(value, float) or not row["currency"]:
            return "unknown"
        return amount(round(value * NANOS), str(row["currency"]))

    tokens = (f"{row[name]:,}" for name in ("input_tokens", "cached_tokens", "output_tokens"))
    return (str(row["calls"]), *tokens, money(row["cost"]), money(row["unconfirmed"]))
