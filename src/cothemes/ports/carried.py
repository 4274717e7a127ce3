"""What is asked of the records about things that imported projects brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from cothemes.records.carried import Carried


class CarriedStore(Protocol):
    """Things of imported projects, kept for their way back."""

    def put(self, things: Sequence[Carried], *, gone: Collection[str] = ()) -> None:
        """Store things in place of those of the same id, and remove those that are gone: all or nothing."""

    def all(self) -> list[Carried]:
        """Return all, in the order in which they came."""
