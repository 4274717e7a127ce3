"""Events that a study sends to other programs, and how far their delivery is.

An event has ids, counts and names of the study. It has no words of texts, no codes that were given, and no
person's decisions: `tests/unit/events/test_payloads.py` looks through every kind.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from cothemes.records.record import Moment, Record


class EventType(StrEnum):
    """The closed list of events."""

    RUN_ENDED = "run.ended"
    """A run of a coder came to its end."""
    RUN_STOPPED = "run.stopped"
    """A run stopped before its end."""
    BUDGET_REACHED = "budget.reached"
    """A run stopped because the next call could exceed a budget."""
    DOCUMENTS_ADDED = "documents.added"
    """Documents were read."""
    CODEBOOK_CHANGED = "codebook.changed"
    """The codebook differs from the one that was in use before."""
    QUEUE_EMPTY = "queue.empty"
    """A reviewer has finished everything assigned to them."""
    ROUND_COMPLETE = "round.complete"
    """Everybody has finished a round."""
    DISPUTES_OPENED = "disputes.opened"
    """Finished passages were coded differently and wait for a ruling."""
    DISPUTES_RULED = "disputes.ruled"
    """No passage of a round waits for a ruling any more."""
    PASSAGE_DONE = "passage.done"
    """A reading of a passage was finished. Sent only to endpoints that name it."""
    TEST = "webhook.test"
    """Somebody tried an endpoint."""


class RunEnded(Record):
    """Data of `run.ended`."""

    run: str
    coder: str
    """`offline` or `llm`."""
    state: Literal["finished", "partial"]
    """`partial`: passages failed or were not read."""
    outcomes: dict[str, int]
    """Outcome → passages."""


class RunStopped(Record):
    """Data of `run.stopped`."""

    run: str
    coder: str
    reason: Literal["budget", "user", "cancelled", "service", "unfinished", "fault"]
    """`user`: Ctrl-C. `service`: the model's service failed. `unfinished`: passages are left that were not
    asked about. `fault`: an error of the program."""
    outcomes: dict[str, int]
    """Outcome → passages."""


class BudgetReached(Record):
    """Data of `budget.reached`."""

    run: str


class DocumentsAdded(Record):
    """Data of `documents.added`."""

    added: int
    documents: int
    """Documents of the study, these included."""


class CodebookChanged(Record):
    """Data of `codebook.changed`."""

    codebook: str
    """Id of the codebook."""
    version: str
    hash: str
    """Its first 12 characters."""
    codes: int


class QueueEmpty(Record):
    """Data of `queue.empty`."""

    reviewer: str
    done: int
    """Readings finished, in all rounds."""


class RoundComplete(Record):
    """Data of `round.complete`."""

    round: str
    readings: int
    passages: int


class DisputesOpened(Record):
    """Data of `disputes.opened`."""

    round: str
    opened: int
    """Passages that came into dispute since the last event."""
    waiting: int
    """Passages of the round that wait for a ruling."""


class DisputesRuled(Record):
    """Data of `disputes.ruled`."""

    round: str
    ruled: int
    """Passages of the round on which everything in dispute was ruled."""


class PassageDone(Record):
    """Data of `passage.done`."""

    passage: str
    round: str
    done: int
    """Finished readings of the passage in the round."""
    readings: int
    """Readings assigned."""


class EndpointTried(Record):
    """Data of `webhook.test`."""

    endpoint: str


class StudyName(Record):
    """The study that an event is from."""

    id: str
    """Id that all copies of the study share."""
    title: str


class Message(Record):
    """The body of every webhook."""

    timestamp: Moment
    """When it happened."""
    study: StudyName


class RunEndedMessage(Message):
    """A run of a coder came to its end."""

    type: Literal[EventType.RUN_ENDED] = EventType.RUN_ENDED
    data: RunEnded


class RunStoppedMessage(Message):
    """A run stopped before its end."""

    type: Literal[EventType.RUN_STOPPED] = EventType.RUN_STOPPED
    data: RunStopped


class BudgetReachedMessage(Message):
    """A run stopped because the next call could exceed a budget."""

    type: Literal[EventType.BUDGET_REACHED] = EventType.BUDGET_REACHED
    data: BudgetReached


class DocumentsAddedMessage(Message):
    """Documents were read."""

    type: Literal[EventType.DOCUMENTS_ADDED] = EventType.DOCUMENTS_ADDED
    data: DocumentsAdded


class CodebookChangedMessage(Message):
    """The codebook differs from the one that was in use before."""

    type: Literal[EventType.CODEBOOK_CHANGED] = EventType.CODEBOOK_CHANGED
    data: CodebookChanged


class QueueEmptyMessage(Message):
    """A reviewer has finished everything assigned to them."""

    type: Literal[EventType.QUEUE_EMPTY] = EventType.QUEUE_EMPTY
    data: QueueEmpty


class RoundCompleteMessage(Message):
    """Everybody has finished a round."""

    type: Literal[EventType.ROUND_COMPLETE] = EventType.ROUND_COMPLETE
    data: RoundComplete


class DisputesOpenedMessage(Message):
    """Finished passages were coded differently and wait for a ruling."""

    type: Literal[EventType.DISPUTES_OPENED] = EventType.DISPUTES_OPENED
    data: DisputesOpened


class DisputesRuledMessage(Message):
    """No passage of a round waits for a ruling any more."""

    type: Literal[EventType.DISPUTES_RULED] = EventType.DISPUTES_RULED
    data: DisputesRuled


class PassageDoneMessage(Message):
    """A reading of a passage was finished."""

    type: Literal[EventType.PASSAGE_DONE] = EventType.PASSAGE_DONE
    data: PassageDone


class TestMessage(Message):
    """Somebody tried an endpoint."""

    __test__ = False
    type: Literal[EventType.TEST] = EventType.TEST
    data: EndpointTried


AnyMessage = Annotated[
    RunEndedMessage
    | RunStoppedMessage
    | BudgetReachedMessage
    | DocumentsAddedMessage
    | CodebookChangedMessage
    | QueueEmptyMessage
    | RoundCompleteMessage
    | DisputesOpenedMessage
    | DisputesRuledMessage
    | PassageDoneMessage
    | TestMessage,
    Field(discriminator="type"),
]
MESSAGES: TypeAdapter[AnyMessage] = TypeAdapter(AnyMessage)
"""Reads any message, and has the JSON Schema of all."""


class ChangeKind(StrEnum):
    """Changes of the records that the database itself notes, in the transaction that makes them."""

    RUN = "run"
    """A run was begun or its state changed: `detail` is the state, `reason` what ended it."""
    DONE = "done"
    """A reading was finished."""
    REOPENED = "reopened"
    """A finished reading was opened again, or `done` was taken back."""
    ASSIGNED = "assigned"
    """A reading was given to another person."""
    DOCUMENT = "document"
    """A text was stored: `detail` is `added` or `corrected`."""
    RULING = "ruling"
    """Something was recorded in adjudication."""


class Change(Record):
    """A change, by ids."""

    stored: int
    """Number in the order of changes."""
    at: Moment
    kind: ChangeKind
    subject: str
    """Id of the run, passage or document."""
    by: str = ""
    round: str = ""
    detail: str = ""
    reason: str = ""


class Event(Record):
    """An event as it is sent, however often."""

    id: str
    """Also the header `webhook-id`: the same at each attempt."""
    key: str
    """The same for the same occurrence, so that no event is stored twice."""
    type: EventType
    at: Moment
    body: str
    """JSON, as it is signed and sent."""


class DeliveryState(StrEnum):
    """States of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; `webhooks retry` sends it again."""


class Delivery(Record):
    """An event on its way to one endpoint."""

    event: str
    endpoint: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    due: Moment
    """Not tried before."""
    claimed: Moment | None = None
    """Until when a process has it in hand."""
    last: Moment | None = None
    """Time of the last attempt."""
    status: int | None = None
    """HTTP status of the last answer; None where none came."""
    told: str = ""
    """What the last attempt came to."""


class EndpointNote(Record):
    """What the records know of an endpoint of the settings."""

    name: str
    url: str
    disabled: Moment | None = None
    """Since when nothing is sent to it: it answered 410."""


class Reply(Record):
    """Result of one attempt to send."""

    status: int | None = None
    """HTTP status; None where no answer came."""
    told: str = ""
    """Why no answer came."""
    retry_after: float | None = None
    """Seconds that the receiver asked to wait."""
