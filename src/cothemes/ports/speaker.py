"""What is asked of the records about speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.speaker import SpeakerEntry


class SpeakerStore(Protocol):
    """Entries of people about speakers; append-only."""

    def settle(
        self,
        entries: Sequence[SpeakerEntry],
        laid_over: Sequence[tuple[Document, Sequence[Passage]]],
        facts: Mapping[str, str],
    ) -> None:
        """Store entries with the documents, current passages and facts that they lead to: all or nothing."""

    def of(self, document: str) -> list[SpeakerEntry]:
        """Return a document's entries in the order they were stored."""

    def all(self) -> list[SpeakerEntry]:
        """Return every entry in the order they were stored."""
