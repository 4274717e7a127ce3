"""What was spent, and what may have been, by the ledger alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from cothemes.app import wiring
from cothemes.app.runs.activity import look_at_all
from cothemes.app.runs.batches import under_way
from cothemes.app.runs.killed import lower_killed
from cothemes.app.runs.reconcile import lot_as_json, settled_lots
from cothemes.app.runs.unconfirmed import unconfirmed
from cothemes.app.study import Study
from cothemes.records.ledger import Scope, Tally, account
from cothemes.records.price import NANOS
from cothemes.records.work import RunProgress

By = Literal["run", "stage", "model", "codebook", "day", "month"]
TRIALS = "doctor"
"""The group of what `doctor --model` asked: each trial is a run of its own."""
_COUNTS = (
    "calls",
    "tries",
    "replied",
    "failed",
    "under_way",
    "unpriced",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "settled",
)


def costs(study: Study, by: By = "run") -> dict[str, Any]:
    """Sums per group and currency, and over all, as one plain document. Amounts are in whole units."""
    lower_killed(study)
    tallies = study.store.ledger.tallies()
    group = _grouping(study, by)
    groups: dict[tuple[str, str], list[Tally]] = {}
    for tally in tallies:
        groups.setdefault((group(tally), tally.currency), []).append(tally)
    currencies = sorted({tally.currency for tally in tallies})
    return {
        "by": by,
        "budgets": _budgets(study, tallies),
        "trials": len({tally.run for tally in tallies if tally.stage == TRIALS}),
        "batches": under_way(study),
        "unconfirmed": unconfirmed(study),
        "settled": [lot_as_json(lot) for lot in settled_lots(study)],
        "lost": [run for run, found in look_at_all(study).items() if found.standing is RunProgress.LOST],
        "groups": [{by: name, **_summed(members, currency)} for (name, currency), members in groups.items()],
        "total": [
            _summed([tally for tally in tallies if tally.currency == currency], currency)
            for currency in currencies
        ],
    }


def paid(study: Study, run_id: str) -> dict[str, int]:
    """Currency → billionths that a run has cost so far, by the provider's count."""
    found: dict[str, int] = {}
    for tally in study.store.ledger.tallies():
        if tally.run == run_id and tally.currency:
            found[tally.currency] = found.get(tally.currency, 0) + tally.cost_nanos
    return found


def _grouping(study: Study, by: By) -> Callable[[Tally], str]:
    if by == "codebook":
        books = {run.id: f"{run.codebook_version} {run.codebook_hash[:8]}" for run in study.store.runs.all()}
        return lambda tally: books.get(tally.run, "")
    if by == "run":
        return lambda tally: TRIALS if tally.stage == TRIALS else tally.run
    if by == "month":
        return lambda tally: tally.day[:7]
    return lambda tally: str(getattr(tally, by))


def _budgets(study: Study, tallies: list[Tally]) -> list[dict[str, Any]]:
    """What counts against the month's budget, and against that of the last run where the settings have one.

    By the sums that the caps are held against: what may have been paid for is among them.
    """
    model, now = study.settings.model, wiring.clock().now()
    runs = [tally.run for tally in tallies if tally.stage != TRIALS]
    found = []
    for currency in sorted({tally.currency for tally in tallies if tally.currency}):
        mine = [tally for tally in tallies if tally.currency == currency]
        month = [tally for tally in mine if tally.day[:7] == f"{now:%Y-%m}"]
        wanted = [(Scope.MONTH, f"{now:%Y-%m}", "", model.month_budget, month)]
        if model.budget is not None and runs:
            of_it = [tally for tally in mine if tally.run == runs[-1]]
            wanted.append((Scope.RUN, runs[-1], runs[-1], model.budget, of_it))
        for scope, name, run, budget, members in wanted:
            counted = study.store.ledger.counted(account(scope, run, now, currency)) / NANOS
            found.append(
                {
                    "of": scope.value,
                    "name": name,
                    "currency": currency,
                    "counted": counted,
                    "unconfirmed": sum(tally.unconfirmed_nanos for tally in members) / NANOS,
                    "settled": sum(tally.settled_nanos for tally in members) / NANOS,
                    "budget": budget,
                    "left": None if budget is None else max(0.0, budget - counted),
                }
            )
    return found


def _summed(tallies: list[Tally], currency: str) -> dict[str, Any]:
    return {
        **{name: sum(getattr(tally, name) for tally in tallies) for name in _COUNTS},
        "cached_share": _cached_share(tallies),
        "currency": currency or None,
        "cost": sum(tally.cost_nanos for tally in tallies) / NANOS if currency else None,
        "unconfirmed": sum(tally.unconfirmed_nanos for tally in tallies) / NANOS if currency else None,
        "settled_cost": sum(tally.settled_nanos for tally in tallies) / NANOS if currency else None,
        "first": min(tally.first for tally in tallies).isoformat(),
        "last": max(tally.last for tally in tallies).isoformat(),
    }


def _cached_share(tallies: list[Tally]) -> float | None:
    """Of the tokens that were sent, those that the provider had in its cache; None where none was counted."""
    sent = sum(tally.input_tokens for tally in tallies)
    return sum(tally.cached_tokens for tally in tallies) / sent if sent else None
