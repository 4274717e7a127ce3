"""What was spent, and what may have been, by the ledger alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from cothemes.app.steps.batches import under_way
from cothemes.app.study import Study
from cothemes.records.ledger import Tally
from cothemes.records.price import NANOS

By = Literal["run", "stage", "model", "codebook"]
_COUNTS = (
    "calls",
    "replied",
    "failed",
    "under_way",
    "unpriced",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
)


def costs(study: Study, by: By = "run") -> dict[str, Any]:
    """Sums per group and currency, and over all, as one plain document. Amounts are in whole units."""
    tallies = study.store.ledger.tallies()
    group = _grouping(study, by)
    groups: dict[tuple[str, str], list[Tally]] = {}
    for tally in tallies:
        groups.setdefault((group(tally), tally.currency), []).append(tally)
    currencies = sorted({tally.currency for tally in tallies})
    return {
        "by": by,
        "batches": under_way(study),
        "groups": [{by: name, **_summed(members, currency)} for (name, currency), members in groups.items()],
        "total": [
            _summed([tally for tally in tallies if tally.currency == currency], currency)
            for currency in currencies
        ],
    }


def _grouping(study: Study, by: By) -> Callable[[Tally], str]:
    if by == "codebook":
        books = {run.id: f"{run.codebook_version} {run.codebook_hash[:12]}" for run in study.store.runs.all()}
        return lambda tally: books.get(tally.run, "")
    return lambda tally: str(getattr(tally, by))


def _summed(tallies: list[Tally], currency: str) -> dict[str, Any]:
    return {
        **{name: sum(getattr(tally, name) for tally in tallies) for name in _COUNTS},
        "currency": currency or None,
        "cost": sum(tally.cost_nanos for tally in tallies) / NANOS if currency else None,
        "unconfirmed": sum(tally.unconfirmed_nanos for tally in tallies) / NANOS if currency else None,
        "first": min(tally.first for tally in tallies).isoformat(),
        "last": max(tally.last for tally in tallies).isoformat(),
    }
