"""Requests that are handed to a provider together: answered within a day, at a lower price.

A batch is written down with its tag before anything of it leaves, and so is every call in it. The tag goes
with it: a batch whose id was never heard is found again by it and is not handed in a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cothemes.records.record import Record

OWNER = "batch:"
"""Begins the owner of a call that waits in a batch; the tag follows."""
MOST_REQUESTS = 50_000
"""Most requests of one batch, by the documentation of OpenAI's Batch API."""
MOST_BYTES = 200_000_000
"""Most bytes of one input file, by the same documentation."""


class BatchState(StrEnum):
    """States of a batch in the study."""

    INTENDED = "intended"
    """Written down; its input file may have been uploaded, the batch was not asked for."""
    ASKED = "asked"
    """The batch was asked for; whether it was made is not known."""
    SUBMITTED = "submitted"
    """The provider works on it."""
    ENDED = "ended"
    """The outcome of every call in it is in the ledger."""
    DROPPED = "dropped"
    """Never made; its calls are free again."""

    @property
    def open(self) -> bool:
        """Return whether calls may wait in it."""
        return self in (BatchState.INTENDED, BatchState.ASKED, BatchState.SUBMITTED)


class Batch(Record):
    """One batch of one run."""

    tag: str
    """Goes to the provider with the batch and in the name of its input file."""
    run: str
    endpoint: str
    """Endpoint of the model that is asked, as in the ledger."""
    state: BatchState = BatchState.INTENDED
    requests: int = 0
    size: int = 0
    """Bytes of the input file."""
    provider_id: str = ""
    """The provider's id of the batch."""
    status: str = ""
    """The provider's own word, as last seen."""
    completed: int = 0
    """Requests answered, by the provider's count as last seen."""
    failed: int = 0
    """Requests that brought no reply, by the same."""
    input_file: str = ""
    output_file: str = ""
    error_file: str = ""
    detail: str = ""
    """Message that says what was wrong, in one line without the provider's words."""
    cleared: bool = False
    """True if nothing of it lies at the provider any more that could be deleted."""
    intended_at: datetime
    asked_at: datetime | None = None
    seen_at: datetime | None = None
    """Time when the provider was last asked about it."""
    ended_at: datetime | None = None

    @property
    def owner(self) -> str:
        """Return what stands as owner of its calls."""
        return owner_of(self.tag)


def owner_of(tag: str) -> str:
    """Return what stands as owner of the calls in a batch."""
    return f"{OWNER}{tag}"


class Waiting(Record):
    """Calls that wait in one batch, by the ledger."""

    tag: str
    calls: int
    reserved_nanos: int
    currency: str


@dataclass(frozen=True)
class Complaint:
    """Fault that a provider found in an input file."""

    code: str
    message: str
    line: int | None = None
    """Counted from 1; None where it is about the whole."""


@dataclass(frozen=True)
class Seen:
    """A batch as its provider describes it."""

    id: str
    status: str
    tag: str = ""
    input_file: str = ""
    output_file: str = ""
    error_file: str = ""
    total: int = 0
    completed: int = 0
    failed: int = 0
    created: float = 0.0
    """Seconds since 1970."""
    complaints: tuple[Complaint, ...] = ()

    @property
    def over(self) -> bool:
        """Return whether nothing more will come of it."""
        return self.status in ("failed", "completed", "expired", "cancelled")


@dataclass(frozen=True)
class Upload:
    """An input file that lies at the provider."""

    id: str
    name: str
