"""What is asked of the records of decisions that were copied between passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cothemes.records.copied_decision import CopiedDecision


class CopiedDecisionStore(Protocol):
    """Marks of copied decisions; append-only."""

    def append(self, made: Sequence[CopiedDecision]) -> None:
        """Durable when it returns, all or none."""

    def origins(self) -> Mapping[str, str]:
        """Return id of a copied decision → passage that was read."""
