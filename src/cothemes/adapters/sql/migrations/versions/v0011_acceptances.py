"""Suggestions accepted without being read, with their certificates and what was taken back."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0011"
down_revision = "0010"

KEY = BigInteger().with_variant(Integer(), "sqlite")
_APPENDED = {
    "certifications": "a certification is never changed or deleted: take it back with auto-accept revoke",
    "acceptances": "an acceptance is never changed or deleted: take its certificate back",
    "revocations": "what was taken back stays on record",
}


def upgrade() -> None:
    """Create the tables with their triggers. No row that is there is touched."""
    op.create_table(
        "certifications",
        Column("stored", KEY, autoincrement=True, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("id", "name")),
        Column("at", DateTime(timezone=True), nullable=False),
        *(
            Column(name, Text(), nullable=False)
            for name in ("by", "reason", "configuration", "run", "rater", "model", "prompt", "codebook_hash")
        ),
        Column("code_hashes", JSON(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("precision", Double(), nullable=False),
        Column("delta", Double(), nullable=False),
        Column("look", Integer(), nullable=False),
        Column("level", Double(), nullable=False),
        Column("pooled", Boolean(), nullable=False),
        Column("tests", JSON(), nullable=False),
        Column("passages", JSON(), nullable=False),
        Column("sample", Text(), nullable=False),
        Column("texts", Text(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_certifications"),
        UniqueConstraint("id", name="uq_certifications_id"),
    )
    op.create_table(
        "acceptances",
        Column("stored", KEY, autoincrement=True, nullable=False),
        *(
            Column(name, Text(), nullable=False)
            for name in ("id", "certificate", "suggestion", "run", "passage", "code", "text_version")
        ),
        Column("score", Double(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_acceptances"),
        UniqueConstraint("id", name="uq_acceptances_id"),
    )
    op.create_index("ix_acceptances_certificate", "acceptances", ["certificate"], unique=False)
    op.create_index("ix_acceptances_passage", "acceptances", ["passage"], unique=False)
    op.create_table(
        "revocations",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("certificate", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("reason", Text(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_revocations"),
        UniqueConstraint("id", name="uq_revocations_id"),
    )
    for table, refusal in _APPENDED.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR stored = NEW.stored) "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
