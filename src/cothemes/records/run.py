"""A run of a coder: who spoke, with which words and settings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from cothemes.records.record import Record


class RunState(StrEnum):
    """States of a run."""

    RUNNING = "running"
    FINISHED = "finished"
    PARTIAL = "partial"
    """Ended with failed or unread passages."""
    STOPPED = "stopped"
    """Stopped by the user, a budget or a fault; continues when started again."""
    WAITING = "waiting"
    """Batches are under way at the provider; the same command collects them."""
    CANCELLED = "cancelled"
    """Cancelled by `cancel`; continues when started again."""


class Run(Record):
    """One configuration of one coder, resumed under the same id until it is finished."""

    id: str
    """Short and readable, e.g. `r0007`."""
    coder: str
    """`offline` or `llm`."""
    rater: str
    """The name its ratings carry: `MODEL@PROMPT#RUN` or `offline@N#RUN`."""
    configuration: str
    """Hash of everything that decides what the coder says: another hash is another rater."""
    codebook_hash: str
    codebook_version: str = ""
    model: str = ""
    prompt: str = ""
    """Name and hash of the template, e.g. `propose.v1:3fa9…`."""
    started: datetime
    finished: datetime | None = None
    state: RunState = RunState.RUNNING
    details: dict[str, Any] = {}
    """Parameters, versions, counts of outcomes."""


class CallState(StrEnum):
    """States of a paid call."""

    INTENDED = "intended"
    """Written down before the request left; a reply may or may not have been paid for."""
    REPLIED = "replied"
    FAILED = "failed"


class Call(Record):
    """One row of the ledger."""

    key: str
    """sha256 of endpoint, canonical request body as sent, stage and repeat number."""
    run: str
    passage: str
    text_version: str = ""
    """Version of the document whose words were sent; empty for a call of no passage."""
    stage: str
    repeat: int = 0
    retry: int = 0
    """Counts runs that ended badly for the passage before: each later one asks anew."""
    endpoint: str
    request: str
    """Canonical JSON of the body; parts that all calls of a run share may stand as `{"sha256": …}`, and then
    the run's details hold them."""
    state: CallState
    reply: str | None = None
    """JSON: `text`, `finish_reason`, `refusal`, and `raw`, the provider's own reply as it came."""
    error: str = ""
    model: str = ""
    """The name that the reply gave."""
    input_tokens: int | None = None
    """Those read from the provider's cache are among them."""
    cached_tokens: int | None = None
    output_tokens: int | None = None
    currency: str = ""
    """Currency of the amounts; empty where no price is known."""
    cost_nanos: int | None = None
    """Cost by the provider's own count of tokens, billionths; None where price or count is unknown."""
    reserved_nanos: int = 0
    """The most that the request under way may cost."""
    unconfirmed_nanos: int = 0
    """Reserved for requests whose reply was lost: they may have been paid for."""
    settled_nanos: int = 0
    """Cost of lost requests by the provider's page, as a person said, billionths."""
    owner: str = ""
    """The process that is asking."""
    intended_at: datetime
    replied_at: datetime | None = None
    attempts: int = 1
