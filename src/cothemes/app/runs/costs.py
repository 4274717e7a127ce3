"""What was spent, and what may have been, by the ledger alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.runs.activity import look_at_all
from cothemes.app.runs.batches import BatchUnderWay, under_way
from cothemes.app.runs.killed import lower_killed
from cothemes.app.runs.reconcile import ReconciledLot, reconciled_lots
from cothemes.app.runs.unconfirmed import Unconfirmed, unconfirmed
from cothemes.app.study import Study
from cothemes.records.ledger import Scope, Tally, account
from cothemes.records.price import NANOS
from cothemes.records.record import Moment, Record, absent
from cothemes.records.work import RunProgress

By = Literal["run", "stage", "model", "codebook", "day", "month"]
TRIALS = "doctor"
"""The group of what `doctor --model` asked: each trial is a run of its own."""


class Budget(Record):
    """Amounts that count against a budget, in whole units of its currency."""

    of: Scope
    name: str
    """The month as `2026-11`, or the run."""
    currency: str
    counted: float
    """The amount spent, reserved, or perhaps paid for."""
    unconfirmed: float
    settled: float
    budget: float | None
    left: float | None
    """None where no budget is set."""


class CostSums(Record):
    """Calls of one currency, summed; amounts in whole units, None where no price is known."""

    calls: int
    tries: int
    """Times that they were asked."""
    replied: int
    failed: int
    under_way: int
    unpriced: int
    """Replies whose cost is not known."""
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    settled: int
    """Calls that a person settled."""
    cached_share: float | None
    """Share of the tokens sent that the provider had in its cache; None where none was counted."""
    currency: str | None
    cost: float | None
    unconfirmed: float | None
    settled_cost: float | None
    first: Moment
    last: Moment


class GroupName(Record):
    """The value that the calls of a group share; only the field of the grouping is there."""

    run: str | None = Field(default=None, exclude_if=absent)
    stage: str | None = Field(default=None, exclude_if=absent)
    model: str | None = Field(default=None, exclude_if=absent)
    codebook: str | None = Field(default=None, exclude_if=absent)
    day: str | None = Field(default=None, exclude_if=absent)
    month: str | None = Field(default=None, exclude_if=absent)


class CostGroup(CostSums, GroupName):
    """The sums of one group."""


class Costs(Record):
    """Money that was spent on models, or may have been."""

    by: By
    budgets: tuple[Budget, ...]
    trials: int
    """Times that `doctor --model` asked a model."""
    batches: tuple[BatchUnderWay, ...]
    unconfirmed: tuple[Unconfirmed, ...]
    settled: tuple[ReconciledLot, ...]
    lost: tuple[str, ...]
    """Runs that were killed or lost."""
    groups: tuple[CostGroup, ...]
    total: tuple[CostSums, ...]
    """One for each currency."""


def costs(study: Study, by: By = "run") -> Costs:
    """Return sums for each group and currency, and over all."""
    lower_killed(study)
    tallies = study.store.ledger.tallies()
    group = _grouping(study, by)
    groups: dict[tuple[str, str], list[Tally]] = {}
    for tally in tallies:
        groups.setdefault((group(tally), tally.currency), []).append(tally)
    by_currency = {
        currency: [tally for tally in tallies if tally.currency == currency]
        for currency in sorted({tally.currency for tally in tallies})
    }
    return Costs(
        by=by,
        budgets=tuple(_budgets(study, tallies)),
        trials=len({tally.run for tally in tallies if tally.stage == TRIALS}),
        batches=under_way(study),
        unconfirmed=unconfirmed(study),
        settled=reconciled_lots(study),
        lost=tuple(run for run, found in look_at_all(study).items() if found.standing is RunProgress.LOST),
        groups=tuple(
            CostGroup(**{by: name}, **dict(_summed(members, currency)))
            for (name, currency), members in groups.items()
        ),
        total=tuple(_summed(members, currency) for currency, members in by_currency.items()),
    )


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


def _budgets(study: Study, tallies: list[Tally]) -> Iterator[Budget]:
    """Yield what counts against the month's budget, and against that of the last run if one is set.

    The sums are those that the caps are compared with: what may have been paid for is among them.
    """
    model, now = study.settings.model, wiring.clock().now()
    runs = [tally.run for tally in tallies if tally.stage != TRIALS]
    for currency in sorted({tally.currency for tally in tallies if tally.currency}):
        mine = [tally for tally in tallies if tally.currency == currency]
        month = [tally for tally in mine if tally.day[:7] == f"{now:%Y-%m}"]
        wanted = [(Scope.MONTH, f"{now:%Y-%m}", "", model.month_budget, month)]
        if model.budget is not None and runs:
            of_it = [tally for tally in mine if tally.run == runs[-1]]
            wanted.append((Scope.RUN, runs[-1], runs[-1], model.budget, of_it))
        for scope, name, run, budget, members in wanted:
            counted = study.store.ledger.counted(account(scope, run, now, currency)) / NANOS
            yield Budget(
                of=scope,
                name=name,
                currency=currency,
                counted=counted,
                unconfirmed=sum(tally.unconfirmed_nanos for tally in members) / NANOS,
                settled=sum(tally.settled_nanos for tally in members) / NANOS,
                budget=budget,
                left=None if budget is None else max(0.0, budget - counted),
            )


def _summed(tallies: list[Tally], currency: str) -> CostSums:
    def money(nanos: Iterable[int]) -> float | None:
        return sum(nanos) / NANOS if currency else None

    return CostSums(
        calls=sum(tally.calls for tally in tallies),
        tries=sum(tally.tries for tally in tallies),
        replied=sum(tally.replied for tally in tallies),
        failed=sum(tally.failed for tally in tallies),
        under_way=sum(tally.under_way for tally in tallies),
        unpriced=sum(tally.unpriced for tally in tallies),
        input_tokens=sum(tally.input_tokens for tally in tallies),
        cached_tokens=sum(tally.cached_tokens for tally in tallies),
        output_tokens=sum(tally.output_tokens for tally in tallies),
        settled=sum(tally.settled for tally in tallies),
        cached_share=_cached_share(tallies),
        currency=currency or None,
        cost=money(tally.cost_nanos for tally in tallies),
        unconfirmed=money(tally.unconfirmed_nanos for tally in tallies),
        settled_cost=money(tally.settled_nanos for tally in tallies),
        first=min(tally.first for tally in tallies),
        last=max(tally.last for tally in tallies),
    )


def _cached_share(tallies: list[Tally]) -> float | None:
    """Return the share of sent tokens that the provider had in its cache; None where none was counted."""
    sent = sum(tally.input_tokens for tally in tallies)
    return sum(tally.cached_tokens for tally in tallies) / sent if sent else None
