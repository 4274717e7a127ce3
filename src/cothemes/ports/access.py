"""What is asked of the records about access to the study's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cothemes.records.access import Access, SentCalls


class AccessStore(Protocol):
    """The access log; only ever grows."""

    def append(self, entries: Sequence[Access]) -> None:
        """Store entries, durable when it returns. An entry with a known id changes nothing."""

    def all(self) -> list[Access]:
        """Return every entry in the order they were stored."""

    def sent(self) -> list[SentCalls]:
        """Return the requests that may have arrived, by run and endpoint, oldest first."""
