"""Every table of the first release, and the triggers that keep what must never change."""

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
_FORGOTTEN = "this passage belongs to a document that was forgotten: no more words of it are stored"
_ID = "id = NEW.id"
_APPENDED = {
    "decisions": ("decisions are append-only: take one back with undo, which adds a record", _ID),
    "settlements": ("a settlement is never changed or deleted: it is taken back", _ID),
    "memos": ("a memo is never changed or deleted: it is followed by another version", _ID),
    "revisions": ("what was said of a codebook is never changed or deleted: say it anew", _ID),
    "seeds": ("a planted error is never changed or deleted", _ID),
    "accesses": ("the access log is never changed or deleted", _ID),
    "redactions": ("what was redacted is never changed or deleted", _ID),
    "rater_identities": ("what was said of a name is never changed or deleted: take it back", _ID),
    "speakers": ("what was said of a speaker is never changed or deleted: say it anew", _ID),
    "confirmations": (
        "what was settled of calls is never changed or deleted: take it back with one more record",
        "lot = NEW.lot AND call = NEW.call",
    ),
}
"""Table → why a change is refused, and what makes a row the same row."""
_WORDS = {
    "calls": ("request", False),
    "outcomes": ("detail", False),
    "suggestions": ("reason", False),
    "candidates": ("label", False),
    "decisions": ("note", True),
    "settlements": ("note", True),
    "memos": ("text", True),
    "speakers": ("label", True),
}
"""Table → a column that holds words of a document, and whether writing them is refused or leaves no trace."""


