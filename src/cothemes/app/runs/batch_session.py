"""Batches at a provider, from the intent to the last reply: handed in once, found again, collected, cleared.

Nothing is handed in before it stands in the records, so that a program that ends at any moment leaves one of
three things behind: a batch that was never asked for, which is dropped; one that may have been made, which is
looked for by its tag; one that is known, which is asked about. A reply is in the ledger before its batch
counts as ended, and reading the same results twice changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

from cothemes.app.runs.batch_drafts import Draft
from cothemes.app.runs.batch_results import Collector
from cothemes.app.runs.call_policy import EventSink
from cothemes.errors import ModelError, ModelFault
from cothemes.ports import BatchService, BatchStore, Clock, Ledger
from cothemes.records.batch import Batch, BatchState, Seen
from cothemes.records.price import Price
from cothemes.stages.propose.model.retry import Patience

SETTLED_AFTER = timedelta(seconds=60)
"""A batch that was asked for and cannot be found after so long was not made."""
LOOK_AGAIN = 5.0
"""Seconds between two looks for such a batch."""
CLOCKS_APART = timedelta(days=1)
"""Most that this machine's clock and the provider's may differ."""
_REFUSALS = (
    ModelFault.AUTHENTICATION,
    ModelFault.PERMISSION,
    ModelFault.QUOTA,
    ModelFault.UNKNOWN_MODEL,
    ModelFault.REQUEST,
    ModelFault.RATE_LIMIT,
)
"""Answers by which a provider says that it did not make the batch."""
_LOST = (ModelFault.UNKNOWN_MODEL, ModelFault.UNREADABLE)
"""A batch or its results that are not to be had, or not whole."""
Got = TypeVar("Got")


def _made_of(batch: Batch, recent: Sequence[Seen]) -> list[Seen]:
    """Return the batches made of it, by its tag, or by its input file where a service keeps no metadata."""
    file = batch.input_file
    return [seen for seen in recent if seen.tag == batch.tag or (file and seen.input_file == file)]


def file_name(tag: str) -> str:
    """The name of a batch's input file."""
    return f"cothemes-{tag}.jsonl"


