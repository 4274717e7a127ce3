"""One paid call: look before paying, the intent before the request, the reply before anything is made of it.

Between the arrival of a reply and its commit nothing is awaited, so that no interrupt comes between them. A
call that is cut off stays *intended*: it may have been paid for, and the next run asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from cothemes.errors import CothemesError, ModelError
from cothemes.ports import ChatModel, ChatReply, Clock, Ledger
from cothemes.records.record import canonical_json, content_hash
from cothemes.records.run import Call, CallState
from cothemes.records.suggestion import Outcome
from cothemes.stages.propose.identity import call_key
from cothemes.stages.propose.model.reply import Reply, kept, read_back
from cothemes.stages.propose.model.retry import Patience

STAGE = "propose"


class NotAsked(Exception):
    """The run is ending, and the call was not made: nothing is known of its passage."""


def abridged(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body whose constant parts, system message and schema, stand as their hashes.

    They make up nine tenths of a request and are the same for the whole run, which keeps them once.
    """
    short = dict(body)
    short["messages"] = [
        {**message, "content": _hashed(message["content"])} if message["role"] != "user" else message
        for message in body["messages"]
    ]
    if "response_format" in body:
        short["response_format"] = _hashed(body["response_format"])
    return short


def _hashed(part: Any) -> dict[str, str]:
    return {"sha256": content_hash(part)}


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
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when no further call is to be made; what waits for another try gives up."""
    reason: CothemesError | None = None
    """Why the run ends early; to be raised once everything in flight has been handed on."""
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def end(self, reason: CothemesError) -> None:
        """No further call is made; the first reason is the one that counts."""
        self.reason = self.reason or reason
        self.stopping.set()

    def heed(self, outcome: Outcome) -> None:
        """Takes note of what became of a passage."""

    def close(self) -> None:
        """Everything that came is on disk when it returns."""

    async def ask(
        self,
        passage: str,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any],
        stage: str = STAGE,
    ) -> tuple[str, Reply]:
        """The ledger's key and the reply, from the ledger where it is there.

        `stage` names the kind of call (`propose`, `critic`, `repair`, …): another one is another call. Raises
        ModelError where no reply came, NotAsked where none was asked for.
        """
        body = self.model.body(messages, schema)
        key = call_key(self.model.endpoint, body, stage, self.repeat)
        # Equal requests of two passages are one call: the second waits for the first and finds its reply.
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self.ledger.look(key)
            if known is not None and known.state is CallState.REPLIED and known.reply is not None:
                return key, read_back(known.reply)
            call = Call(
                key=key, run=self.run, passage=passage, stage=stage, repeat=self.repeat,
                endpoint=self.model.endpoint, request=canonical_json(abridged(body)),
                state=CallState.INTENDED, intended_at=self.clock.now(),
                attempts=known.attempts if known else 0,
            )  # fmt: skip
            return key, await self._pay(call, body)

    async def _pay(self, call: Call, body: Mapping[str, Any]) -> Reply:
        attempt = 0
        while True:
            attempt += 1
            intended = self.clock.now()
            call = call.model_copy(
                update={
                    "state": CallState.INTENDED,
                    "attempts": call.attempts + 1,
                    "intended_at": intended,
                    "error": "",
                }
            )
            self.ledger.intend(call)
            try:
                reply = await self.model.send(body)
            except ModelError as error:
                self._note_failure(call, error)
                if error.fault.ends_run:
                    self.end(error)
                wait = self.patience.wait(error, attempt, int(call.key[:4], 16) / 0xFFFF)
                if wait is None or await self._stopped_within(wait):
                    raise
                continue
            return self._note_reply(call, reply)

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _note_failure(self, call: Call, error: ModelError) -> None:
        words = f"{error.fault.value}: {error.message}"
        update = {"state": CallState.FAILED, "error": words, "replied_at": self.clock.now()}
        self.ledger.reply(call.model_copy(update=update))

    def _note_reply(self, call: Call, reply: ChatReply) -> Reply:
        result = kept(reply)
        update = {
            "state": CallState.REPLIED,
            "reply": result.to_json(),
            "model": reply.model,
            "input_tokens": reply.input_tokens,
            "output_tokens": reply.output_tokens,
            "replied_at": self.clock.now(),
        }
        self.ledger.reply(call.model_copy(update=update))
        return result
