"""One call at a time makes up its request: the first goes out at once, instead of all together at the end.

An event loop shares its time among all that is ready. Sixty requests made up side by side all leave when the
last one is done, their replies come together, and so they stay in step for a whole run: a fifth of its time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Turns:
    """A queue, first come first served, for the event loop that is running."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn; it ends with the block, or earlier when what is given here is called."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._lock = loop, asyncio.Lock()
        lock = self._lock
        held = True

        def over() -> None:
            nonlocal held
            if held:
                held = False
                lock.release()

        await lock.acquire()
        try:
            yield over
        finally:
            over()
