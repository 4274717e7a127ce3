"""What is asked of the records of changes to the codebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cothemes.records.revision import Revision


class RevisionStore(Protocol):
    """Notes and decisions of people about the codebook; append-only."""

    def append(self, made: Sequence[Revision]) -> None:
        """Durable when it returns. A record with a known id changes nothing."""

    def all(self) -> list[Revision]:
        """Return all revisions, in the order they were stored."""
