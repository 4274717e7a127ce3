"""Calls whose reply was lost, settled by what the provider's page says: who said so, and why, is kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from cothemes.app import wiring
from cothemes.app.reviewers import NAME, only_reviewer, registered
from cothemes.app.runs.killed import lower_killed
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.batch import OWNER
from cothemes.records.confirmation import Confirmation, Lost, Lot, Which, lots, shared
from cothemes.records.price import NANOS, amount
from cothemes.records.record import Moment, Record
from cothemes.records.run import CallState
from cothemes.records.work import Liveness

SHOWN = 10
"""Characters of a key that are shown, and may be typed."""
NOTHING = "nothing"
"""The amount of calls that were not billed."""
_NOT_THERE = "`cothemes costs --unconfirmed` lists what is open."


def parsed_amount(text: str) -> int:
    """Billionths of the currency's unit. Raises UsageError for what is no amount, or below nothing."""
    try:
        value = Decimal(0) if text.strip().lower() == NOTHING else Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise UsageError(
            f"{text!r} is not an amount",
            hint=f"Write it as in 0.42, in the currency of the prices, or {NOTHING}.",
        )
    nanos = value * NANOS
    if nanos != nanos.to_integral_value() or nanos >= 10**18:
        raise UsageError(f"{text!r} is too fine or too large an amount", hint="Up to nine decimal places.")
    return int(nanos)


class LostCall(Record):
    """A call that may have been paid for."""

    call: str
    """The beginning of its key, by which it can be named."""
    run: str
    asked: Moment
    stage: str
    passage: str
    why: str
    """The reason why its cost is not known."""
    open: float
    """The amount that it counts for, in whole units."""
    currency: str


class LostCalls(Record):
    """Calls that may have been paid for, with their sum for each currency."""

    calls: tuple[LostCall, ...]
    open: dict[str, float]


class ReconciledLot(Record):
    """Calls that a person settled together, or took back; amounts in whole units."""

    lot: int
    at: Moment
    by: str
    note: str
    runs: tuple[str, ...]
    calls: int
    currency: str
    was_open: float
    settled_at: float
    takes_back: int | None
    """The lot that this one takes back."""
    taken_back: bool

    @property
    def stands(self) -> bool:
        """True where it settles calls and was not taken back."""
        return self.takes_back is None and not self.taken_back


def lost_calls(study: Study, which: Which) -> LostCalls:
    """Return calls that may have been paid for, also those that wait in a batch or are under way."""
    lower_killed(study)
    waiting = {each.owner for each in study.store.batches.all() if each.state.open}
    calls = tuple(
        LostCall(
            call=call.key[:SHOWN],
            run=call.run,
            asked=call.intended_at,
            stage=call.stage,
            passage=call.passage,
            why=_why(study, call, waiting),
            open=call.open_nanos / NANOS,
            currency=call.currency,
        )
        for call in study.store.confirmations.lost(which)
    )
    currencies = dict.fromkeys(call.currency for call in calls)
    return LostCalls(
        calls=calls,
        open={each: sum(call.open for call in calls if call.currency == each) for each in currencies},
    )


def reconcile(
    study: Study,
    nanos: int,
    which: Which,
    *,
    by: str,
    note: str,
    above: bool = False,
    gone: bool = False,
) -> ReconciledLot:
    """Settle all that is open of these calls at one amount, shared in proportion to what each has open.

    `above`: it may be more than was reserved; `gone`: nothing runs on other machines. Raises UsageError where
    nothing is open or two currencies are, StateConflict while a process or a batch may still bring replies,
    or where the amount is more than the calls could cost.
    """
    who, why = _who(study, by), _why_given(note)
    lower_killed(study)

    def judged(found: Sequence[Lost]) -> list[int]:
        if not found:
            raise UsageError("nothing is unconfirmed there: nothing to reconcile", hint=_NOT_THERE)
        _refuse_living(study, found, gone)
        currencies = sorted({call.currency for call in found})
        if len(currencies) > 1 and nanos:
            raise UsageError(
                f"these calls were priced in {' and '.join(currencies)}",
                hint="Reconcile one run or one day at a time: --run RUN, --when YYYY-MM-DD.",
            )
        open_ = [call.open_nanos for call in found]
        if nanos > sum(open_) and not above:
            raise StateConflict(
                f"{amount(nanos, currencies[0])} is more than the {amount(sum(open_), currencies[0])} that "
                f"these {len(found)} calls could cost at the prices on record",
                hint="Look at the amount again: only what the page shows beyond the costs that `cothemes "
                "costs` knows is the cost of these calls. If it is right, say so with --more-than-reserved.",
            )
        return shared(nanos, open_)

    made = study.store.confirmations.reconcile(which, judged, by=who, note=why, at=wiring.clock().now())
    return _lot(made)


