"""What cothemes asks of the world outside, as small Protocols. Adapters answer; stages only ask.

What is asked of the study's records stands in `stores`, `discussion`, `revision` and `speaker`, of batches in
`batch`, of processes at work in `work`; all are given on here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cothemes.ports.acceptance import AcceptanceStore
from cothemes.ports.access import AccessStore
from cothemes.ports.batch import Answered, BatchService, BatchStore
from cothemes.ports.carried import CarriedStore
from cothemes.ports.change import ChangeStore
from cothemes.ports.claim import ClaimStore
from cothemes.ports.code_operation import DraftStore, OperationStore
from cothemes.ports.confirmation import ConfirmationStore, Judge
from cothemes.ports.copied_decision import CopiedDecisionStore
from cothemes.ports.discussion import MemoStore, SettlementStore
from cothemes.ports.event import EventStore, Pulse, WebhookSender
from cothemes.ports.login_provider import LoginProvider
from cothemes.ports.revision import RevisionStore
from cothemes.ports.speaker import SpeakerStore
from cothemes.ports.stores import (
    CodebookStore,
    DocumentStore,
    EmbeddingStore,
    Ledger,
    MetaStore,
    PassageStore,
    PrivacyStore,
    RatingStore,
    ReviewStore,
    RunStore,
)
from cothemes.ports.user import UserStore
from cothemes.ports.work import WorkStore
from cothemes.records.source import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "AcceptanceStore",
    "AccessStore",
    "Answered",
    "BatchService",
    "BatchStore",
    "CarriedStore",
    "ChangeStore",
    "ChatModel",
    "ChatReply",
    "ClaimStore",
    "Clock",
    "CodebookStore",
    "ConfirmationStore",
    "CopiedDecisionStore",
    "DocumentStore",
    "DraftStore",
    "Embedder",
    "EmbeddingReply",
    "EmbeddingService",
    "EmbeddingStore",
    "EventStore",
    "Ids",
    "Judge",
    "Ledger",
    "LoginProvider",
    "MemoStore",
    "MetaStore",
    "OperationStore",
    "PassageStore",
    "PrivacyStore",
    "Progress",
    "Pulse",
    "RatingStore",
    "Reader",
    "ReviewStore",
    "RevisionStore",
    "RunStore",
    "SettlementStore",
    "SpeakerStore",
    "UserStore",
    "VectorIndex",
    "WebhookSender",
    "WorkStore",
]

Progress = Callable[[int], None]
"""Called with the number of items finished since the last call."""


class Clock(Protocol):
    """The time, in UTC, with a zone."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """Ids that no other copy of the study gives out: UUIDv7 as text."""

    def new(self) -> str: ...


class Embedder(Protocol):
    """Texts to vectors."""

    @property
    def name(self) -> str:
        """Names model and settings: vectors under another name are never compared."""

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """(texts × dimension), each row of length 1, in the order of `texts`."""


class EmbeddingReply(Protocol):
    """Vectors of one request, as a service returned them."""

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Texts × dimension, rows of length 1, in the order of the texts."""

    @property
    def model(self) -> str:
        """The model's name by the service."""

    @property
    def tokens(self) -> int | None:
        """Tokens of the texts, where the service counts them."""


class EmbeddingService(Embedder, Protocol):
    """An embedder on another machine. Its `embed` is closed: texts go out by `send`, once they may."""

    @property
    def model(self) -> str:
        """The model's name as prices know it, `PROVIDER:NAME`."""

    @property
    def endpoint(self) -> str:
        """Scheme, host, port and path; no key in it."""

    def body(self, texts: Sequence[str]) -> dict[str, Any]:
        """The JSON of the request."""

    def send(self, body: Mapping[str, Any]) -> EmbeddingReply:
        """One request for a body that `body()` made; threads may send at once. Raises ModelError."""


class VectorIndex(Protocol):
    """Nearest neighbours by cosine. A cache: always to be made anew from the records."""

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32], texts: Sequence[str] = ()) -> None:
        """Store vectors; an id that is there keeps its new vector. `texts`: hashes of the texts that the
        vectors were made from.
        """

    def remove(self, ids: Sequence[str]) -> None: ...

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Up to k (id, cosine), best first."""

    def ids(self) -> set[str]: ...

    def texts(self) -> dict[str, str]:
        """Return id → hash of the text that its vector was made from; empty where it is not known."""

    def clear(self) -> None: ...


class Reader(Protocol):
    """A file to neutral lines, one Source per document in it. Raises FileUnreadable with the reason."""

    def read(self, path: Path) -> list[Source]: ...


class ChatModel(Protocol):
    """One request to a chat model. No retry, no cache: those live with the ledger."""

    @property
    def name(self) -> str:
        """The model's name as asked for, `PROVIDER:NAME`."""

    @property
    def endpoint(self) -> str:
        """Return where the request goes; no key in it."""

    def body(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """The request as it will be sent, for the ledger's key."""

    async def send(self, body: Mapping[str, Any]) -> ChatReply:
        """Send it once. Raises ModelError where no reply came."""


class ChatReply(Protocol):
    """A model's reply, broken or not."""

    @property
    def text(self) -> str: ...

    @property
    def raw(self) -> dict[str, Any]:
        """The reply as JSON, as it came."""

    @property
    def model(self) -> str:
        """The name that the reply gives."""

    @property
    def finish_reason(self) -> str: ...

    @property
    def refusal(self) -> str: ...

    @property
    def input_tokens(self) -> int | None: ...

    @property
    def cached_tokens(self) -> int | None:
        """Number of input tokens that the provider read from its cache."""

    @property
    def written_tokens(self) -> int | None:
        """Number of input tokens that it put into its cache, at a price of their own."""

    @property
    def output_tokens(self) -> int | None: ...
