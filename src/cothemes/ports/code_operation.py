"""What is asked of the records of operations on codes, and of drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cothemes.records.code_operation import DraftRecord, Operation


class OperationStore(Protocol):
    """Operations of people on codes; append-only."""

    def append(self, made: Sequence[Operation]) -> None:
        """Durable when it returns. A record with a known id changes nothing."""

    def all(self) -> list[Operation]:
        """Return all operations, in the order they were stored."""

    def names_in(self, codebook_hash: str) -> Mapping[str, str]:
        """Return visible ids in a kept codebook → ids that these codes have now, where they differ."""

    def identities_in(self, codebook_hash: str) -> Mapping[str, str] | None:
        """Return visible ids of a kept codebook → permanent ids; None where it is not kept."""

    def worked_on(self) -> frozenset[str]:
        """Return permanent ids of the codes that decisions, rulings, suggestions, memos or imported ratings
        name.
        """


class DraftStore(Protocol):
    """Acts on draft codes; append-only."""

    def append(self, made: Sequence[DraftRecord]) -> None:
        """Durable when it returns. A record with a known id changes nothing."""

    def all(self) -> list[DraftRecord]:
        """Return all acts, in the order they were stored."""