def take_back(study: Study, lot: int, *, by: str, note: str, gone: bool = False) -> ReconciledLot:
    """Return what was settled counts again for what stood open before. Raises UsageError where there is no
    such lot or it was taken back, StateConflict while a process may still bring replies.
    """
    who, why = _who(study, by), _why_given(note)
    made = study.store.confirmations.take_back(
        lot, lambda found: _refuse_living(study, found, gone), by=who, note=why, at=wiring.clock().now()
    )
    if not made:
        standing = [each.lot for each in reconciled_lots(study) if each.stands]
        listed = ", ".join(map(str, standing)) or "none"
        raise UsageError(f"no lot {lot} can be taken back", hint=f"Lots that can be taken back: {listed}.")
    return _lot(made)


def reconciled_lots(study: Study) -> tuple[ReconciledLot, ...]:
    """Return everything that was settled, and taken back, in the order in which it was said."""
    return tuple(map(_settled, lots(study.store.confirmations.all())))


def _settled(lot: Lot) -> ReconciledLot:
    return ReconciledLot(
        lot=lot.lot,
        at=lot.at,
        by=lot.by,
        note=lot.note,
        runs=tuple(lot.runs),
        calls=lot.calls,
        currency=lot.currency,
        was_open=lot.open_nanos / NANOS,
        settled_at=lot.amount_nanos / NANOS,
        takes_back=lot.takes_back,
        taken_back=lot.taken_back,
    )


def _lot(made: Sequence[Confirmation]) -> ReconciledLot:
    return _settled(lots(made)[0])


def names_needed(study: Study) -> bool:
    """Return whether a person has to say who reconciles: unless one alone is registered."""
    return len(study.store.reviews.reviewers()) != 1


def _who(study: Study, by: str) -> str:
    """Return where nobody is registered, as in a study that has had only nights, any name will do."""
    if study.store.reviews.reviewers():
        return registered(study, [by])[0] if by else only_reviewer(study)
    name = " ".join(by.split())
    if not name:
        raise UsageError(
            "say who reconciles", hint="Give --as NAME: nobody is registered, so any name will do."
        )
    if not NAME.fullmatch(name):
        raise UsageError(f"{by!r} cannot be a person's name", hint="Use up to 60 letters, digits and blanks.")
    return name


def _why_given(note: str) -> str:
    if not note.strip():
        raise UsageError(
            "say why", hint='Give --note TEXT, e.g. --note "usage page of 22 November, read on the 24th".'
        )
    return note.strip()


def _why(study: Study, call: Lost, waiting: set[str]) -> str:
    if call.state is CallState.REPLIED:
        return "asked again" if call.attempts > 1 else "no count"
    if call.state is CallState.FAILED:
        return "no reply"
    if call.owner in waiting:
        return "in a batch"
    return "under way" if study.store.work.lives(call.owner) else "killed"


def _refuse_living(study: Study, found: Sequence[Lost], gone: bool) -> None:
    """Raise StateConflict where replies may still come: they would be counted twice."""
    runs = {call.run for call in found}
    alive = {call.run for call in found if call.owner and study.store.work.lives(call.owner)}
    away: dict[str, str] = {}
    for worker in study.store.work.all():
        lives = study.store.work.liveness(worker)
        if worker.work in runs and lives is Liveness.ALIVE:
            alive.add(worker.work)
        if lives is Liveness.UNKNOWN and (worker.work in runs or worker.name in {c.owner for c in found}):
            away[worker.work] = worker.host
    if alive:
        raise StateConflict(
            f"{', '.join(sorted(alive))} is at work: replies may still come",
            hint="Wait until it has ended, or stop it: cothemes cancel RUN.",
        )
    waiting = {batch.run for batch in study.store.batches.all() if batch.state.open}
    if runs & waiting or any(call.owner.startswith(OWNER) and call.run in waiting for call in found):
        raise StateConflict(
            f"batches of {', '.join(sorted(runs & waiting))} are under way: replies may still come",
            hint="Collect them first (cothemes propose --batch-api), or cancel them: cothemes cancel RUN.",
        )
    if away and not gone:
        places = ", ".join(f"{run} on {host}" for run, host in sorted(away.items()))
        raise StateConflict(
            f"another machine was at it ({places}), and nobody here knows whether it still is",
            hint="See there that nothing runs, and say so with --nothing-runs.",
        )
