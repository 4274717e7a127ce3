"""What is asked of the records of settled disagreements and of memos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cothemes.records.adjudication import Settlement
from cothemes.records.memo import Memo


class SettlementStore(Protocol):
    """Rulings where readers disagreed; append-only."""

    def append(self, made: Sequence[Settlement]) -> None:
        """Durable when it returns. A record with a known id changes nothing."""

    def all(self, *, passage: str | None = None) -> list[Settlement]:
        """Return all rulings, in the order they were stored."""

    def readers(self, *, round_name: str | None = None) -> dict[str, set[str]]:
        """Passage → readers whose codes were in view, in any round or one. No code is loaded: a blind reader
        may ask this."""


class MemoStore(Protocol):
    """The researcher's memos, version by version."""

    def append(self, memo: Memo) -> None:
        """Durable when it returns. A version with a known id changes nothing."""

    def all(self, *, by: str | None = None, passage: str | None = None) -> list[Memo]:
        """Every version, in the order they were stored."""
