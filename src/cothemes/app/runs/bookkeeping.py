"""The ledger for many calls at once: entries that come together share one commit, made off the event loop.

A disk takes milliseconds to say that something is durable. While one commit is under way, entries gather
for the next; each caller goes on only when its own is on disk. Entries keep their order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from cothemes.errors import CothemesError
from cothemes.ports import Ledger
from cothemes.records.ledger import Cap, Entered
from cothemes.records.run import Call

MOST = 512
"""Entries of one commit."""

_Waiting = tuple[Call, "asyncio.Future[Entered]"]


@dataclass
class Bookkeeper:
    """Writes for one event loop."""

    ledger: Ledger
    caps: Sequence[Cap] = ()
    _pending: list[_Waiting] = field(default_factory=list)
    _writing: Future[list[Entered | CothemesError]] | None = None
    _batch: list[_Waiting] = field(default_factory=list)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "ledger"))

    def enter(self, call: Call) -> asyncio.Future[Entered]:
        """Take the entry at once; the future is done when it is on disk.

        Raises, from the future, what the ledger raises. Who stops waiting takes nothing back.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Entered] = loop.create_future()
        self._pending.append((call, future))
        if self._writing is None:
            self._begin(loop)
        return future

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._batch, self._pending = self._pending[:MOST], self._pending[MOST:]
        self._writing = self._thread.submit(self._write, [call for call, _ in self._batch])
        self._writing.add_done_callback(lambda _: _told(loop, self._written))

    def _written(self) -> None:
        if self._writing is None:
            return
        done, batch = self._writing, self._batch
        self._writing, self._batch = None, []
        if self._pending:
            self._begin(asyncio.get_running_loop())
        for (_, future), answer in zip(batch, done.result(), strict=True):
            if not future.done():
                if isinstance(answer, CothemesError):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    def _write(self, calls: Sequence[Call]) -> list[Entered | CothemesError]:
        try:
            return list(self.ledger.write(calls, self.caps))
        except CothemesError as error:
            if len(calls) == 1:
                return [error]
        # What cannot be stored together may be stored in part: one entry must not take the others with it.
        return [answer for call in calls for answer in self._write([call])]

    def close(self) -> None:
        """Everything entered is on disk when it returns; waits without the event loop.

        Raises what the ledger raises, once all the others are stored.
        """
        failed: list[CothemesError] = []
        if self._writing is not None:
            wait([self._writing])
            failed += [answer for answer in self._writing.result() if isinstance(answer, CothemesError)]
            self._writing = None
        if self._pending:
            answers = self._write([call for call, _ in self._pending])
            failed += [answer for answer in answers if isinstance(answer, CothemesError)]
        for _, future in (*self._batch, *self._pending):
            future.cancel()
        self._pending, self._batch = [], []
        self._thread.shutdown()
        if failed:
            raise failed[0]


def _told(loop: asyncio.AbstractEventLoop, heard: object) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(heard)  # type: ignore[arg-type]
