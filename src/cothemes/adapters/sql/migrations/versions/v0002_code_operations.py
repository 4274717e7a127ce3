"""Operations on codes, drafts, and the operation after which each codebook was kept."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")
_APPENDED = {
    "code_operations": "an operation on codes is never changed or deleted: take it back with codebook undo",
    "code_drafts": "what was done with a draft is never changed or deleted",
}


def upgrade() -> None:
    """Create the tables with their triggers; codebooks that are there were kept before any operation."""
    op.create_table(
        "code_operations",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("codes", JSON, nullable=False),
        Column("into", JSON, nullable=False),
        Column("exact", Boolean, nullable=False),
        Column("old", Text, nullable=False),
        Column("new", Text, nullable=False),
        Column("undoes", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("by_hand", Boolean, nullable=False),
        Column("details", JSON, nullable=False),
        PrimaryKeyConstraint("stored", name="pk_code_operations"),
        UniqueConstraint("id", name="uq_code_operations_id"),
    )
    op.create_table(
        "code_drafts",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text, nullable=False),
        Column("act", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("label", Text, nullable=False),
        Column("passage", Text, nullable=False),
        Column("reason", Text, nullable=False),
        PrimaryKeyConstraint("stored", name="pk_code_drafts"),
        UniqueConstraint("id", name="uq_code_drafts_id"),
    )
    op.create_index("ix_code_drafts_code", "code_drafts", ["code"])
    op.add_column("codebooks", Column("operation", Text, nullable=False, server_default=""))
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
    for act in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER code_drafts_no_forgotten_{act.lower()} BEFORE {act} ON code_drafts "
            "WHEN NEW.label != '' AND EXISTS (SELECT 1 FROM passages JOIN tombstones "
            "ON tombstones.document = passages.document WHERE passages.id = NEW.passage) "
            "BEGIN SELECT RAISE(ABORT, 'this passage belongs to a document that was forgotten: no more words "
            "of it are stored'); END"
        )
