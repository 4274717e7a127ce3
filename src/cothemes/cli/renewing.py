"""Renews suggestions and order while people review, in another process, so that no screen waits for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.review import Action

SECONDS = 30.0
"""Time between two looks at how much was finished."""
GROWTH = 0.25
"""Least growth of what was finished: ten times as many passages are renewed eleven times, not a hundred."""
Start = Callable[[], "subprocess.Popen[bytes]"]


class Renewal:
    """Starts `renew` when enough passages were finished since the last time, one at a time."""

    def __init__(self, after: int, finished: int, start: Start) -> None:
        self._after = after
        self._known = finished
        self._start = start
        self._running: subprocess.Popen[bytes] | None = None

    def look(self, finished: int) -> bool:
        """Start it if it is due, and return whether it was started."""
        if self._running is not None and self._running.poll() is None:
            return False
        if finished - self._known < max(self._after, GROWTH * self._known):
            return False
        self._known = finished
        self._running = self._start()
        return True


@contextmanager
def renewing(study: Study, seconds: float = SECONDS) -> Iterator[None]:
    """Renew while the block runs, where the settings say after how many finished passages."""
    after = study.settings.route.renew_after
    if not after:
        yield
        return
    ended = Event()
    beside = study.beside()
    renewal = Renewal(after, _finished(beside), lambda: _renew(study))

    def watch() -> None:
        while not ended.wait(seconds):
            try:
                renewal.look(_finished(beside))
            except CothemesError:
                # A busy or forgotten study: the next look may find it ready.
                continue

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _finished(study: Study) -> int:
    return len(study.store.reviews.decisions(acts=[Action.DONE]))


def _renew(study: Study) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cothemes", "-C", str(study.root), "renew", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
