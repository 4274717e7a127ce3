"""How fast a reviewer works, idle time left out: a pause for tea must not turn into an estimate."""

from __future__ import annotations

IDLE_SECONDS = 120.0
"""A longer gap between two keys is a pause; none of it counts."""
LEAST = 3
"""Passages that must be finished before a rate is said."""


class Pace:
    """Working time by the gaps between keys. Times are seconds of a clock that never goes back."""

    def __init__(self, now: float) -> None:
        self._last = now
        self.worked = 0.0
        """Seconds."""
        self.finished = 0

    def key(self, now: float) -> None:
        """A key was pressed."""
        gap = now - self._last
        if 0 <= gap <= IDLE_SECONDS:
            self.worked += gap
        self._last = now

    def finish(self, change: int = 1) -> None:
        """A passage was finished; -1 where that was taken back."""
        self.finished = max(self.finished + change, 0)

    @property
    def per_minute(self) -> float | None:
        """Passages finished per minute of work; None while too few are."""
        if self.finished < LEAST or self.worked <= 0:
            return None
        return 60 * self.finished / self.worked

    def minutes_left(self, waiting: int) -> float | None:
        """Return the minutes of work left, at this rate."""
        rate = self.per_minute
        return None if rate is None else waiting / rate


def in_words(minutes: float) -> str:
    """`under 1 min`, `40 min`, `2 h 10`, `31 h`."""
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes:.0f} min"
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02d}" if hours < 10 else f"{hours} h"
