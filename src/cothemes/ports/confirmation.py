"""What is asked of the records about calls that a person settles by the provider's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from cothemes.records.confirmation import Confirmation, Lost, Which

Judge = Callable[[Sequence[Lost]], Sequence[int]]
"""Takes the lost calls as of the moment of writing; gives what each is settled at, or raises."""


class ConfirmationStore(Protocol):
    """Append-only: what was settled, with what stood there before."""

    def lost(self, which: Which) -> list[Lost]:
        """Calls with something open, in the order in which they were first intended."""

    def reconcile(
        self, which: Which, judge: Judge, *, by: str, note: str, at: datetime
    ) -> list[Confirmation]:
        """One lot, in one transaction: the calls count for what `judge` says, and the sums that caps are
        held against move with them. Raises what `judge` raises, and then nothing is changed."""

    def take_back(
        self, lot: int, judge: Callable[[Sequence[Lost]], None], *, by: str, note: str, at: datetime
    ) -> list[Confirmation]:
        """One more lot that undoes another: its calls count for what stood open before. Raises what `judge`
        raises; empty where there is no such lot, or it was taken back or is one that takes back."""

    def all(self) -> list[Confirmation]:
        """Return all confirmations, in the order they were stored."""
