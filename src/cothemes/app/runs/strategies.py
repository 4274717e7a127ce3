"""The ways in which a request gets its reply: bought now, taken down for a batch, read again, only measured.

A run has one strategy for all its requests. What is asked, in which order, and what follows from a reply is
the same under each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cothemes.errors import ModelError
from cothemes.records.run import Call, CallState
from cothemes.stages.propose.model.reply import Reply
from cothemes.stages.propose.model.request import Request

if TYPE_CHECKING:
    from cothemes.app.runs.calling import Caller


PROPOSING = "propose"
"""Stage of the first requests about a passage."""


class NotAsked(Exception):
    """The call was not made: nothing is known of its passage."""


@dataclass(frozen=True)
class Ask:
    """A request on behalf of one passage."""

    passage: str
    stage: str
    request: Request
    usable: Callable[[Reply], bool] = lambda _reply: False
    """Rule that says whether a reply of an earlier try can be used."""
    text_version: str = ""
    """Version of the passage's document that is sent."""


class Strategy(Protocol):
    """A way in which the requests of a run get their replies."""

    takes_down: bool
    """True if requests are taken down instead of sent: then all that can be known of a passage is asked for
    at once.
    """
    judges: bool
    """True if what comes of passages and repairs may end the run or change what is asked."""

    async def reply(self, caller: Caller, ask: Ask) -> tuple[str, Reply]:
        """Return the ledger's key and the reply. Raise ModelError where none came, NotAsked where none was
        asked for."""
        ...

    def does_without(self, passage: str) -> bool:
        """Return whether a repair or a critic's say that is not there is done without for this passage."""
        ...


class Live:
    """Strategy that sends what the ledger does not hold, and waits."""

    takes_down = False
    judges = True

    async def reply(self, caller: Caller, ask: Ask) -> tuple[str, Reply]:
        """Look before paying; then buy."""
        known = caller.earlier(ask)
        if known is not None:
            return known
        async with caller.intended(ask) as call:
            return call.key, await caller.obtain(call, ask.request)

    def does_without(self, passage: str) -> bool:  # noqa: ARG002
        """Never."""
        return False


@dataclass(frozen=True)
class Batched:
    """Strategy that collects what the ledger does not hold for the next batches."""

    take_down: Callable[[Call, Request, Call | None], None]
    """Takes the call, its request, and its row where there is one."""
    failed: Mapping[str, ModelError] = field(default_factory=dict)
    """Calls that were taken down before and came to nothing, by key."""
    takes_down = True
    judges = True

    async def reply(self, caller: Caller, ask: Ask) -> tuple[str, Reply]:
        """Return what the ledger holds. Raise the error of a call that failed; take down any other."""
        known = caller.earlier(ask)
        if known is not None:
            return known
        async with caller.intended(ask) as call:
            row = caller.ledger.look(call.key)
            if row is not None and row.state is CallState.REPLIED:
                return call.key, caller.from_ledger(row)
            stop = caller.terms.stop
            error = self.failed.get(call.key)
            if error is not None:
                if error.fault.ends_run:
                    stop.order(error)
                raise error
            if not stop.ordered:
                self.take_down(call, ask.request, row)
            raise NotAsked

    def does_without(self, passage: str) -> bool:  # noqa: ARG002
        """Never."""
        return False


@dataclass
class Resumed:
    """Strategy for an earlier text of a passage. Its first reply comes from the ledger alone; what follows is
    asked as in the run.
    """

    then: Strategy
    missing: set[str] = field(default_factory=set)
    """Passages whose first request is not in the ledger as it would be phrased now."""
    takes_down: bool = field(init=False)
    judges: bool = field(init=False)
    _found: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.takes_down = self.then.takes_down
        self.judges = self.then.judges

    async def reply(self, caller: Caller, ask: Ask) -> tuple[str, Reply]:
        """Return what the ledger holds of a first request; send or take down what follows."""
        known = caller.latest(ask) if ask.stage == PROPOSING else None
        if known is not None:
            self._found.add(ask.passage)
            if known.state is not CallState.REPLIED:
                raise NotAsked
            return known.key, caller.from_ledger(known)
        if ask.stage == PROPOSING and ask.passage not in self._found:
            self.missing.add(ask.passage)
            raise NotAsked
        return await self.then.reply(caller, ask)

    def does_without(self, passage: str) -> bool:
        """As the run does."""
        return self.then.does_without(passage)


@dataclass(frozen=True)
class Replay:
    """Nothing is asked: what the ledger does not hold stays unanswered."""

    recorded: Collection[str] = ()
    """Passages that are on record as coded. Quotes may be judged otherwise now: a repair or a critic's say
    that the ledger lacks is done without, so that the difference is seen."""
    takes_down = False
    judges = False

    async def reply(self, caller: Caller, ask: Ask) -> tuple[str, Reply]:
        """Return what the ledger holds."""
        return caller.read(ask)

    def does_without(self, passage: str) -> bool:
        """Return whether the passage is on record as coded."""
        return passage in self.recorded


@dataclass(frozen=True)
class DryRun:
    """Nothing is asked, and every request is measured."""

    measure: Callable[[str, int], None]
    """Takes stage and size in bytes of each request."""
    takes_down = False
    judges = False

    async def reply(self, caller: Caller, ask: Ask) -> tuple[str, Reply]:  # noqa: ARG002
        """Measure the request and raise NotAsked."""
        self.measure(ask.stage, ask.request.size)
        raise NotAsked

    def does_without(self, passage: str) -> bool:  # noqa: ARG002
        """Never."""
        return False
