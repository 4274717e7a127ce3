"""Calls that were under way when their process was killed: they count for what such a call costs."""

from __future__ import annotations

from cothemes.app import wiring
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.batch import OWNER
from cothemes.records.confirmation import Lost, Which
from cothemes.records.run import CallState
from cothemes.records.work import Liveness
from cothemes.stages.propose.model.paying import Dearest


def lower_killed(study: Study) -> None:
    """Let killed calls count for the dearest answered call of their run and stage, not for the most possible.

    Nothing changes where fewer than five such calls were answered, or no price is known now.
    """
    by_run: dict[str, list[Lost]] = {}
    for call in study.store.confirmations.lost(Which()):
        if call.state is CallState.INTENDED and not call.owner.startswith(OWNER):
            by_run.setdefault(call.run, []).append(call)
    if not by_run:
        return
    away = {
        each.name for each in study.store.work.all() if study.store.work.liveness(each) is Liveness.UNKNOWN
    }
    most: dict[str, int] = {}
    for run, calls in by_run.items():
        killed = [call for call in calls if call.owner not in away and not study.store.work.lives(call.owner)]
        likely = _likely(study, run) if killed else None
        for call in killed:
            nanos = likely.of(call.stage) if likely else None
            if nanos is not None and nanos < call.reserved_nanos:
                most[call.key] = nanos
    if most:
        study.store.ledger.lower(most)


def _likely(study: Study, run_id: str) -> Dearest | None:
    """Return what the answered calls of the run cost; None where no price is known now."""
    run = study.store.runs.get(run_id)
    if run is None:
        return None
    try:
        prices = wiring.prices(study.settings, study.root)
    except CothemesError:
        return None  # A broken table is reported by whatever needs a price.
    price = prices.find(run.model, str(run.details.get("endpoint", "")))
    return Dearest(price, study.store.ledger.counts(run_id)) if price else None
