"""The machine's clock behind its port, so that everything else can be given another time."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Now, in UTC, with a zone."""
        return datetime.now(UTC)
