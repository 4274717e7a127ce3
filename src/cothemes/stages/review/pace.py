"""How fast a reviewer works, idle time left out: a pause for tea must not turn into an estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace

IDLE_SECONDS = 120.0
"""A longer gap between two keys is a pause; none of it counts."""
LEAST = 3
"""Passages that must be finished before a rate is said."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Working time by the gaps between keys. Times are seconds of a clock that never goes back."""

    last: float
    worked: float = 0.0
    """Seconds."""
    finished: int = 0

    def key(self, now: float) -> Pace:
        """Return the pace after a key."""
        gap = now - self.last
        worked = self.worked + (gap if 0 <= gap <= IDLE_SECONDS else 0)
        return replace(self, last=now, worked=worked)

    def finish(self, change: int = 1) -> Pace:
        """Return the pace after a passage was finished; -1 where that was taken back."""
        return replace(self, finished=max(self.finished + change, 0))

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
