"""What is asked of the records about work in hand over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cothemes.records.claim import AnsweredAct, Claim


class ClaimStore(Protocol):
    """Leases on passages, and acts that were answered."""

    def claim(self, claim: Claim, now: datetime, *, take_over: bool = False) -> bool:
        """Take a passage, or extend the lease on it; False while another holder's lease runs. With
        `take_over`, the lease of another holder moves to this one.
        """

    def release(self, reviewer: str, passage: str, holder: str) -> None:
        """End a lease; nothing happens where the holder has none."""

    def held(self, reviewer: str, now: datetime) -> list[Claim]:
        """Return the reviewer's leases that run."""

    def answered(self, reviewer: str, key: str) -> AnsweredAct | None:
        """Return the act done under this key."""

    def answer(self, act: AnsweredAct) -> None:
        """Keep an act that was done."""

    def sweep(self, before: datetime) -> None:
        """Forget leases that ended, and acts that were done, before a time."""
