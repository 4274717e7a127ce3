"""What is asked of the records of suggestions that were accepted without being read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cothemes.records.acceptance import Acceptance, Certification, Revocation


class AcceptanceStore(Protocol):
    """Looks, certificates and what was accepted under them; append-only."""

    def next_name(self) -> str:
        """Return `a0001`, `a0002`, …: each is given out once."""

    def append(self, certification: Certification | None, accepted: Sequence[Acceptance] = ()) -> None:
        """Store all or nothing; durable when it returns. A record with a known id changes nothing."""

    def revoke(self, revocation: Revocation) -> None:
        """Durable when it returns."""

    def certifications(self) -> list[Certification]:
        """Return every look, in the order they were stored, with the ids that codes have now."""

    def accepted(self) -> list[Acceptance]:
        """Return every acceptance, in the order they were stored, with the ids that codes have now."""

    def on(self, passage: str) -> bool:
        """Return whether anything was ever accepted on a passage."""

    def revocations(self) -> list[Revocation]:
        """Return what was taken back, in the order it was stored."""
