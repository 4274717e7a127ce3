"""The tables. A column bears the name of its record's field; what no field has is explained here.

A change here needs a migration beside it (`migrations/versions`), and `REVISION` names the newest one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
)

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.partial_index import partial_index

REVISION = "0013"
"""The newest migration: what an open database stands at."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
"""Names for every constraint, so that a later migration can speak of them."""

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is called INTEGER."""


class DocumentColumns(TypedColumns):
    """Every version of every document; `current` is true for one version of a slug."""

    slug: Named[str] = Column(Text, primary_key=True)
    version: Named[str] = Column(Text, primary_key=True)
    current: Named[bool]
    kind: Named[str] = Column(Text)
    kind_given: Named[bool] = Column(Boolean, server_default="0")
    title: Named[str] = Column(Text)
    text: Named[str] = Column(Text)
    blocks: Named[Any] = Column(JSON, nullable=False)
    source_name: Named[str] = Column(Text)
    source_hash: Named[str] = Column(Text, index=True)
    reader: Named[str] = Column(Text)
    offsets: Named[Any] = Column(JSON, nullable=False)
    metadata: Named[Any] = Column(JSON, nullable=False)
    synthetic: Named[bool]
    notes: Named[Any] = Column(JSON, nullable=False)


documents = Table("documents", metadata, DocumentColumns)
partial_index("ix_documents_one_current", documents.c.slug, documents.c.current, unique=True)


class PassageColumns(TypedColumns):
    """Every passage ever cut; `current` ones are those of the last cut of their document."""

    id: Named[str] = Column(Text, primary_key=True)
    document: Named[str] = Column(Text)
    version: Named[str] = Column(Text)
    current: Named[bool]
    number: Named[int | None]
    """The number that ends the id, so that the next free one is known."""
    segmentation: Named[str] = Column(Text)
    start: Named[int]
    end: Named[int]
    text: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    speaker: Named[str] = Column(Text)
    role: Named[str] = Column(Text)
    headings: Named[Any] = Column(JSON, nullable=False)
    time: Named[str] = Column(Text)
    sentences: Named[Any] = Column(JSON, nullable=False)
    position: Named[int]


passages = Table(
    "passages",
    metadata,
    PassageColumns,
    ForeignKeyConstraint(["document", "version"], ["documents.slug", "documents.version"]),
)
Index("ix_passages_order", passages.c.document, passages.c.current, passages.c.position)


class EmbeddingColumns(TypedColumns):
    """Vectors as little-endian float32."""

    embedder: Named[str] = Column(Text, primary_key=True)
    text_hash: Named[str] = Column(Text, primary_key=True)
    vector: Named[bytes] = Column(LargeBinary)


embeddings = Table("embeddings", metadata, EmbeddingColumns)


class RunColumns(TypedColumns):
    """`stored` counts runs in the order they were begun."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    coder: Named[str] = Column(Text)
    rater: Named[str] = Column(Text)
    configuration: Named[str] = Column(Text, index=True)
    codebook_hash: Named[str] = Column(Text)
    codebook_version: Named[str] = Column(Text)
    model: Named[str] = Column(Text)
    prompt: Named[str] = Column(Text)
    started: Named[datetime] = Column(Moment)
    finished: Named[datetime | None] = Column(Moment)
    state: Named[str] = Column(Text)
    details: Named[Any] = Column(JSON, nullable=False)


runs = Table("runs", metadata, RunColumns)


class OutcomeColumns(TypedColumns):
    """One row per run and passage."""

    run: Named[str] = Column(Text, ForeignKey("runs.id"), primary_key=True)
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), primary_key=True)
    text_version: Named[str] = Column(Text, server_default="")
    state: Named[str] = Column(Text)
    detail: Named[str] = Column(Prose)
    call: Named[str | None] = Column(Text)
    scores: Named[Any] = Column(JSON, nullable=False)
    flags: Named[Any] = Column(JSON, nullable=False)
    failures: Named[int] = Column(Integer, server_default="0")


outcomes = Table("outcomes", metadata, OutcomeColumns)


class SuggestionColumns(TypedColumns):
    """`stored` keeps the order in which suggestions came."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    run: Named[str] = Column(Text, ForeignKey("runs.id"), index=True)
    rater: Named[str] = Column(Text)
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), index=True)
    text_version: Named[str] = Column(Text, server_default="")
    code: Named[str] = Column(Text)
    verdict: Named[str] = Column(Text)
    evidence: Named[Any] = Column(JSON, nullable=False)
    quote_status: Named[str | None] = Column(Text)
    reason: Named[str] = Column(Prose)
    attributes: Named[Any] = Column(JSON, nullable=False)
    confidence: Named[float | None]
    score: Named[float | None]
    flags: Named[Any] = Column(JSON, nullable=False, server_default="[]")
    offline_score: Named[float | None]
    """Log-odds of the offline coder before it learns; what a model said is never changed by it."""
    probability: Named[float | None]
    """Probability as of the latest calibration; see `app/coders/calibration.py`."""


suggestions = Table("suggestions", metadata, SuggestionColumns)


class CandidateColumns(TypedColumns):
    """Candidates for new codes: what a model missed in the codebook; `stored` keeps the order in which it
    came.
    """

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    run: Named[str] = Column(Text, ForeignKey("runs.id"), index=True)
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), index=True)
    text_version: Named[str] = Column(Text, server_default="")
    label: Named[str] = Column(Prose)
    criterion: Named[str] = Column(Prose)
    evidence: Named[Any] = Column(JSON, nullable=False)


candidates = Table("candidates", metadata, CandidateColumns)


class ReviewerColumns(TypedColumns):
    """Registered people; `stored` keeps the order of registration."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    name: Named[str] = Column(Text, unique=True)
    role: Named[str] = Column(Text)
    added: Named[datetime] = Column(Moment)
    capacity: Named[int | None]
    paused: Named[datetime | None] = Column(Moment)


