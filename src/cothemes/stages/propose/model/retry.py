"""When to ask again, and how long to wait first: the one place that decides it.

Asked again is what was certainly not paid for, and only a few times: too many requests, a server that failed,
a connection that could not be made. A call that was cut off, timed out, or was lost behind a gateway may have
been paid for: it is not asked again here. Where the service is down for all, a run pauses.
"""

from __future__ import annotations

from cothemes.errors import ModelError, ModelFault
from cothemes.records.record import Record


class Patience(Record):
    """Limits of how long a run waits for a service."""

    attempts: int = 4
    """Requests for one passage in one run, the first included."""
    first_wait: float = 1.0
    """Seconds before the second request; doubled each time."""
    longest_wait: float = 60.0
    """A service that asks for more is left alone until the next run."""

    def wait(self, error: ModelError, attempt: int, spread: float, free: bool = False) -> float | None:
        """Seconds to wait after the failed `attempt` (1, 2, …), None to give up.

        `spread` (0 to 1) keeps calls that failed together from coming back together. Retry-After is honoured:
        never less is waited than the service asked for. `free`: asking costs nothing, whatever came of it.
        """
        passes = error.fault.passes or (free and error.fault is ModelFault.TIMEOUT)
        if not passes or attempt >= self.attempts or (error.maybe_paid and not free):
            return None
        own = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        asked = error.retry_after or 0.0
        if asked > self.longest_wait:
            return None
        return max(asked, own * 0.5) + own * 0.5 * spread
