"""A study's batches at a provider: opened by one process at a time, cancelled, told of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cothemes.app import wiring
from cothemes.app.runs.batch_session import BatchSession
from cothemes.app.runs.call_policy import EventSink, price_of
from cothemes.app.runs.cancel import cancelled
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.batch import Batch
from cothemes.records.price import NANOS
from cothemes.records.run import Run
from cothemes.settings import Settings

OPENAI = "openai:"
"""Only here are batches spoken of as OpenAI's Batch API does."""
_CHAT = "/chat/completions"


def refuse_other_providers(settings: Settings) -> None:
    """Raises UsageError for a model that is not reached through OpenAI's API."""
    if not settings.model.name.startswith(OPENAI):
        raise UsageError(
            f"--batch-api does not work with {settings.model.name}",
            hint="It speaks OpenAI's Batch API: openai:NAME, with base_url for another service that "
            "offers it. Leave --batch-api out to ask this model passage by passage.",
        )


@contextmanager
def batch_desk(
    study: Study,
    settings: Settings,
    tell: EventSink = lambda _event, _facts: None,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[BatchSession]:
    """For the endpoint that the settings name. Raises StateConflict where another process is at it."""
    with wiring.batch_turn(study.records) as holder:
        if holder is not None:
            raise StateConflict(
                f"another process (number {holder}) is at work on this study's batches",
                hint="Wait until it has ended. `cothemes status` shows what is under way.",
            )
        service = wiring.batch_service(settings)
        price = price_of(study, settings, service.endpoint)
        store = study.store
        yield BatchSession(
            service, store.ledger, store.batches, wiring.clock(), price.in_batch if price else None,
            tell=tell, pause=pause,
        )  # fmt: skip


@dataclass(frozen=True)
class CancelledBatches:
    """What became of a run's batches."""

    open: tuple[Batch, ...] = ()
    """Still at the provider: what was answered by then comes with the next call."""
    elsewhere: bool = False
    """Whether another process is at it, and does it."""


def cancel_batches(study: Study, run: Run) -> CancelledBatches:
    """Stops a run's batches at the provider, and keeps what they brought. Again keeps what came since.

    Raises ModelError where the provider cannot be asked.
    """
    mine = [batch for batch in study.store.batches.all(run_id=run.id) if batch.state.open]
    if not mine:
        return CancelledBatches()
    model = study.settings.model.model_copy(
        update={"name": run.model, "base_url": mine[0].endpoint.removesuffix(_CHAT)}
    )
    try:
        with batch_desk(study, study.settings.model_copy(update={"model": model})) as desk:
            left = desk.cancel(run.id)
            desk.end()
            desk.clear()
            return CancelledBatches(open=tuple(left))
    except StateConflict:
        return CancelledBatches(open=tuple(mine), elsewhere=True)


def waiting_passages(
    study: Study, model: str, *, under: str | None = None, besides: str | None = None
) -> set[str]:
    """Passages that batches ask a model about; `under` one configuration alone, or `besides` one."""
    open_ = {each.run for each in study.store.batches.all() if each.state.open}
    found: set[str] = set()
    for run in study.store.runs.all():
        wanted = run.model == model and under in (None, run.configuration)
        if run.id in open_ and wanted and run.configuration != besides:
            found |= study.store.batches.passages(run_id=run.id)
    return found


def under_way(study: Study) -> list[dict[str, Any]]:
    """The study's open batches as last seen, as plain documents; nobody is asked."""
    waiting = {each.tag: each for each in study.store.batches.waiting()}
    found = []
    for batch in study.store.batches.all():
        if batch.state.open:
            one = waiting.get(batch.tag)
            found.append(
                {
                    "batch": batch.tag,
                    "run": batch.run,
                    "endpoint": batch.endpoint,
                    "state": batch.state.value,
                    "provider_id": batch.provider_id or None,
                    "status": batch.status or None,
                    "requests": batch.requests,
                    "answered": batch.completed + batch.failed,
                    "waiting": one.calls if one else 0,
                    "reserved": one.reserved_nanos / NANOS if one and one.currency else None,
                    "currency": one.currency or None if one else None,
                    "since": (batch.asked_at or batch.intended_at).isoformat(),
                    "seen": batch.seen_at.isoformat() if batch.seen_at else None,
                }
            )
    return found


def naps(study: Study, run_id: str) -> Callable[[float], bool]:
    """A sleep that is cut short when the run is cancelled; whether it was."""

    def nap(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not (mark := cancelled(study, run_id)) and (left := until - time.monotonic()) > 0:
            time.sleep(min(0.5, left))
        return mark

    return nap