def upgrade() -> None:
    """Create tables, indexes and triggers."""
    op.create_table(
        "accesses",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("command", Text(), nullable=False),
        Column("path", Text(), nullable=False),
        Column("words", Text(), nullable=False),
        Column("documents", JSON(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_accesses"),
        UniqueConstraint("id", name="uq_accesses_id"),
    )
    op.create_table(
        "batches",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("tag", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("endpoint", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("requests", Integer(), nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("provider_id", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("completed", Integer(), nullable=False),
        Column("failed", Integer(), nullable=False),
        Column("input_file", Text(), nullable=False),
        Column("output_file", Text(), nullable=False),
        Column("error_file", Text(), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("cleared", Boolean(), nullable=False),
        Column("intended_at", DateTime(timezone=True), nullable=False),
        Column("asked_at", DateTime(timezone=True), nullable=True),
        Column("seen_at", DateTime(timezone=True), nullable=True),
        Column("ended_at", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_batches"),
        UniqueConstraint("tag", name="uq_batches_tag"),
    )
    op.create_table(
        "calls",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("key", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("stage", Text(), nullable=False),
        Column("repeat", Integer(), nullable=False),
        Column("retry", Integer(), server_default="0", nullable=False),
        Column("endpoint", Text(), nullable=False),
        Column("request", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("reply", Text(), nullable=True),
        Column("error", Text(), nullable=False),
        Column("model", Text(), nullable=False),
        Column("input_tokens", Integer(), nullable=True),
        Column("cached_tokens", Integer(), nullable=True),
        Column("output_tokens", Integer(), nullable=True),
        Column("currency", Text(), server_default="", nullable=False),
        Column("cost_nanos", BigInteger(), nullable=True),
        Column("reserved_nanos", BigInteger(), server_default="0", nullable=False),
        Column("unconfirmed_nanos", BigInteger(), server_default="0", nullable=False),
        Column("settled_nanos", BigInteger(), server_default="0", nullable=False),
        Column("owner", Text(), server_default="", nullable=False),
        Column("intended_at", DateTime(timezone=True), nullable=False),
        Column("replied_at", DateTime(timezone=True), nullable=True),
        Column("attempts", Integer(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_calls"),
        UniqueConstraint("key", name="uq_calls_key"),
    )
    op.create_index("ix_calls_owner", "calls", ["owner"], unique=False, sqlite_where=text("owner != ''"))
    op.create_index("ix_calls_run", "calls", ["run"], unique=False)
    op.create_table(
        "codebooks",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("hash", Text(), nullable=False),
        Column("content", Text(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_codebooks"),
        UniqueConstraint("hash", name="uq_codebooks_hash"),
    )
    op.create_table(
        "confirmations",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("lot", Integer(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("note", Text(), nullable=False),
        Column("call", KEY, nullable=False),
        Column("run", Text(), nullable=False),
        Column("currency", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("reserved_nanos", BigInteger(), nullable=False),
        Column("unconfirmed_nanos", BigInteger(), nullable=False),
        Column("amount_nanos", BigInteger(), nullable=False),
        Column("takes_back", Integer(), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_confirmations"),
        UniqueConstraint("lot", "call", name="uq_confirmations_lot"),
    )
    op.create_table(
        "counters",
        Column("name", Text(), nullable=False),
        Column("value", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "deidentifications",
        Column("document", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("found", Text(), nullable=False),
        Column("searched", DateTime(timezone=True), nullable=False),
        Column("reviewed", Text(), nullable=False),
        Column("reviewer", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("document", name="pk_deidentifications"),
    )
    op.create_table(
        "documents",
        Column("slug", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("current", Boolean(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("kind_given", Boolean(), server_default="0", nullable=False),
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
        "ix_documents_one_current", "documents", ["slug"], unique=True, sqlite_where=text("current")
    )
    op.create_index("ix_documents_source_hash", "documents", ["source_hash"], unique=False)
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
        "pseudonyms",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("pseudonym", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("rule", Text(), nullable=False),
        Column("treatment", Text(), nullable=False),
        Column("settled", Boolean(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_pseudonyms"),
        UniqueConstraint("id", name="uq_pseudonyms_id"),
    )
    op.create_table(
        "rater_identities",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("into", Text(), nullable=False),
        Column("same", Boolean(), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("takes_back", Text(), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_rater_identities"),
        UniqueConstraint("id", name="uq_rater_identities_id"),
    )
    op.create_table(
        "redactions",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("erased", JSON(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_redactions"),
        UniqueConstraint("id", name="uq_redactions_id"),
    )
    op.create_table(
        "reviewers",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("name", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("added", DateTime(timezone=True), nullable=False),
        Column("capacity", Integer(), nullable=True),
        Column("paused", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_reviewers"),
        UniqueConstraint("name", name="uq_reviewers_name"),
    )
    op.create_table(
        "revisions",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("old", Text(), nullable=False),
        Column("new", Text(), nullable=False),
        Column("codes", JSON(), nullable=False),
        Column("candidates", JSON(), nullable=False),
        Column("reason", Text(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_revisions"),
        UniqueConstraint("id", name="uq_revisions_id"),
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
    op.create_index("ix_runs_configuration", "runs", ["configuration"], unique=False)
    op.create_table(
        "speakers",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("label", Text(), nullable=False),
        Column("role", Text(), nullable=True),
        Column("name", Text(), nullable=True),
        Column("participant", Text(), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_speakers"),
        UniqueConstraint("id", name="uq_speakers_id"),
    )
    op.create_index("ix_speakers_document", "speakers", ["document"], unique=False)
    op.create_table(
        "spending",
        Column("account", Text(), nullable=False),
        Column("nanos", BigInteger(), nullable=False),
        PrimaryKeyConstraint("account", name="pk_spending"),
    )
    op.create_table(
        "text_maps",
        Column("document", Text(), nullable=False),
        Column("old", Text(), nullable=False),
        Column("new", Text(), nullable=False),
        Column("pieces", JSON(), nullable=False),
        Column("known_words", JSON(), nullable=False),
        PrimaryKeyConstraint("document", "old", "new", name="pk_text_maps"),
    )
    op.create_table(
        "tombstones",
        Column("document", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("by", Text(), nullable=False),
        Column("erased", JSON(), nullable=False),
        PrimaryKeyConstraint("document", name="pk_tombstones"),
    )
    op.create_table(
        "workers",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("name", Text(), nullable=False),
        Column("work", Text(), nullable=False),
        Column("host", Text(), nullable=False),
        Column("machine", Text(), nullable=False),
        Column("boot", Text(), nullable=False),
        Column("pid", Integer(), nullable=False),
        Column("since", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_workers"),
        UniqueConstraint("name", "work", name="uq_workers_name"),
    )
    op.create_table(
        "originals",
        Column("pseudonym", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("scope", Text(), nullable=False),
        Column("original", Text(), nullable=False),
        ForeignKeyConstraint(["pseudonym"], ["pseudonyms.id"], name="fk_originals_pseudonym"),
        PrimaryKeyConstraint("pseudonym", name="pk_originals"),
    )
    op.create_index("uq_originals_key", "originals", ["kind", "key", "scope"], unique=True)
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
    op.create_index("ix_passages_order", "passages", ["document", "current", "position"], unique=False)
    op.create_table(
        "replacements",
        Column("document", Text(), nullable=False),
        Column("start", Integer(), nullable=False),
        Column("end", Integer(), nullable=False),
        Column("pseudonym", Text(), nullable=False),
        Column("rule", Text(), nullable=False),
        Column("applied", Boolean(), nullable=False),
        ForeignKeyConstraint(["pseudonym"], ["pseudonyms.id"], name="fk_replacements_pseudonym"),
        PrimaryKeyConstraint("document", "start", name="pk_replacements"),
    )
    op.create_index("ix_replacements_pseudonym", "replacements", ["pseudonym"], unique=False)
    op.create_table(
        "tombstone_marks",
        Column("mark", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        ForeignKeyConstraint(["document"], ["tombstones.document"], name="fk_tombstone_marks_document"),
        PrimaryKeyConstraint("mark", name="pk_tombstone_marks"),
    )
    op.create_table(
        "assignments",
        Column("reviewer", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("arm", Text(), nullable=False),
        Column("probability", Double(), nullable=False),
        Column("double", Boolean(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("drawn", DateTime(timezone=True), nullable=False),
        Column("seed", BigInteger(), nullable=False),
        Column("chance", Double(), nullable=True),
        Column("rank", Double(), nullable=True),
        Column("stream", Text(), server_default="document", nullable=False),
        Column("moved_from", Text(), nullable=True),
        Column("codes", JSON(), server_default="[]", nullable=False),
        Column("purpose", Text(), server_default="study", nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_assignments_passage"),
        ForeignKeyConstraint(["reviewer"], ["reviewers.name"], name="fk_assignments_reviewer"),
        PrimaryKeyConstraint("reviewer", "passage", "round", name="pk_assignments"),
    )
    op.create_index("ix_assignments_passage", "assignments", ["passage"], unique=False)
    op.create_table(
        "candidates",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("text_version", Text(), server_default="", nullable=False),
        Column("label", Text(), nullable=False),
        Column("criterion", Text(), nullable=False),
        Column("evidence", JSON(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_candidates_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_candidates_run"),
        PrimaryKeyConstraint("stored", name="pk_candidates"),
        UniqueConstraint("id", name="uq_candidates_id"),
    )
    op.create_index("ix_candidates_passage", "candidates", ["passage"], unique=False)
    op.create_index("ix_candidates_run", "candidates", ["run"], unique=False)
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
        Column("text_version", Text(), server_default="", nullable=False),
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
    op.create_index("ix_decisions_passage", "decisions", ["passage"], unique=False)
    op.create_index("ix_decisions_reviewer", "decisions", ["reviewer"], unique=False)
    op.create_table(
        "memos",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("memo", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("document", Text(), nullable=True),
        Column("passage", Text(), nullable=True),
        Column("code", Text(), nullable=True),
        Column("codebook_hash", Text(), nullable=False),
        Column("text", Text(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_memos_passage"),
        PrimaryKeyConstraint("stored", name="pk_memos"),
        UniqueConstraint("id", name="uq_memos_id"),
    )
    op.create_index("ix_memos_memo", "memos", ["memo"], unique=False)
    op.create_index("ix_memos_passage", "memos", ["passage"], unique=False)
    op.create_table(
        "outcomes",
        Column("run", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("text_version", Text(), server_default="", nullable=False),
        Column("state", Text(), nullable=False),
        Column("detail", Text(), nullable=False),
        Column("call", Text(), nullable=True),
        Column("scores", JSON(), nullable=False),
        Column("flags", JSON(), nullable=False),
        Column("failures", Integer(), server_default="0", nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_outcomes_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_outcomes_run"),
        PrimaryKeyConstraint("run", "passage", name="pk_outcomes"),
    )
    op.create_table(
        "passage_texts",
        Column("id", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("document", Text(), nullable=False),
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
        ForeignKeyConstraint(["id"], ["passages.id"], name="fk_passage_texts_id"),
        PrimaryKeyConstraint("id", "version", name="pk_passage_texts"),
    )
    op.create_index("ix_passage_texts_document", "passage_texts", ["document"], unique=False)
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
        Column("text_version", Text(), server_default="", nullable=False),
        ForeignKeyConstraint(["unit"], ["passages.id"], name="fk_ratings_unit"),
        PrimaryKeyConstraint("stored", name="pk_ratings"),
    )
    op.create_index("ix_ratings_unit", "ratings", ["unit"], unique=False)
    op.create_index("uq_ratings_row", "ratings", ["rater", "unit", "code", "arm", "round"], unique=True)
    op.create_table(
        "seeds",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("reviewer", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("code_hash", Text(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("text_version", Text(), server_default="", nullable=False),
        Column("run", Text(), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("drawn", DateTime(timezone=True), nullable=False),
        Column("seed", BigInteger(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_seeds_passage"),
        ForeignKeyConstraint(["reviewer"], ["reviewers.name"], name="fk_seeds_reviewer"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_seeds_run"),
        PrimaryKeyConstraint("stored", name="pk_seeds"),
        UniqueConstraint("id", name="uq_seeds_id"),
    )
    op.create_index("ix_seeds_passage", "seeds", ["passage"], unique=False)
    op.create_table(
        "settlements",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("ruling", Text(), nullable=False),
        Column("code", Text(), nullable=True),
        Column("code_hash", Text(), nullable=True),
        Column("codebook_hash", Text(), nullable=False),
        Column("text_version", Text(), server_default="", nullable=False),
        Column("attributes", JSON(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("note", Text(), nullable=False),
        Column("readers", JSON(), nullable=False),
        Column("undoes", Text(), nullable=True),
        ForeignKeyConstraint(["by"], ["reviewers.name"], name="fk_settlements_by"),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_settlements_passage"),
        PrimaryKeyConstraint("stored", name="pk_settlements"),
        UniqueConstraint("id", name="uq_settlements_id"),
    )
    op.create_index("ix_settlements_passage", "settlements", ["passage"], unique=False)
    op.create_table(
        "suggestions",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("rater", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("text_version", Text(), server_default="", nullable=False),
        Column("code", Text(), nullable=False),
        Column("verdict", Text(), nullable=False),
        Column("evidence", JSON(), nullable=False),
        Column("quote_status", Text(), nullable=True),
        Column("reason", Text(), nullable=False),
        Column("attributes", JSON(), nullable=False),
        Column("confidence", Double(), nullable=True),
        Column("score", Double(), nullable=True),
        Column("flags", JSON(), server_default="[]", nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_suggestions_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_suggestions_run"),
        PrimaryKeyConstraint("stored", name="pk_suggestions"),
        UniqueConstraint("id", name="uq_suggestions_id"),
    )
    op.create_index("ix_suggestions_passage", "suggestions", ["passage"], unique=False)
    op.create_index("ix_suggestions_run", "suggestions", ["run"], unique=False)
    _keep_appended()
    _keep_forgotten()


def _keep_appended() -> None:
    """No row is changed, deleted or replaced where a record is one act of a person or a payment."""
    for table, (refusal, key) in _APPENDED.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} OR stored = NEW.stored) "
            "BEGIN SELECT RAISE(IGNORE); END"
        )


def _keep_forgotten() -> None:
    """No words of a document come back after its consent was withdrawn."""
    op.execute(
        "CREATE TRIGGER documents_no_forgotten BEFORE INSERT ON documents "
        "WHEN EXISTS (SELECT 1 FROM tombstones WHERE document = NEW.slug) OR EXISTS "
        "(SELECT 1 FROM tombstone_marks WHERE mark IN (NEW.version, NEW.source_hash)) "
        "BEGIN SELECT RAISE(ABORT, 'this document was forgotten because consent was withdrawn, and is not "
        "taken in again: `cothemes forget --list` shows when and why'); END"
    )
    of_passage = (
        "SELECT 1 FROM passages JOIN tombstones ON tombstones.document = passages.document "
        "WHERE passages.id = NEW.passage"
    )
    of_document = "SELECT 1 FROM tombstones WHERE document = NEW.document"
    for table, (column, refused) in _WORDS.items():
        forgotten = of_document if table in ("memos", "speakers") else of_passage
        then = f"ABORT, '{_FORGOTTEN}'" if refused else "IGNORE"
        for act in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_forgotten_{act.lower()} BEFORE {act} ON {table} "
                f"WHEN NEW.{column} != '' AND EXISTS ({forgotten}) BEGIN SELECT RAISE({then}); END"
            )
