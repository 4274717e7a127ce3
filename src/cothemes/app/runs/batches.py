"""A study's batches at a provider: opened by one process at a time, cancelled, told of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from cothemes.app import wiring
from cothemes.app.runs.activity import Process
from cothemes.app.runs.cancel import cancel, cancelled
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.batch import Batch, BatchState, Waiting
from cothemes.records.price import NANOS
from cothemes.records.record import Moment, Record
from cothemes.records.run import Run
from cothemes.records.work import RunProgress
from cothemes.settings import Settings

if TYPE_CHECKING:
    from cothemes.app.runs.batch_session import BatchSession
    from cothemes.app.runs.call_policy import EventSink

OPENAI = "openai:"
"""Only here are batches spoken of as OpenAI's Batch API does."""
_CHAT = "/chat/completions"


def refuse_other_providers(settings: Settings) -> None:
    """Raise UsageError for a model that is not reached through OpenAI's API."""
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
    """Open the batches of the endpoint that the settings name. Raises StateConflict where another process is
    at it.
    """
    # `status` lists batches, and would wait for these modules.
    from cothemes.app.runs.batch_session import BatchSession
    from cothemes.app.runs.call_policy import price_of

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
    """Result of cancelling a run's batches."""

    open: tuple[Batch, ...] = ()
    """Still at the provider: what was answered by then comes with the next call."""
    elsewhere: bool = False
    """True if another process is at it, and does it."""


class BatchLeft(Record):
    """A batch that is being cancelled at the provider."""

    batch: str
    status: str
    """The provider's own word, as last seen."""


class Cancelled(Record):
    """A run that was asked to stop, and what is still open of it."""

    run: str
    state: RunProgress
    at_work: tuple[Process, ...]
    """Processes that did not end in order yet."""
    batches: tuple[BatchLeft, ...]
    told: str = Field(default="", exclude=True)
    """A sentence for the reader; empty where the state says all."""
    elsewhere: bool = Field(default=False, exclude=True)
    """True where another process waits for the batches, and cancels them."""


def cancel_run(study: Study, run_id: str) -> Cancelled:
    """Ask whoever works on a run to stop, and cancel its batches.

    Raises UsageError where there is no such run, or nothing of it is left to stop; ModelError where the
    provider cannot be asked.
    """
    found = cancel(study, run_id)
    batches = cancel_batches(study, found.run)
    return Cancelled(
        run=run_id,
        state=found.standing,
        at_work=found.processes,
        batches=tuple(BatchLeft(batch=batch.tag, status=batch.status) for batch in batches.open),
        told=found.told(),
        elsewhere=batches.elsewhere,
    )


def cancel_batches(study: Study, run: Run) -> CancelledBatches:
    """Stop a run's batches at the provider, and keep what they brought. Again keeps what came since.

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


class BatchUnderWay(Record):
    """An open batch, as last seen."""

    batch: str
    run: str
    endpoint: str
    state: BatchState
    provider_id: str | None
    """The provider's id of the batch."""
    status: str | None
    """The provider's own word."""
    requests: int
    answered: int
    waiting: int
    """Calls in the ledger that wait in it."""
    reserved: float | None
    """The most that these calls may cost, in whole units; None where no price was known."""
    currency: str | None
    since: Moment
    seen: Moment | None


def under_way(study: Study) -> tuple[BatchUnderWay, ...]:
    """Return the study's open batches as last seen; the provider is not asked."""
    waiting = {each.tag: each for each in study.store.batches.waiting()}
    return tuple(
        _under_way(batch, waiting.get(batch.tag)) for batch in study.store.batches.all() if batch.state.open
    )


def _under_way(batch: Batch, waiting: Waiting | None) -> BatchUnderWay:
    return BatchUnderWay(
        batch=batch.tag,
        run=batch.run,
        endpoint=batch.endpoint,
        state=batch.state,
        provider_id=batch.provider_id or None,
        status=batch.status or None,
        requests=batch.requests,
        answered=batch.completed + batch.failed,
        waiting=waiting.calls if waiting else 0,
        reserved=waiting.reserved_nanos / NANOS if waiting and waiting.currency else None,
        currency=(waiting.currency or None) if waiting else None,
        since=batch.asked_at or batch.intended_at,
        seen=batch.seen_at,
    )


def naps(study: Study, run_id: str) -> Callable[[float], bool]:
    """A sleep that is cut short when the run is cancelled; whether it was."""

    def nap(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not (mark := cancelled(study, run_id)) and (left := until - time.monotonic()) > 0:
            time.sleep(min(0.5, left))
        return mark

    return nap
