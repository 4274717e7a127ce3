"""One paid call: look before paying, the intent before the request, the reply before anything is made of it.

A reply is handed to the ledger in the same step in which it arrives, and an interrupt that comes while it is
being written takes nothing back. A call that is cut off stays *intended*: it may have been paid for, and
the next run asks again. Within a run that is sent again which was certainly not paid for, and once more, when
the service is back, what was under way as it went down (model_coder.py).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from cothemes.app.runs.bookkeeping import Bookkeeper
from cothemes.app.runs.call_policy import CallPolicy
from cothemes.app.runs.stopping import Watch
from cothemes.app.runs.strategies import PROPOSING, Ask, NotAsked
from cothemes.errors import CothemesError, ModelError, ModelFault
from cothemes.ports import ChatModel, ChatReply, Clock, Ledger
from cothemes.records.batch import OWNER
from cothemes.records.ledger import Entered, EntryState, budget_reached
from cothemes.records.run import Call, CallState
from cothemes.records.suggestion import Outcome
from cothemes.stages.propose.model import paying
from cothemes.stages.propose.model.paying import Dearest, paid, unpaid, worst_case
from cothemes.stages.propose.model.reply import Reply, kept, read_back
from cothemes.stages.propose.model.request import Request, Requests
from cothemes.stages.propose.model.retry import Patience

Some = TypeVar("Some")
LOOK_AGAIN = 0.25
"""Seconds between two looks at a call that another process is making."""


@dataclass
class Caller:
    """Asks a model on behalf of one run."""

    model: ChatModel
    ledger: Ledger
    clock: Clock
    run: str
    repeat: int = 0
    """The number of a deliberate repetition: another number is another call, bought anew."""
    patience: Patience = field(default_factory=Patience)
    terms: CallPolicy = field(default_factory=CallPolicy)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _under_way: int = 0
    _short_of_room: deque[asyncio.Future[None]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.terms.refuse_without_price(self.model.name)
        self._book = Bookkeeper(self.ledger, self.terms.caps)
        self._requests = Requests()
        self._watch = Watch(self.terms.stop, self.terms.model)
        self._dearest = Dearest(self.terms.price)
        self._lost: dict[str, str] = {}
        # Who asks nothing reads everything that came, whatever ends the run.
        self._stopping = asyncio.Event() if self.takes_down else self.terms.stop.event

    @property
    def stopping(self) -> asyncio.Event:
        """Set when no further call is to be made; what waits for another try gives up."""
        return self._stopping

    @property
    def takes_down(self) -> bool:
        """Return whether requests are taken down instead of sent: then all that can be known of a passage is
        asked for at once.
        """
        return self.terms.strategy.takes_down

    @property
    def reason(self) -> CothemesError | None:
        """Return why the run ends early; raised once everything in flight has been handed on."""
        return self.terms.stop.reason

    def heed(self, outcome: Outcome, *, invented: bool = False) -> None:
        """Take note of what became of a passage; what is only read again ends no run. `invented`: every code
        that was proposed fell for want of a quote.
        """
        if self.terms.strategy.judges:
            self._watch.heed(outcome, invented=invented)

    def lost(self, passage: str) -> bool:
        """Return whether a reply for it was lost in this run, and may have been paid for."""
        return passage in self._lost

    def lost_alone(self, passage: str) -> bool:
        """Return whether its reply was lost and the service answers others: asking for it may cost each
        time.
        """
        there = self.terms.outage.was_answered or bool(self.terms.model)
        return there and self._lost.get(passage, "") not in {"", *self.terms.outage.struck}

    def ask_again(self, passages: Iterable[str]) -> list[str]:
        """Those of the passages whose reply was lost as the service went down, where it is back since and
        the terms allow it. Each is given once."""
        if not self.terms.ask_lost_again or self.terms.outage.on or self.stopping.is_set():
            return []
        struck = self.terms.outage.struck
        chosen = [passage for passage in passages if self._lost.get(passage) in struck]
        struck.difference_update([self._lost.pop(passage) for passage in chosen])
        if chosen:
            self.terms.tell("lost_asked_again", {"run": self.run, "passages": len(chosen)})
        return chosen

    def close(self) -> None:
        """Everything that came is on disk when it returns. Raises what the ledger raises."""
        self._book.close()

    async def ask(
        self,
        passage: str,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any],
        stage: str = PROPOSING,
        usable: Callable[[Reply], bool] = lambda _reply: False,
        text_version: str = "",
    ) -> tuple[str, Reply]:
        """The ledger's key and the reply, from the ledger where it is there.

        `stage` names the kind of call (`propose`, `critic`, `repair`): another one is another call. Where a
        passage is tried again, a reply of an earlier try that is `usable` is not bought again: another call
        for the passage was the one that failed. Raises ModelError where no reply came, NotAsked where none
        was asked for.
        """
        request = self._requests.of(self.model.body(messages, schema))
        return await self.terms.strategy.reply(self, Ask(passage, stage, request, usable, text_version))

    def recall(
        self, passage: str, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], stage: str
    ) -> Reply | None:
        """A reply that is in the ledger already; None where there is none, and nothing is asked."""
        request = self._requests.of(self.model.body(messages, schema))
        try:
            return self.read(Ask(passage, stage, request))[1]
        except NotAsked:
            return None

    async def every(self, asks: Iterable[Callable[[], Awaitable[Some]]]) -> list[Some]:
        """One after the other; where requests are taken down, all of them before NotAsked is raised."""
        made: list[Some] = []
        missing = False
        for ask in asks:
            try:
                made.append(await ask())
            except NotAsked:
                if not self.takes_down:
                    raise
                missing = True
        if missing:
            raise NotAsked
        return made

    def earlier(self, ask: Ask) -> tuple[str, Reply] | None:
        """Return key and reply of an earlier try for the passage where that reply is usable."""
        for number in range(self.terms.retries.get(ask.passage, 0)):
            key = ask.request.key(self.model.endpoint, ask.stage, self.repeat, number)
            known = self.ledger.look(key)
            if known is not None and known.reply is not None and ask.usable(read_back(known.reply)):
                return key, self.from_ledger(known)
        return None

    def read(self, ask: Ask) -> tuple[str, Reply]:
        """Return key and reply of the latest try in the ledger. Raise NotAsked where there is none."""
        for number in range(self.terms.retries.get(ask.passage, 0), -1, -1):
            key = ask.request.key(self.model.endpoint, ask.stage, self.repeat, number)
            known = self.ledger.look(key)
            if known is not None and known.state is CallState.REPLIED and known.reply is not None:
                return key, read_back(known.reply)
        raise NotAsked

    def latest(self, ask: Ask) -> Call | None:
        """Return the latest try that was answered or waits in a batch."""
        for number in range(self.terms.retries.get(ask.passage, 0), -1, -1):
            key = ask.request.key(self.model.endpoint, ask.stage, self.repeat, number)
            known = self.ledger.look(key)
            if known is None:
                continue
            if known.state is CallState.REPLIED or known.owner.startswith(OWNER):
                return known
        return None

    @asynccontextmanager
    async def intended(self, ask: Ask) -> AsyncIterator[Call]:
        """Yield the call of a request, not yet in the ledger, while no equal request is under way."""
        retry, price = self.terms.retries.get(ask.passage, 0), self.terms.price
        key = ask.request.key(self.model.endpoint, ask.stage, self.repeat, retry)
        # Equal requests of two passages are one call: the second waits for the first and finds its reply.
        async with self._locks.setdefault(key, asyncio.Lock()):
            yield Call(
                key=key, run=self.run, passage=ask.passage, stage=ask.stage, repeat=self.repeat, retry=retry,
                text_version=ask.text_version, endpoint=self.model.endpoint, request=ask.request.row,
                state=CallState.INTENDED, intended_at=self.clock.now(),
                currency=price.currency if price else "", reserved_nanos=worst_case(price, ask.request),
            )  # fmt: skip

    async def obtain(self, call: Call, request: Request) -> Reply:
        """Return the reply, from the ledger or bought: intent first, reply kept as it comes."""
        attempt = 0
        expected = request.size // paying.BYTES_PER_TOKEN
        while True:
            if self.terms.limiter.paced and not self._known(call.key):
                await self.terms.limiter.wait(expected, self.stopping)
            async with self._turn(call.key):
                entered = await self._claim(call)
                if entered.standing is EntryState.KNOWN:
                    return self.from_ledger(entered.call)
                attempt += 1
                try:
                    reply = await self.model.send(request.body)
                except ModelError as error:
                    wait = await self._failed(entered.call, error, attempt)
                else:
                    return await self._keep(entered.call, reply, expected)
            if self.terms.outage.on:
                attempt = 0  # nothing is known of this call but that the service is down
            else:
                await self._stopped_within(wait)
            call = call.model_copy(update={"intended_at": self.clock.now()})

    def _turn(self, key: str) -> AbstractAsyncContextManager[None]:
        """Return at once: what is in the ledger already waits for no service."""
        outage = self.terms.outage
        return nullcontext() if outage.calm or self._known(key) else outage.turn(key, self.stopping)

    async def _failed(self, call: Call, error: ModelError, attempt: int) -> float:
        """Seconds before the call may be sent again. Raises the error where it may not."""
        await self._settle(unpaid(call, error, self.clock.now(), self._dearest.of(call.stage)))
        self.terms.tell(
            "call_failed",
            {
                "call": call.key, "passage": call.passage, "fault": error.fault.value, "try": attempt,
                "maybe_paid": error.maybe_paid,
            },
        )  # fmt: skip
        outage = self.terms.outage
        wait = self.patience.wait(error, attempt, int(call.key[:4], 16) / 0xFFFF)
        passing = error.fault.passes and not error.maybe_paid
        strange = not error.fault.passes and outage.means_outage(error)
        if error.fault.ends_run and not strange:
            self.terms.stop.order(error)
        outage.failed(call.key, error, attempt, gives_up=wait is None and passing)
        if error.maybe_paid:
            self._lost[call.passage] = call.key
            raise error
        if outage.on and (passing or strange):
            return 0.0
        if strange and attempt < self.patience.attempts:
            return self.patience.first_wait
        if wait is None or self.stopping.is_set():
            raise error
        if error.retry_after:
            self.terms.limiter.hold(error.retry_after)
        return wait

    def _known(self, key: str) -> bool:
        known = self.ledger.look(key)
        return known is not None and known.state is CallState.REPLIED

    def from_ledger(self, call: Call) -> Reply:
        """Return the reply of a call that was answered. Raise NotAsked where another model answered it."""
        if call.reply is None or not self._watch.fits(call.model):
            raise NotAsked
        return read_back(call.reply)

    async def _keep(self, call: Call, reply: ChatReply, expected: int) -> Reply:
        result = kept(reply)
        call = paid(call, reply, result.to_json(), self.terms.price, self.clock.now())
        await self._settle(call)
        self.terms.outage.answered()
        self._dearest.saw(call.stage, call.input_tokens, call.output_tokens)
        self.terms.limiter.used(expected, (reply.input_tokens or 0) + (reply.output_tokens or 0))
        self.terms.tell("call", paying.facts_of(call, reply.finish_reason))
        if not self._watch.fits(reply.model):
            raise NotAsked
        return result

    async def _claim(self, call: Call) -> Entered:
        """Wait for room under the caps and for other processes; raises NotAsked where the run is ending."""
        waited = 0.0
        while True:
            if self.stopping.is_set():
                raise NotAsked
            entered = await self._book.enter(call)
            if entered.standing is EntryState.WRITTEN:
                self._under_way += 1
                self.terms.stop.under_way += 1
                return entered
            if entered.standing is EntryState.KNOWN:
                return entered
            if entered.standing is EntryState.REFUSED:
                if not self._under_way:
                    self.terms.stop.order(budget_reached(entered))
                    self._make_room(all_of_them=True)
                    raise NotAsked
                await self._room()
                continue
            if entered.call.owner.startswith(OWNER):
                raise ModelError(
                    "a batch that is under way asks the same",
                    hint="`cothemes propose --batch-api` collects it; `cothemes cancel` stops it.",
                    fault=ModelFault.ELSEWHERE,
                )
            if waited >= self.terms.wait_elsewhere:
                raise ModelError(
                    "another process is asking the same and has not finished",
                    hint="Wait until it has, then start again.",
                    fault=ModelFault.ELSEWHERE,
                )
            waited += LOOK_AGAIN
            await self._stopped_within(LOOK_AGAIN)

    async def _settle(self, call: Call) -> None:
        try:
            await self._book.enter(call)
        finally:
            # Not before: who is refused while this is being written must see that room is to come.
            self._under_way -= 1
            self.terms.stop.under_way -= 1
            self._make_room(all_of_them=not self._under_way)

    async def _room(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._short_of_room.append(waiting)
        await waiting

    def _make_room(self, *, all_of_them: bool) -> None:
        while self._short_of_room:
            waiting = self._short_of_room.popleft()
            if not waiting.done():
                waiting.set_result(None)
                if not all_of_them:
                    return

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True
