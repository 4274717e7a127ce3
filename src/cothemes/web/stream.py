"""`GET /events`: open pages and programs learn that something changed, as server-sent events.

One task looks at the records for all streams, and only while there are any. A stream holds no thread and no
connection to the database. It ends when its person logs out or is revoked, when the service stops, or where a
person has opened more of them; a page then goes on by asking every five seconds.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from cothemes.app.events.live import LiveChanges, Told
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.web.problems import answer
from cothemes.web.visitor import Asking, Visitor, visitor

LOOK_SECONDS = 0.25
"""Seconds between two looks at the records."""
APART_SECONDS = 1.0
"""Shortest time between two messages of a kind on one stream, in seconds."""
HEARTBEAT_SECONDS = 15.0
"""Seconds of silence after which a stream says that it is still there."""
MOST, MOST_OF_PERSON = 300, 4
"""Streams at once, of all and of one person."""
_HEADERS = {"X-Accel-Buffering": "no"}

router = APIRouter(include_in_schema=False)


@dataclass(eq=False)
class Stream:
    """One open stream."""

    visitor: Visitor
    waiting: dict[Told, None] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    check: bool = True
    """Whether the person's access has to be looked at again, as it has before the first message: it may have
    changed before the stream was among those that are told."""
    ended: str = ""
    """Why it ends: `stopped` or `replaced`."""

    def add(self, found: Iterable[Told], access: bool) -> None:
        """Take what changed, as far as the person may know of it."""
        user = self.visitor.user
        mine = {each: None for each in found if each.is_for(user.name, user.roles)}
        self.waiting.update(mine)
        self.check = self.check or access
        if mine or access:
            self.ready.set()

    def end(self, why: str) -> None:
        """End it."""
        self.ended = self.ended or why
        self.ready.set()


class Streams:
    """All open streams of a service, and the task that looks at the records for them."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._open: list[Stream] = []
        self._looking: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = False

    @property
    def full(self) -> bool:
        """Return whether no further stream is taken."""
        return self._stopped or len(self._open) >= MOST

    def open(self, asking: Visitor) -> Stream:
        """Begin a stream; the oldest one of a person with too many ends."""
        own = [each for each in self._open if each.visitor.name == asking.name and not each.ended]
        for each in own[: max(0, len(own) - MOST_OF_PERSON + 1)]:
            each.end("replaced")
        stream = Stream(asking)
        self._open.append(stream)
        loop = asyncio.get_running_loop()
        if self._looking is None or self._looking.done() or self._loop is not loop:
            self._loop = loop
            # Begun before the page is told that the stream is there: it misses nothing from then on.
            self._looking = loop.create_task(self._look(LiveChanges(self._study)))
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        with suppress(ValueError):
            self._open.remove(stream)

    def end(self) -> None:
        """End all streams, and take no more: the service stops. May be called from a signal handler."""
        self._stopped = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for each in self._open:
            each.end("stopped")

    async def _look(self, changes: LiveChanges) -> None:
        try:
            while self._open and not self._stopped:
                await asyncio.sleep(LOOK_SECONDS)
                try:
                    found, access = await run_in_threadpool(changes.look)
                except CothemesError:
                    # The records are busy or away for a moment; what changed is found at the next look.
                    continue
                if found or access:
                    for each in tuple(self._open):
                        each.add(found, access)
        finally:
            changes.close()


@router.get("/events")
async def events(
    request: Request,
    asking: Asking,
    seconds: Annotated[float | None, Query(ge=0, le=24 * 3600)] = None,
) -> Response:
    """Say that something changed, as it changes; after so many seconds the stream ends."""
    streams: Streams = request.app.state.streams
    if streams.full:
        return answer(
            503, "too-many-streams", "too many streams are open", "Ask again later.", {"Retry-After": "30"}
        )
    return StreamingResponse(
        _messages(request, streams, asking, seconds), media_type="text/event-stream", headers=_HEADERS
    )


async def _messages(
    request: Request, streams: Streams, asking: Visitor, seconds: float | None
) -> AsyncIterator[str]:
    stream = streams.open(asking)
    until = None if seconds is None else monotonic() + seconds
    said: dict[str, float] = {}
    checked = monotonic()
    stream.ready.set()
    begun = False
    try:
        while True:
            pause = HEARTBEAT_SECONDS
            now = monotonic()
            if stream.waiting:
                pause = max(
                    0.0, min(said.get(each.kind, 0.0) + APART_SECONDS - now for each in stream.waiting)
                )
            if until is not None:
                pause = max(0.0, min(pause, until - now))
            silent = not await _set_within(stream.ready, pause)
            stream.ready.clear()
            now = monotonic()
            if stream.check or now - checked >= HEARTBEAT_SECONDS:
                stream.check, checked = False, now
                try:
                    stream.visitor = await visitor(request)
                except CothemesError:
                    yield _message("ended", {"why": "logged-out"})
                    return
            if not begun:
                begun, silent = True, False
                yield _message("ready", {})
            if stream.ended or (until is not None and now >= until):
                yield _message("ended", {"why": stream.ended or "time"})
                return
            user = stream.visitor.user
            due = [each for each in stream.waiting if now - said.get(each.kind, 0.0) >= APART_SECONDS - 0.001]
            for each in due:
                del stream.waiting[each]
                if each.is_for(user.name, user.roles):
                    said[each.kind] = now
                    silent = False
                    yield _message(
                        "change", {"kind": each.kind.value, **({"id": each.id} if each.id else {})}
                    )
            if silent and not stream.waiting:
                yield ": still here\n\n"
    finally:
        streams.close(stream)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _message(name: str, data: dict[str, str]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
