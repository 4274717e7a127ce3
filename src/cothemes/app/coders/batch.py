"""The model coder by batches: what the ledger does not hold is handed in together and collected later.

A round reads every passage as far as the ledger goes and takes down what is missing: first readings of some
passages, second readings and repairs of others. All of it goes into the next batches. The order of events of
each batch is kept in app/runs/batch_session.py.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from cothemes.app import wiring
from cothemes.app.coders.model import ModelProposer
from cothemes.app.coders.replay import replay
from cothemes.app.corpus.passages import StudyPassages
from cothemes.app.runs.batch_drafts import Gathering, Limits
from cothemes.app.runs.batch_results import QUEUE_FULL
from cothemes.app.runs.batch_session import BatchSession
from cothemes.app.runs.batches import batch_desk, naps, refuse_other_providers
from cothemes.app.runs.call_policy import EventSink, caps, terms
from cothemes.app.runs.outcomes import OutcomeRecorder
from cothemes.app.runs.stopping import Stop
from cothemes.app.runs.strategies import Batched
from cothemes.app.study import Study
from cothemes.errors import CothemesError, ModelError, ModelFault, StateConflict, Stopped
from cothemes.records.batch import Batch
from cothemes.records.ledger import Entered, budget_reached
from cothemes.records.price import Price
from cothemes.records.run import Run, RunState
from cothemes.settings import Settings
from cothemes.stages.propose.model.deriving import Derivation
from cothemes.stages.propose.model.paying import BYTES_PER_TOKEN

_PASSING = (ModelFault.CONNECTION, ModelFault.TIMEOUT, ModelFault.SERVER, ModelFault.RATE_LIMIT)


@dataclass(frozen=True)
class Rhythm:
    """Seconds between questions to a provider whether a batch is over."""

    first: float = 10.0
    factor: float = 1.5
    longest: float = 300.0


class BatchProposer(ModelProposer):
    """Proposes through the Batch API of the model that the settings name."""

    batched = True

    def __init__(
        self,
        study: Study,
        settings: Settings,
        budget: float | None = None,
        *,
        hours: float = 0.0,
        rhythm: Rhythm | None = None,
    ) -> None:
        """`hours`: how long to wait for batches; 0 hands in and collects what is there. Raises UsageError
        for a provider without such an API."""
        refuse_other_providers(settings)
        super().__init__(study, settings, budget)
        self._hours = hours
        self._rhythm = rhythm or Rhythm()

    @property
    def coder_description(self) -> str:
        """Return who speaks, in words for people."""
        return f"{super().coder_description}, in batches"

    @property
    def price(self) -> Price | None:
        """Price of a request in a batch."""
        full = super().price
        return full.in_batch if full else None

    def tidy(self, tell: EventSink) -> None:
        """Collects and clears what is left of earlier batches, where there is nothing to hand in."""
        if self._attended():
            with batch_desk(self.study, self.settings, tell) as desk:
                desk.recover()
                desk.look()
                self._restore(desk, "")
                desk.end()
                desk.clear()
                if desk.unread is not None:
                    raise desk.unread

    def propose(self, run: Run, passages: StudyPassages, keep: OutcomeRecorder) -> None:
        """Collects, records, hands in; waits and does it again as long as it may.

        Raises what ended the run, once everything that came is stored: BudgetReached where nothing is under
        way and the next request could exceed a cap, ModelError where the provider does not take a batch.
        """
        until = time.monotonic() + self._hours * 3600
        with batch_desk(self.study, self.settings, keep.tell) as desk:
            desk.recover()
            desk.look()
            self._restore(desk, run.id)
            round_ = _Round(self, run, passages, keep)
            while True:
                try:
                    refused = round_(desk)
                except CothemesError:
                    # What ends a run is raised when everything that came has been told.
                    desk.end()
                    raise
                desk.end()
                if not desk.open() or not self._came(desk, run, until, keep.tell):
                    break
                self._restore(desk, run.id)
            desk.clear()
            if refused is not None and not desk.open():
                raise budget_reached(refused)
            if desk.unread is not None:
                raise desk.unread

    def _came(self, desk: BatchSession, run: Run, until: float, tell: EventSink) -> bool:
        """Wait until a batch is over; False when the time is."""
        nap, pause = naps(self.study, run.id), self._rhythm.first
        while (left := until - time.monotonic()) > 0:
            if nap(min(pause, left)):
                desk.cancel(run.id)
                desk.end()
                raise Stopped(
                    f"run {run.id} was cancelled", hint="What came is kept; propose goes on from there."
                )
            try:
                if desk.look():
                    desk.trouble = desk.trouble or _stopped_there(desk)
                    return True
            except ModelError as error:
                if error.fault not in _PASSING:
                    raise
                tell("batch_unseen", {"run": run.id, "fault": error.fault.value})
            pause = min(pause * self._rhythm.factor, self._rhythm.longest)
        return False

    def _attended(self) -> bool:
        endpoint = self.coder.model.endpoint
        return any(
            batch.endpoint == endpoint and not batch.cleared for batch in self.study.store.batches.all()
        )

    def _restore(self, desk: BatchSession, run_id: str) -> None:
        """Derive what batches of other runs brought, under the words of those runs."""
        for other in {batch.run for batch in desk.over} - {run_id}:
            try:
                replay(self.study, other)
            except StateConflict as error:
                desk.tell("replay_refused", {"run": other, "reason": error.message})
            self._leave(other)

    def _leave(self, run_id: str) -> None:
        """A run of another configuration waits for nothing any more once its last batch is collected."""
        run = self.study.store.runs.get(run_id)
        if run and run.state is RunState.WAITING and not self.study.store.batches.passages(run_id=run_id):
            self.study.store.runs.put(run.model_copy(update={"state": RunState.STOPPED}))


class _Round:
    """Reads the passages as far as the ledger goes, records what is whole, hands in what is missing."""

    def __init__(
        self, coder: BatchProposer, run: Run, passages: StudyPassages, keep: OutcomeRecorder
    ) -> None:
        self._coder = coder
        self._study = coder.study
        self._run = run
        self._passages = passages
        self._keep = keep
        self._told: set[str] = set()

    def __call__(self, desk: BatchSession) -> Entered | None:
        """The first call for which a budget left no room."""
        gathering = self._gathering(desk)
        begun: set[str] = set()
        try:
            asyncio.run(self._pass(desk, gathering))
            for draft in gathering.finished():
                begun.add(draft.batch.tag)
                desk.hand_in(draft)
        finally:
            gathering.close()
            for draft in gathering.begun:
                if draft.batch.tag not in begun:
                    desk.drop(draft.batch, "it was not handed in", left=False)
        return gathering.refused

    async def _pass(self, desk: BatchSession, gathering: Gathering) -> None:
        coder, study = self._coder, self._study
        stop = Stop()
        if desk.trouble is not None and desk.trouble.fault is not ModelFault.RATE_LIMIT:
            stop.order(desk.trouble)
        agreed = terms(
            study, coder.settings, coder.coder.model.endpoint,
            run=self._run.id, budget=coder.budget, retries=self._keep.failures, stop=stop,
            tell=self._keep.tell,
        )  # fmt: skip
        agreed.price = coder.price
        agreed.strategy = Batched(gathering, dict(desk.failed))
        told = frozenset(self._told)
        passages = self._passages.where(lambda head: head.id not in told)
        stream = coder.stream(self._run, passages, agreed)
        await self._keep.keep_all(self._noting(stream))

    async def _noting(self, stream: AsyncGenerator[Derivation, None]) -> AsyncGenerator[Derivation, None]:
        """A passage that was told of, coded or failed, is not asked about again in this call."""
        async with aclosing(stream):
            async for derivation in stream:
                self._told.add(derivation.outcome.passage)
                yield derivation

    def _gathering(self, desk: BatchSession) -> Gathering:
        store = self._study.store
        open_ = desk.open()
        return Gathering(
            desk.service, store.ledger, store.batches,
            begin=lambda: Batch(
                tag=wiring.ids().new(), run=self._run.id, endpoint=desk.service.endpoint,
                intended_at=wiring.clock().now(),
            ),
            scratch=partial(_scratch, self._study),
            caps=caps(self._coder.settings, self._coder.budget),
            limits=Limits(tokens=self._room(desk, open_)),
            under_way=[batch.owner for batch in open_],
        )  # fmt: skip

    def _room(self, desk: BatchSession, open_: Sequence[Batch]) -> float | None:
        """Input tokens that may be added to what waits, by the settings and by what was refused before."""
        set_ = self._coder.settings.model.batch_queue_tokens
        seen = _seen_limit(
            [b for b in self._study.store.batches.all() if b.endpoint == desk.service.endpoint]
        )
        limits = [limit for limit in (set_, seen) if limit is not None]
        return min(limits) - sum(b.size for b in open_) / BYTES_PER_TOKEN if limits else None


def _stopped_there(desk: BatchSession) -> ModelError | None:
    """A batch that somebody cancelled at the provider is not handed in again behind their back."""
    if not any(batch.status == "cancelled" for batch in desk.over):
        return None
    return ModelError(
        "a batch was cancelled at the provider",
        where=desk.service.endpoint,
        hint="What was answered before is kept. Start again to ask for the rest.",
        fault=ModelFault.REQUEST,
    )


def _seen_limit(batches: Sequence[Batch]) -> float | None:
    """Half of what the provider would not queue last time, twice as much with each batch answered since."""
    limit: float | None = None
    for batch in batches:
        if batch.detail.startswith(QUEUE_FULL):
            limit = batch.size / BYTES_PER_TOKEN / 2
        elif limit is not None and batch.completed:
            limit *= 2
    return limit


def _scratch(study: Study) -> BinaryIO:
    """A file without a name, gone with the process; beside the records, where the same texts lie."""
    return cast("BinaryIO", tempfile.TemporaryFile(dir=study.records))
