"""Whether what was read from the records still holds."""

from __future__ import annotations

from typing import Protocol


class ChangeStore(Protocol):
    """Counts of what was written, by whichever process."""

    def mark(self, *, decisions: bool = False) -> str:
        """Return a word that differs once anything was written but decisions, leases and payments; with
        `decisions`, also once anybody decided or accepted anything.
        """
