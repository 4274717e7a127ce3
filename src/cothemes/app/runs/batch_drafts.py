"""Requests that are written down instead of sent: what is not in the ledger yet goes into the next batches.

Each batch is recorded before the first of its calls, and each call with its reservation before its line is
written. Bodies go to a scratch file as they come, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from cothemes.ports import BatchService, BatchStore, Ledger
from cothemes.records.batch import MOST_BYTES, MOST_REQUESTS, Batch
from cothemes.records.ledger import Cap, Entered, EntryState
from cothemes.records.run import Call, CallState
from cothemes.stages.propose.model.paying import BYTES_PER_TOKEN
from cothemes.stages.propose.model.request import Request

AT_ONCE = 256
"""Calls of one commit."""


@dataclass(frozen=True)
class Limits:
    """Limits of the provider."""

    requests: int = MOST_REQUESTS
    """Most requests of one batch."""
    size: int = MOST_BYTES
    """Most bytes of one input file."""
    tokens: float | None = None
    """Input tokens that may still be added to what waits already; None: no limit is known."""


@dataclass
class Draft:
    """A batch that is being written."""

    batch: Batch
    content: BinaryIO
    requests: int = 0
    size: int = 0
    promised: int = 0
    """Requests that were given a place, written or not."""
    promised_size: int = 0

    def holds(self, size: int, limits: Limits) -> bool:
        """Return whether one more request has a place."""
        return self.promised < limits.requests and self.promised_size + size <= limits.size

    def promise(self, size: int) -> None:
        """Give a place."""
        self.promised += 1
        self.promised_size += size

    def write(self, line: bytes) -> None:
        """Take a request whose call is in the ledger."""
        self.content.write(line)
        self.requests += 1
        self.size += len(line)


@dataclass
class Gathering:
    """Takes the requests of one pass over the passages: `Batched.take_down`."""

    service: BatchService
    ledger: Ledger
    batches: BatchStore
    begin: Callable[[], Batch]
    """A new batch, with a fresh tag."""
    scratch: Callable[[], BinaryIO]
    caps: Sequence[Cap] = ()
    limits: Limits = field(default_factory=Limits)
    under_way: Collection[str] = ()
    """Owners of calls that wait in batches already."""
    begun: list[Draft] = field(default_factory=list)
    refused: Entered | None = None
    """The first intent that a budget left no room for."""
    beyond_budget: int = 0
    """Requests that a budget left no room for."""
    held_back: int = 0
    """Requests that the provider's queue has no room for."""
    _tokens: float = 0.0
    _pending: list[tuple[Call, bytes]] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)

    def __call__(self, call: Call, request: Request, known: Call | None) -> None:
        """Equal requests are one call, written once. `known`: its row, where there is one."""
        if call.key in self._keys:
            return
        if known is not None and known.state is CallState.INTENDED and known.owner in self.under_way:
            return
        self._tokens += request.size / BYTES_PER_TOKEN
        nothing_else = not self._keys and not self.under_way
        if self.limits.tokens is not None and self._tokens > self.limits.tokens and not nothing_else:
            self.held_back += 1
            return
        self._keys.add(call.key)
        self._pending.append((call, self.service.line(call.key, dict(request.body))))
        if len(self._pending) >= AT_ONCE:
            self._enter()

    def finished(self) -> list[Draft]:
        """The batches with something in them; every call of theirs is in the ledger."""
        self._enter()
        return [draft for draft in self.begun if draft.requests]

    def close(self) -> None:
        """The scratch files go."""
        for draft in self.begun:
            draft.content.close()

    def _enter(self) -> None:
        placed: list[tuple[Draft, bytes]] = []
        entries: list[Call] = []
        for call, line in self._pending:
            draft = self._place(len(line))
            placed.append((draft, line))
            entries.append(call.model_copy(update={"owner": draft.batch.owner}))
        self._pending = []
        for (draft, line), entered in zip(placed, self.ledger.write(entries, self.caps), strict=True):
            if entered.standing is EntryState.WRITTEN:
                draft.write(line)
            elif entered.standing is EntryState.REFUSED:
                self.refused = self.refused or entered
                self.beyond_budget += 1

    def _place(self, size: int) -> Draft:
        if not self.begun or not self.begun[-1].holds(size, self.limits):
            batch = self.begin()
            self.batches.put(batch)
            self.begun.append(Draft(batch, self.scratch()))
        self.begun[-1].promise(size)
        return self.begun[-1]
