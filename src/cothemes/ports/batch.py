"""What is asked of a provider's Batch API, and of the records of batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from cothemes.errors import ModelError
from cothemes.records.batch import Batch, Seen, Upload, Waiting
from cothemes.records.run import Call

if TYPE_CHECKING:
    from cothemes.ports import ChatReply


@dataclass(frozen=True)
class Answered:
    """One line of a result file: a reply, or why there is none."""

    key: str
    """The `custom_id` that went with the request; empty where the line names none."""
    reply: ChatReply | None = None
    error: ModelError | None = None


class BatchService(Protocol):
    """A provider's Batch API. Every method raises ModelError where the provider does not do it."""

    @property
    def endpoint(self) -> str:
        """Endpoint of the chat API that batches are for, as in the ledger."""

    def line(self, key: str, body: dict[str, Any]) -> bytes:
        """One line of an input file, with its line end."""

    def upload(self, name: str, content: BinaryIO) -> str:
        """The id of the input file."""

    def uploads(self) -> list[Upload]:
        """Input files that lie at the provider."""

    def submit(self, file: str, tag: str, run: str) -> Seen:
        """Ask for a batch that carries its tag. Asked once: never tried again here."""

    def recent(self, since: float) -> list[Seen]:
        """Batches that were made after a time (seconds since 1970), oldest first."""

    def look(self, batch: str) -> Seen: ...

    def cancel(self, batch: str) -> Seen:
        """Ask that no further request of it be made."""

    def answers(self, file: str) -> Iterator[Answered]:
        """The lines of a result file, one after the other."""

    def keys_at(self, file: str, lines: Collection[int]) -> dict[int, str]:
        """The `custom_id` in some lines of an input file, counted from 1."""

    def delete(self, file: str) -> None:
        """One that is not there is deleted already."""


class BatchStore(Protocol):
    """Batches, and the calls of the ledger that wait in them."""

    def put(self, batch: Batch) -> None:
        """Store a batch, or its new state; on disk when it returns."""

    def all(self, *, run_id: str | None = None) -> list[Batch]:
        """Return all batches, in the order in which they were intended."""

    def calls_of(self, tag: str) -> list[Call]:
        """Calls that wait in a batch."""

    def waiting(self) -> list[Waiting]:
        """Return what waits in each batch that is under way."""

    def passages(self, *, run_id: str | None = None) -> set[str]:
        """Passages with a call that waits in a batch."""
