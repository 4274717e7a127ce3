"""What came of the calls in a batch, into the ledger: replies, errors, and those whose turn never came.

Money is counted as for any call: a reply at what its tokens cost, an error at nothing, and at its reservation
what may have been paid for with nothing to show for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from cothemes.app.runs.call_policy import EventSink
from cothemes.errors import ModelError, ModelFault
from cothemes.ports import Answered, BatchService, BatchStore, Clock, Ledger
from cothemes.records.batch import Batch, Complaint, Seen
from cothemes.records.price import Price
from cothemes.records.run import Call, CallState
from cothemes.stages.propose.model.paying import facts_of, paid, unpaid
from cothemes.stages.propose.model.reply import kept

AT_ONCE = 256
"""Calls of one commit."""
QUEUE_FULL = "token_limit_exceeded"
"""Code by which a provider says that too much waits already."""
Item = TypeVar("Item")


@dataclass
class Collector:
    """Settles the calls of one batch. Doing it twice changes nothing."""

    batch: Batch
    service: BatchService
    ledger: Ledger
    batches: BatchStore
    clock: Clock
    price: Price | None
    """Price of a request of a batch."""
    tell: EventSink
    failed: dict[str, ModelError] = field(default_factory=dict)
    """Calls that were answered with an error, by key."""
    trouble: ModelError | None = None
    """Error of the batch as a whole."""
    detail: str = ""
    counts: Counter[str] = field(default_factory=Counter)

    def collect(self, seen: Seen) -> None:
        """Collect a batch that is over: results, errors, complaints; what is left is free or lost.

        Raises ModelError where the results cannot be read whole; what was read is in the ledger then, and the
        rest is neither free nor lost.
        """
        self.failed.clear()
        self.counts.clear()
        replies = 0
        for file in filter(None, (seen.output_file, seen.error_file)):
            for some in _chunks(self.service.answers(file)):
                replies += sum(bool(one.key) for one in some) if file == seen.output_file else 0
                self._settle(some)
        if replies < seen.completed:
            raise ModelError(
                f"the results of a batch are not whole: {replies} of {seen.completed} lines came",
                where=self.batch.endpoint,
                hint="The same command reads them again. `cothemes cancel "
                f"{self.batch.run}` gives up what is missing; it counts as paid for.",
                fault=ModelFault.UNREADABLE,
            )
        self._complaints(seen)
        if seen.status == "completed":
            self.lose("the batch is completed and holds no answer to it")
        else:
            self.free(f"the batch is {seen.status}, and its turn had not come")

    def free(self, why: str) -> None:
        """Calls that still wait were never asked: they cost nothing and may be asked again."""
        self._unpaid(self.batches.calls_of(self.batch.tag), _error(why, ModelFault.UNFINISHED))

    def lose(self, why: str) -> None:
        """Calls that still wait may have been paid for: their reservation stays, unconfirmed."""
        calls = self.batches.calls_of(self.batch.tag)
        error = _error(why, ModelFault.UNREADABLE)
        self._unpaid(calls, error)
        self.failed |= {call.key: error for call in calls}

    def _settle(self, answers: Sequence[Answered]) -> None:
        entries: list[Call] = []
        reasons: list[str] = []
        for answer in answers:
            call = self.ledger.look(answer.key) if answer.key else None
            if call is None:
                # Forgotten since, or no line of ours.
                self.counts["unknown"] += 1
            elif call.state is CallState.REPLIED:
                self.counts["known"] += 1
            elif answer.reply is not None:
                entries.append(self._paid(call, answer))
                reasons.append(answer.reply.finish_reason)
            elif answer.error is not None:
                if answer.error.fault is not ModelFault.UNFINISHED:
                    self.failed[call.key] = answer.error
                if call.state is CallState.INTENDED and call.owner == self.batch.owner:
                    self._unpaid([call], answer.error)
        self.ledger.write(entries)
        self.counts["replied"] += len(entries)
        for call, reason in zip(entries, reasons, strict=True):
            self.tell("call", facts_of(call, reason))

    def _paid(self, call: Call, answer: Answered) -> Call:
        assert answer.reply is not None
        price = self.price if self.price and self.price.currency == call.currency else None
        return paid(call, answer.reply, kept(answer.reply).to_json(), price, self.clock.now())

    def _unpaid(self, calls: Sequence[Call], error: ModelError) -> None:
        now = self.clock.now()
        for some in _chunks(calls):
            self.ledger.write([unpaid(call, error, now) for call in some])
        self.counts[error.fault.value] += len(calls)
        if error.fault is not ModelFault.UNFINISHED:
            for call in calls:
                self.tell(
                    "call_failed",
                    {
                        "call": call.key,
                        "passage": call.passage,
                        "fault": error.fault.value,
                        "try": call.attempts,
                    },
                )

    def _complaints(self, seen: Seen) -> None:
        lines = {complaint.line for complaint in seen.complaints if complaint.line is not None}
        keys = self.service.keys_at(seen.input_file, lines) if lines else {}
        for complaint in seen.complaints:
            self._complaint(complaint, keys.get(complaint.line or 0, ""))
        if seen.status == "failed" and not seen.complaints:
            self._complaint(Complaint("failed", "the provider does not say why"), "")

    def _complaint(self, complaint: Complaint, key: str) -> None:
        line = f" (line {complaint.line} of its input file)" if complaint.line else ""
        said = f"{complaint.code}: {complaint.message}{line}"
        # The provider's words may quote a request: they stay with the call, which can be forgotten.
        self.detail = self.detail or f"{complaint.code}{line}"
        call = self.ledger.look(key) if key else None
        if call is not None and call.state is not CallState.REPLIED:
            error = _error(f"the batch was not begun, for this request: {said}", ModelFault.REQUEST)
            self.failed[key] = error
            if call.state is CallState.INTENDED and call.owner == self.batch.owner:
                self._unpaid([call], error)
        elif self.trouble is None and complaint.code == QUEUE_FULL:
            self.trouble = ModelError(
                f"more waits in batches than the account may have waiting: {said}",
                where=self.batch.endpoint,
                hint="Nothing was paid for. The same command hands in half as much; batch_queue_tokens "
                "under [model] sets the account's limit.",
                fault=ModelFault.RATE_LIMIT if self.batch.requests > 1 else ModelFault.QUOTA,
            )
        elif self.trouble is None:
            self.trouble = ModelError(
                f"the batch was not begun: {said}",
                where=self.batch.endpoint,
                hint="Nothing was paid for. Fix what it names, then start again.",
                fault=ModelFault.REQUEST,
            )


def _error(why: str, fault: ModelFault) -> ModelError:
    return ModelError(why, fault=fault)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(islice(left, AT_ONCE)):
        yield some
