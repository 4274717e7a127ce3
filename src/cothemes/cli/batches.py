"""Batches under way, in words: for `status` and `costs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def batch_lines(batches: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each batch, and one that says what to type."""
    for batch in batches:
        since = batch["since"][:16].replace("T", " ")
        where = batch["status"] or "not handed in yet"
        answered = f", {batch['answered']} of them answered" if batch["answered"] else ""
        yield (
            f"Batch      of run {batch['run']}: {batch['requests'] or batch['waiting']} requests"
            f"{answered}, {where} since {since} UTC"
        )
    if batches:
        seen = max((batch["seen"] for batch in batches if batch["seen"]), default=None)
        when = f"As seen {seen[:16].replace('T', ' ')} UTC; " if seen else ""
        yield f"           {when}cothemes propose --batch-api looks again and collects."


def cost_lines(batches: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is reserved for requests that wait, a line for each currency."""
    from cothemes.records.price import NANOS, amount

    for currency in sorted({batch["currency"] for batch in batches if batch["currency"]}):
        mine = [batch for batch in batches if batch["currency"] == currency]
        reserved = amount(round(sum(batch["reserved"] for batch in mine) * NANOS), currency)
        yield (
            f"{sum(batch['waiting'] for batch in mine)} requests wait in batches; {reserved} of what is "
            "unconfirmed is reserved for them."
        )