reviewers = Table("reviewers", metadata, ReviewerColumns)


class AssignmentColumns(TypedColumns):
    """One row for each reviewer, passage and round. `purpose` is no field of the record, so that no
    reviewer's card or package can tell a seeded reading from another."""

    reviewer: Named[str] = Column(Text, ForeignKey("reviewers.name"), primary_key=True)
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), primary_key=True, index=True)
    round: Named[str] = Column(Text, primary_key=True)
    document: Named[str] = Column(Text)
    arm: Named[str] = Column(Text)
    probability: Named[float]
    double: Named[bool]
    position: Named[int]
    drawn: Named[datetime] = Column(Moment)
    seed: Named[int] = Column(BigInteger)
    chance: Named[float | None]
    rank: Named[float | None]
    stream: Named[str] = Column(Text, server_default="document")
    moved_from: Named[str | None] = Column(Text)
    codes: Named[Any] = Column(JSON, nullable=False, server_default="[]")
    purpose: Named[str] = Column(Text, server_default="study")


assignments = Table("assignments", metadata, AssignmentColumns)


class DecisionColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    reviewer: Named[str] = Column(Text, ForeignKey("reviewers.name"), index=True)
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), index=True)
    round: Named[str] = Column(Text)
    arm: Named[str] = Column(Text)
    action: Named[str] = Column(Text)
    code: Named[str | None] = Column(Text)
    code_hash: Named[str | None] = Column(Text)
    codebook_hash: Named[str] = Column(Text)
    text_version: Named[str] = Column(Text, server_default="")
    attributes: Named[Any] = Column(JSON, nullable=False)
    start: Named[int | None]
    end: Named[int | None]
    further: Named[Any] = Column(JSON, nullable=False, server_default="[]")
    note: Named[str] = Column(Prose)
    suggestion: Named[str | None] = Column(Text)
    shown: Named[Any] = Column(JSON, nullable=False)
    implicit: Named[bool]
    undoes: Named[str | None] = Column(Text)


decisions = Table("decisions", metadata, DecisionColumns)


class CallColumns(TypedColumns):
    """The ledger. A run need not be one of the study's: `doctor` and `evaluate` pay too."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    key: Named[str] = Column(Text, unique=True)
    run: Named[str] = Column(Text, index=True)
    passage: Named[str] = Column(Text)
    text_version: Named[str] = Column(Text, server_default="")
    stage: Named[str] = Column(Text)
    repeat: Named[int]
    retry: Named[int] = Column(Integer, server_default="0")
    endpoint: Named[str] = Column(Text)
    request: Named[str] = Column(Prose)
    state: Named[str] = Column(Text)
    reply: Named[str | None] = Column(Prose)
    error: Named[str] = Column(Prose)
    model: Named[str] = Column(Text)
    input_tokens: Named[int | None]
    cached_tokens: Named[int | None]
    output_tokens: Named[int | None]
    currency: Named[str] = Column(Text, server_default="")
    cost_nanos: Named[int | None] = Column(BigInteger)
    reserved_nanos: Named[int] = Column(BigInteger, server_default="0")
    unconfirmed_nanos: Named[int] = Column(BigInteger, server_default="0")
    settled_nanos: Named[int] = Column(BigInteger, server_default="0")
    owner: Named[str] = Column(Text, server_default="")
    intended_at: Named[datetime] = Column(Moment)
    replied_at: Named[datetime | None] = Column(Moment)
    attempts: Named[int]


calls = Table("calls", metadata, CallColumns)


class SpendingColumns(TypedColumns):
    """Sums over the ledger, moved on in the transaction that moves a call: what caps are held against."""

    account: Named[str] = Column(Text, primary_key=True)
    nanos: Named[int] = Column(BigInteger)


spending = Table("spending", metadata, SpendingColumns)


class EntryColumns(TypedColumns):
    """Small facts about the study, key → value."""

    key: Named[str] = Column(Text, primary_key=True)
    value: Named[str] = Column(Text)


entries = Table("entries", metadata, EntryColumns)


class CounterColumns(TypedColumns):
    """Numbers given out once each."""

    name: Named[str] = Column(Text, primary_key=True)
    value: Named[int] = Column(BigInteger)


counters = Table("counters", metadata, CounterColumns)


class CodebookColumns(TypedColumns):
    """Every codebook ever used, by the hash that decisions carry; `stored` keeps the order. `operation` is
    the last operation on codes before it was kept: it says which codes its visible ids are."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    hash: Named[str] = Column(Text, unique=True)
    content: Named[str] = Column(Text)
    operation: Named[str] = Column(Text, server_default="")


codebooks = Table("codebooks", metadata, CodebookColumns)
