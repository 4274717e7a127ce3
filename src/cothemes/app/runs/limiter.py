"""The pace at which a service is asked: requests and tokens per minute, shared by everything in a run.

A bucket that fills steadily and holds a few seconds' worth. A service that asks to be left alone is left
alone by all, not only by the call that heard it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BURST = 5.0
"""Seconds' worth that may go out at once."""


@dataclass
class Bucket:
    """So many units a minute. `level` may fall below 0: who takes then waits for the rest."""

    per_minute: float
    level: float = field(init=False)
    filled: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.level = self.room

    @property
    def room(self) -> float:
        """The most it holds; at least one request."""
        return max(1.0, self.per_minute / 60 * BURST)

    def take(self, units: float, now: float) -> float:
        """Take the units; seconds until they are there. Negative units give back."""
        self.level = min(self.room, self.level + (now - self.filled) * self.per_minute / 60)
        self.filled = now
        self.level -= units
        return max(0.0, -self.level * 60 / self.per_minute)


class Limiter:
    """One pace for one service."""

    def __init__(
        self,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._requests = Bucket(requests_per_minute) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute) if tokens_per_minute else None
        for bucket in (self._requests, self._tokens):
            if bucket is not None:
                bucket.filled = clock()
        self._held_until = 0.0

    @property
    def paced(self) -> bool:
        """Return whether a pace was set at all."""
        return self._requests is not None or self._tokens is not None

    def due(self, tokens: int) -> float:
        """Take room for one request of about so many tokens; seconds to wait before it is sent."""
        now = self._clock()
        waits = [self._held_until - now, 0.0]
        if self._requests is not None:
            waits.append(self._requests.take(1, now))
        if self._tokens is not None:
            waits.append(self._tokens.take(tokens, now))
        return max(waits)

    def used(self, expected: int, tokens: int) -> None:
        """Set the estimate right by what the service counted."""
        if self._tokens is not None:
            self._tokens.take(tokens - expected, self._clock())

    def hold(self, seconds: float) -> None:
        """The service asked for so long a pause."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    async def wait(self, tokens: int, stopping: asyncio.Event) -> None:
        """Return when a request may go out, or at once when the run is stopping."""
        seconds = self.due(tokens)
        while seconds > 0 and not stopping.is_set():
            try:
                await asyncio.wait_for(stopping.wait(), seconds)
            except TimeoutError:
                # Another call may have been told meanwhile to leave the service alone for longer.
                seconds = self._held_until - self._clock()
