"""Failed logins, counted so that passwords cannot be guessed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from cothemes.errors import TooManyTries

WINDOW_SECONDS = 300.0
OF_NAME, OF_ADDRESS = 10, 40
"""Failures within the window after which a name, or an address, has to wait."""
MOST_KEYS = 20_000


class LoginTries:
    """Counts in memory: one process serves a study. `now`: seconds of a clock that never goes back."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._failures: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._turn = Lock()

    def check(self, name: str, address: str) -> None:
        """Raise TooManyTries where the name or the address has to wait."""
        with self._turn:
            waits = [self._wait(key, limit) for key, limit in _keys(name, address)]
        if (seconds := max(waits)) > 0:
            raise TooManyTries(
                "too many failed logins",
                hint=f"Try again in {int(seconds) + 1} seconds.",
                seconds=int(seconds) + 1,
            )

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""
        with self._turn:
            if len(self._failures) > MOST_KEYS:
                self._sweep()
            for key, _ in _keys(name, address):
                self._failures[key].append(self._now())

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._turn:
            self._failures.pop(("name", name.casefold()), None)

    def _wait(self, key: tuple[str, str], limit: int) -> float:
        times = self._failures.get(key)
        if times is None:
            return 0.0
        while times and times[0] <= self._now() - WINDOW_SECONDS:
            times.popleft()
        if not times:
            del self._failures[key]
            return 0.0
        return times[-limit] + WINDOW_SECONDS - self._now() if len(times) >= limit else 0.0

    def _sweep(self) -> None:
        for key in list(self._failures):
            self._wait(key, 1)


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    """What failures are counted by. Without a name only the address counts: else a few strangers could keep
    everybody out.
    """
    of_address = (("address", address), OF_ADDRESS)
    return ((("name", name.casefold()), OF_NAME), of_address) if name else (of_address,)
