"""What a person said of two names under which readings or ratings are stored."""

from __future__ import annotations

from datetime import datetime

from cothemes.records.record import Record


class RaterIdentity(Record):
    """One statement of one person; never changed, never deleted."""

    id: str
    """UUIDv7, so that two copies of a study merge."""
    at: datetime
    by: str
    """A registered person; empty where no one was named."""
    name: str
    into: str
    """The name that counts for both, where they are one person's."""
    same: bool
    """Whether the two names are one person's."""
    reason: str = ""
    takes_back: str | None = None
    """The statement that this one takes back."""
