"""The first tables."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = "decisions are append-only: take one back with undo, which adds a record"


def upgrade() -> None:
    """Makes every table of the first release."""
    op.create_table(
        "calls",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("key", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("stage", Text(), nullable=False),
        Column("repeat", Integer(), nullable=False),
        Column("endpoint", Text(), nullable=False),
        Column("request", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("reply", Text(), nullable=True),
        Column("error", Text(), nullable=False),
        Column("model", Text(), nullable=False),
        Column("input_tokens", Integer(), nullable=True),
        Column("output_tokens", Integer(), nullable=True),
        Column("intended_at", DateTime(timezone=True), nullable=False),
        Column("replied_at", DateTime(timezone=True), nullable=True),
        Column("attempts", Integer(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_calls"),
        UniqueConstraint("key", name="uq_calls_key"),
    )
    op.create_index("ix_calls_run", "calls", ["run"])
    op.create_table(
        "codebooks",
        Column("hash", Text(), nullable=False),
        Column("content", Text(), nullable=False),
        PrimaryKeyConstraint("hash", name="pk_codebooks"),
    )
    op.create_table(
        "counters",
        Column("name", Text(), nullable=False),
        Column("value", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "documents",
        Column("slug", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("current", Boolean(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("title", Text(), nullable=False),
        Column("text", Text(), nullable=False),
        Column("blocks", JSON(), nullable=False),
        Column("source_name", Text(), nullable=False),
        Column("source_hash", Text(), nullable=False),
        Column("reader", Text(), nullable=False),
        Column("offsets", JSON(), nullable=False),
        Column("metadata", JSON(), nullable=False),
        Column("synthetic", Boolean(), nullable=False),
        Column("notes", JSON(), nullable=False),
        PrimaryKeyConstraint("slug", "version", name="pk_documents"),
    )
    op.create_index(
        "ix_documents_one_current",
        "documents",
        ["slug"],
        unique=True,
        sqlite_where=text("current"),
        postgresql_where=text("current"),
    )
    op.create_index("ix_documents_source_hash", "documents", ["source_hash"])
    op.create_table(
        "embeddings",
        Column("embedder", Text(), nullable=False),
        Column("text_hash", Text(), nullable=False),
        Column("vector", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("embedder", "text_hash", name="pk_embeddings"),
    )
    op.create_table(
        "entries",
        Column("key", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        PrimaryKeyConstraint("key", name="pk_entries"),
    )
    op.create_table(
        "reviewers",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("name", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("added", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_reviewers"),
        UniqueConstraint("name", name="uq_reviewers_name"),
    )
    op.create_table(
        "runs",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("coder", Text(), nullable=False),
        Column("rater", Text(), nullable=False),
        Column("configuration", Text(), nullable=False),
        Column("codebook_hash", Text(), nullable=False),
        Column("codebook_version", Text(), nullable=False),
        Column("model", Text(), nullable=False),
        Column("prompt", Text(), nullable=False),
        Column("started", DateTime(timezone=True), nullable=False),
        Column("finished", DateTime(timezone=True), nullable=True),
        Column("state", Text(), nullable=False),
        Column("details", JSON(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_runs"),
        UniqueConstraint("id", name="uq_runs_id"),
    )
    op.create_index("ix_runs_configuration", "runs", ["configuration"])
    op.create_table(
        "passages",
        Column("id", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("current", Boolean(), nullable=False),
        Column("number", Integer(), nullable=True),
        Column("segmentation", Text(), nullable=False),
        Column("start", Integer(), nullable=False),
        Column("end", Integer(), nullable=False),
        Column("text", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("speaker", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("headings", JSON(), nullable=False),
        Column("time", Text(), nullable=False),
        Column("sentences", JSON(), nullable=False),
        Column("position", Integer(), nullable=False),
        ForeignKeyConstraint(
            ["document", "version"], ["documents.slug", "documents.version"], name="fk_passages_document"
        ),
        PrimaryKeyConstraint("id", name="pk_passages"),
    )
    op.create_index("ix_passages_order", "passages", ["document", "current", "position"])
    op.create_table(
        "assignments",
        Column("reviewer", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("arm", Text(), nullable=False),
        Column("probability", Double(), nullable=False),
        Column("double", Boolean(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("drawn", DateTime(timezone=True), nullable=False),
        Column("seed", BigInteger(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_assignments_passage"),
        ForeignKeyConstraint(["reviewer"], ["reviewers.name"], name="fk_assignments_reviewer"),
        PrimaryKeyConstraint("reviewer", "passage", name="pk_assignments"),
    )
    op.create_index("ix_assignments_passage", "assignments", ["passage"])
    op.create_table(
        "decisions",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("reviewer", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("arm", Text(), nullable=False),
        Column("action", Text(), nullable=False),
        Column("code", Text(), nullable=True),
        Column("code_hash", Text(), nullable=True),
        Column("codebook_hash", Text(), nullable=False),
        Column("attributes", JSON(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("note", Text(), nullable=False),
        Column("suggestion", Text(), nullable=True),
        Column("shown", JSON(), nullable=False),
        Column("implicit", Boolean(), nullable=False),
        Column("undoes", Text(), nullable=True),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_decisions_passage"),
        ForeignKeyConstraint(["reviewer"], ["reviewers.name"], name="fk_decisions_reviewer"),
        PrimaryKeyConstraint("stored", name="pk_decisions"),
        UniqueConstraint("id", name="uq_decisions_id"),
    )
    op.create_index("ix_decisions_passage", "decisions", ["passage"])
    op.create_index("ix_decisions_reviewer", "decisions", ["reviewer"])
    op.create_table(
        "outcomes",
        Column("run", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("call", Text(), nullable=True),
        Column("scores", JSON(), nullable=False),
        Column("flags", JSON(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_outcomes_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_outcomes_run"),
        PrimaryKeyConstraint("run", "passage", name="pk_outcomes"),
    )
    op.create_table(
        "suggestions",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("rater", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("verdict", Text(), nullable=False),
        Column("evidence", JSON(), nullable=False),
        Column("quote_status", Text(), nullable=True),
        Column("reason", Text(), nullable=False),
        Column("attributes", JSON(), nullable=False),
        Column("confidence", Double(), nullable=True),
        Column("score", Double(), nullable=True),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_suggestions_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_suggestions_run"),
        PrimaryKeyConstraint("stored", name="pk_suggestions"),
        UniqueConstraint("id", name="uq_suggestions_id"),
    )
    op.create_index("ix_suggestions_passage", "suggestions", ["passage"])
    op.create_index("ix_suggestions_run", "suggestions", ["run"])
    op.create_table(
        "ratings",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("unit", Text(), nullable=False),
        Column("doc", Text(), nullable=False),
        Column("rater", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("value", Integer(), nullable=True),
        Column("arm", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("codebook", Text(), nullable=False),
        Column("cluster", Text(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("attributes", JSON(), nullable=False),
        ForeignKeyConstraint(["unit"], ["passages.id"], name="fk_ratings_unit"),
        PrimaryKeyConstraint("stored", name="pk_ratings"),
    )
    op.create_index("ix_ratings_unit", "ratings", ["unit"])
    op.create_index("uq_ratings_row", "ratings", ["rater", "unit", "code", "arm", "round"], unique=True)
    _guard_decisions()


def _guard_decisions() -> None:
    # A later PostgreSQL database needs the same rule as a trigger function of its own.
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER decisions_no_{act.lower()} BEFORE {act} ON decisions "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions "
        "WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id OR stored = NEW.stored) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
