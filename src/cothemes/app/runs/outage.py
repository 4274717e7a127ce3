"""A service that is down for all calls alike: the run pauses, tries one call at a time, and goes on after.

Faults in a row, of different calls and with no answer between them, are an outage. While it lasts nothing is
sent but one call at a time, the *probe*, after growing pauses: short ones where the last try cost nothing,
long ones where it may have been paid for. The first answer ends it. How long a run waits in all is bounded.

Requests that were under way when the service went down, and whose reply was lost, are remembered (`struck`):
they are no more than were in flight, and nothing about them was at fault.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cothemes.app.runs.stopping import Stop
from cothemes.errors import ModelError, ModelFault, ServiceError

IN_A_ROW = 3
"""Different calls that fail one after the other before a run pauses; one fewer where no other is asked."""
FREE_PAUSES = (1.0, 15.0)
"""Seconds before the first try that costs nothing, and at most before a later one; doubled each time."""
PAID_PAUSES = (40.0, 320.0)
"""Pauses where the last try may have been paid for: each one could cost a call."""
COLD = 60.0
"""Seconds that a run waits at most for a service that has not answered it once: the address may be wrong."""
ALONE = 60.0
"""Seconds that one call waits by itself, where no other is there to say whether the service is down."""
SOON = 10.0
"""Seconds; an outage that the first try ends before is told to nobody."""
LOOK_BACK = 10.0
"""Seconds before an outage in which a lost reply belongs to it."""
MOST_LOST = 1024
"""Lost replies that are remembered."""

_DOWN = (ModelFault.RATE_LIMIT, ModelFault.SERVER, ModelFault.CONNECTION, ModelFault.TIMEOUT)
_MAYBE_DOWN = (ModelFault.UNREADABLE, ModelFault.UNKNOWN_MODEL, ModelFault.PERMISSION)
"""Faults that mean an outage where a page of something between says them, and the service answered before."""


@dataclass
class Outage:
    """State of the service, as all calls of a run together see it."""

    longest: float = 0.0
    """Seconds that the run waits in all; 0 waits for nothing, and each call gives up by itself."""
    stop: Stop = field(default_factory=Stop)
    tell: Callable[[str, Mapping[str, Any]], None] = lambda _event, _facts: None
    clock: Callable[[], float] = time.monotonic
    free_pauses: tuple[float, float] = FREE_PAUSES
    paid_pauses: tuple[float, float] = PAID_PAUSES
    struck: set[str] = field(default_factory=set)
    """Keys of calls whose reply was lost in an outage."""
    _failing: Counter[str] = field(default_factory=Counter)
    """Calls that failed since the last answer, and how often."""
    _lost: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=MOST_LOST))
    _since: float | None = None
    """Time when the outage began; None where there is none."""
    _doubt: bool = False
    """True if a reply was lost since the last answer: what is under way shows first what that means."""
    _told: bool = False
    _waited: float = 0.0
    """Seconds of earlier outages."""
    _tries: int = 0
    _last: ModelError | None = None
    _not_before: float = 0.0
    _answered: bool = False
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def on(self) -> bool:
        """Return whether the run is pausing."""
        return self._since is not None

    @property
    def was_answered(self) -> bool:
        """Return whether the service answered this run at all."""
        return self._answered

    @property
    def calm(self) -> bool:
        """Return whether a call may go out at once."""
        return self._since is None and not self._doubt

    def answered(self) -> None:
        """A call was answered, or refused for what it asked: the service is there."""
        self._answered = True
        self._doubt = False
        self._failing.clear()
        if self._since is None:
            return
        seconds = self.clock() - self._since
        if self._last is None or self._last.fault is not ModelFault.RATE_LIMIT:
            self._waited += seconds
        self._since = None
        if self._told:
            self.tell("service_back", {"seconds": round(seconds, 1), "tries": self._tries})

    def means_outage(self, error: ModelError) -> bool:
        """Return whether a fault says something of the service and not of the call."""
        if error.fault in _DOWN:
            return True
        return error.fault in _MAYBE_DOWN and error.foreign and self._answered

    def failed(self, key: str, error: ModelError, attempt: int, *, gives_up: bool) -> None:
        """A call failed for the `attempt`th time. `gives_up`: one call is tried no more often."""
        if not self.means_outage(error):
            if error.fault is not ModelFault.ELSEWHERE:
                self.answered()
            return
        if self.longest <= 0:
            return
        now = self.clock()
        self._last = error
        self._failing[key] += 1
        if error.retry_after:
            self._not_before = max(self._not_before, now + error.retry_after)
        if error.maybe_paid:
            self._doubt = True
            self._lost.append((now, key))
        in_a_row = IN_A_ROW if self.stop.under_way else IN_A_ROW - 1
        tried_enough = gives_up and self._failing[key] >= attempt
        if self._since is None and (len(self._failing) >= in_a_row or tried_enough):
            self._since, self._tries, self._told = now, 0, False
        if self._since is not None:
            self.struck.update(key for at, key in self._lost if at >= self._since - LOOK_BACK)

    @asynccontextmanager
    async def turn(self, key: str, stopping: asyncio.Event) -> AsyncIterator[None]:
        """Around one call: at once while the service answers, and in an outage one after the other, each
        after a pause. After a lost reply nothing goes out before one that is under way was answered.

        Orders the stop of the run where it has waited long enough.

        Raises ModelError where this call alone fails, and has waited long enough.
        """
        while self._doubt and not self.on and self.stop.under_way and not stopping.is_set():
            await _within(stopping.wait(), 0.05)
        if self.calm:
            yield
            return
        async with self._one:
            await self._pause(key, stopping)
            if not self.calm and not stopping.is_set():
                yield
                return
        yield

    async def _pause(self, key: str, stopping: asyncio.Event) -> None:
        while self._since is not None and not stopping.is_set():
            now = self.clock()
            alone = list(self._failing) == [key]
            left = self._bound() - (now - self._since)
            if alone:
                left = min(left, ALONE - (now - self._since))
            pause = self._length(now)
            if left <= 0 or self._not_before - now > left:
                self._give_up(alone=alone)
                return
            pause = min(pause, left)
            if not self._told and (self._tries or pause >= SOON):
                self._told = True
                self.tell("service_down", {**self._facts(), "gives_up_after": round(self._bound())})
            self.tell("service_probe", {**self._facts(), "in": round(pause, 1), "left": round(left)})
            if await _within(self._over(stopping), pause):
                continue
            self._tries += 1
            return

    async def _over(self, stopping: asyncio.Event) -> None:
        """Return when the outage is over or the run is: late replies end it too."""
        while self._since is not None and not stopping.is_set():
            await _within(stopping.wait(), 0.2)

    def _length(self, now: float) -> float:
        maybe_paid = self._last is not None and self._last.maybe_paid
        first, most = self.paid_pauses if maybe_paid else self.free_pauses
        return max(min(first * 2.0 ** min(self._tries, 30), most), self._not_before - now)

    def _bound(self) -> float:
        """Seconds that this outage may last."""
        left = max(0.0, self.longest - self._waited)
        return left if self._answered else min(left, COLD)

    def _give_up(self, *, alone: bool) -> None:
        assert self._since is not None
        assert self._last is not None
        last, seconds = self._last, self.clock() - self._since
        if alone and seconds >= ALONE and self._bound() > seconds:
            # Perhaps it is this call alone: the next ones will show.
            self._since = None
            raise last
        wanted = max(0.0, self._not_before - self.clock())
        asked = f", and asks to be left alone for {wanted:.0f} more" if wanted > 1 else ""
        self.stop.order(
            ServiceError(
                f"{last.message}; no answer in {seconds:.0f} seconds{asked}",
                where=last.where,
                hint="Replies are kept, nothing counts against the passages, and the same command "
                "goes on from there. See that the service runs and that the address is right. outage_wait "
                "under [model] sets how long a run waits.",
            )
        )

    def _facts(self) -> dict[str, Any]:
        last = self._last
        return {
            "fault": last.fault.value if last else "",
            "said": last.message if last else "",
            "maybe_paid": bool(last and last.maybe_paid),
        }


async def _within(waiting: Any, seconds: float) -> bool:
    """Return whether it came within so many seconds."""
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return False
    return True