@dataclass
class BatchSession:
    """Hands batches in and collects them, for one provider. One process at a time."""

    service: BatchService
    ledger: Ledger
    batches: BatchStore
    clock: Clock
    price: Price | None
    """Price of a request of a batch."""
    tell: EventSink = lambda _event, _facts: None
    patience: Patience = field(default_factory=Patience)
    pause: Callable[[float], None] = time.sleep
    failed: dict[str, ModelError] = field(default_factory=dict)
    """Calls that were answered with an error, by key, until their passages are told so."""
    trouble: ModelError | None = None
    """Error that the provider found in a whole batch."""
    unread: ModelError | None = None
    """Reason why a batch that should have come did not."""
    _over: list[Batch] = field(default_factory=list)

    @property
    def over(self) -> Sequence[Batch]:
        """Collected, and not told to their passages yet."""
        return tuple(self._over)

    def open(self, run: str | None = None) -> list[Batch]:
        """Batches at this provider in which calls wait."""
        mine = [b for b in self.batches.all(run_id=run) if b.endpoint == self.service.endpoint]
        return [batch for batch in mine if batch.state.open]

    def recover(self) -> None:
        """Settle what an earlier process left half-way: adopt batches that were made, drop the others."""
        loose = [batch for batch in self.open() if batch.state is not BatchState.SUBMITTED]
        if not loose:
            return
        since = min(batch.intended_at for batch in loose) - CLOCKS_APART
        recent = self._patiently(lambda: self.service.recent(since.timestamp()))
        for batch in loose:
            found = _made_of(batch, recent) or self._sought(batch)
            if found:
                self._adopt(batch, found)
            else:
                self._withdraw(batch)
                self.drop(batch, "it was never handed in")

    def hand_in(self, draft: Draft) -> Batch:
        """Uploads a draft and asks for its batch. Its calls are in the ledger already.

        Raises ModelError where the provider does not take it; its calls are free again then.
        """
        batch = draft.batch.model_copy(update={"requests": draft.requests, "size": draft.size})
        self.batches.put(batch)
        try:
            file = self._patiently(lambda: self.service.upload(file_name(batch.tag), draft.content))
        except ModelError as error:
            self.drop(batch, error.fault.value)
            raise
        asked = {"state": BatchState.ASKED, "input_file": file, "asked_at": self.clock.now()}
        batch = self._put(batch, asked)
        try:
            seen = self._patiently(
                lambda: self.service.submit(file, batch.tag, batch.run), ModelFault.RATE_LIMIT
            )
        except ModelError as error:
            # Anything but a refusal leaves open whether the batch was made: it is looked for first.
            found = [] if error.fault in _REFUSALS else self._sought(batch)
            if not found:
                self._withdraw(batch)
                self.drop(batch, error.fault.value)
                raise
            return self._adopt(batch, found)
        return self._adopt(batch, [seen])

    def look(self) -> bool:
        """Ask about every batch that is known, and collect those that are over; whether there were any.

        One that cannot be had, or not whole, goes on waiting and is named in `unread`. Raises ModelError
        where the provider cannot be asked; what came before is kept.
        """
        self.unread = None
        known = {batch.tag for batch in self._over}
        over = False
        for batch in self.open():
            if batch.state is BatchState.SUBMITTED and batch.tag not in known:
                try:
                    over = self._look(batch) or over
                except ModelError as error:
                    if error.fault not in _LOST:
                        raise
                    self.unread = error
        return over

    def end(self) -> None:
        """End the batches whose results have been passed to their passages."""
        for batch in self._over:
            self._put(batch, {"state": BatchState.ENDED, "ended_at": self.clock.now()})
        self._over.clear()
        self.failed.clear()

    def cancel(self, run: str) -> list[Batch]:
        """Ask the provider to stop a run's batches; those that are over by now are collected."""
        self.recover()
        for batch in self.open(run):
            try:
                if not self._look(batch):
                    seen = self._patiently(partial(self.service.cancel, batch.provider_id))
                    self._noted(batch, seen)
                    self.tell("batch_cancelled", {"batch": batch.tag, "run": run, "status": seen.status})
            except ModelError as error:
                # Neither it nor its results are to be had, and nobody wants to wait any more.
                if error.fault not in _LOST:
                    raise
                self._give_up(batch)
        return [batch for batch in self.open(run) if batch.tag not in {b.tag for b in self._over}]

    def clear(self) -> None:
        """Delete at the provider what is not needed any more; what cannot be deleted is tried next time."""
        mine = [batch for batch in self.batches.all() if batch.endpoint == self.service.endpoint]
        done = [batch for batch in mine if not batch.state.open and not batch.cleared]
        if not done:
            return
        try:
            names = {file_name(batch.tag): batch.tag for batch in done}
            lying = [(names[up.name], up.id) for up in self.service.uploads() if up.name in names]
            for batch in done:
                known = (batch.input_file, batch.output_file, batch.error_file)
                for file in {*known, *(file for tag, file in lying if tag == batch.tag)} - {""}:
                    self.service.delete(file)
                self._put(batch, {"cleared": True})
        except ModelError as error:
            self.tell("batch_files_left", {"fault": error.fault.value})

    def drop(self, batch: Batch, why: str, *, left: bool = True) -> None:
        """A batch that was not made: its calls are free, and cost nothing. `left`: whether anything of it
        may have left this machine."""
        self._collector(batch).free("it was not handed in")
        dropped = {"state": BatchState.DROPPED, "detail": why, "ended_at": self.clock.now()}
        self._put(batch, {**dropped, "cleared": not left})
        self.tell("batch_dropped", {"batch": batch.tag, "run": batch.run, "requests": batch.requests})

    def _look(self, batch: Batch) -> bool:
        seen = self._patiently(partial(self.service.look, batch.provider_id))
        batch = self._noted(batch, seen)
        if seen.over:
            self._collect(batch, seen)
        return seen.over

    def _collect(self, batch: Batch, seen: Seen) -> None:
        collector = self._collector(batch)
        self._patiently(lambda: collector.collect(seen))
        self.failed |= collector.failed
        self.trouble = self.trouble or collector.trouble
        if collector.detail:
            batch = self._put(batch, {"detail": collector.detail})
        self._over.append(batch)
        self.tell(
            "batch_collected",
            {"batch": batch.tag, "run": batch.run, "status": seen.status, **collector.counts},
        )

    def _give_up(self, batch: Batch) -> None:
        """A batch that its provider cannot give back: it may have been paid for."""
        why = "the provider has lost the batch or its results"
        self._collector(batch).lose(why)
        ended = {"state": BatchState.ENDED, "ended_at": self.clock.now()}
        self._put(batch, {**ended, "detail": f"{why}; it may have been paid for"})

    def _sought(self, batch: Batch) -> list[Seen]:
        """Batches of this tag; looks until one that was asked for would have shown up."""
        since = (batch.intended_at - CLOCKS_APART).timestamp()
        while batch.asked_at is not None:
            found = _made_of(batch, self._patiently(lambda: self.service.recent(since)))
            left = (batch.asked_at + SETTLED_AFTER - self.clock.now()).total_seconds()
            if found or left <= 0:
                return found
            self.tell("batch_sought", {"batch": batch.tag, "run": batch.run, "seconds": round(left)})
            self.pause(min(LOOK_AGAIN, left))
        return []

    def _adopt(self, batch: Batch, found: Sequence[Seen]) -> Batch:
        first = found[0]
        for other in found[1:]:
            if not other.over:
                self._patiently(partial(self.service.cancel, other.id))
        adopted = {"state": BatchState.SUBMITTED, "provider_id": first.id}
        twice = {"detail": f"made {len(found)} times; all but the first were cancelled"} if found[1:] else {}
        batch = self._noted(self._put(batch, {**adopted, **twice}), first)
        self.tell(
            "batch_submitted",
            {"batch": batch.tag, "run": batch.run, "requests": batch.requests, "provider": first.id},
        )
        return batch

    def _withdraw(self, batch: Batch) -> None:
        """Delete the batch's input file. Without it, a request for the batch that is still on its way makes
        nothing.
        """
        if batch.input_file:
            self._patiently(lambda: self.service.delete(batch.input_file))

    def _noted(self, batch: Batch, seen: Seen) -> Batch:
        return self._put(
            batch,
            {
                "status": seen.status, "completed": seen.completed, "failed": seen.failed,
                "input_file": seen.input_file or batch.input_file,
                "output_file": seen.output_file, "error_file": seen.error_file,
                "seen_at": self.clock.now(),
            },
        )  # fmt: skip

    def _collector(self, batch: Batch) -> Collector:
        return Collector(batch, self.service, self.ledger, self.batches, self.clock, self.price, self.tell)

    def _put(self, batch: Batch, update: dict[str, object]) -> Batch:
        changed = batch.model_copy(update=update)
        self.batches.put(changed)
        return changed

    def _patiently(self, act: Callable[[], Got], *only: ModelFault) -> Got:
        """Again after a while, where a provider is busy or out of reach; `only` after these faults."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return act()
            except ModelError as error:
                wait = self.patience.wait(error, attempt, 0.5, True)  # none of it is paid for
                if wait is None or (only and error.fault not in only):
                    raise
                self.pause(wait)
