"""Roles, names and participants that people gave to speakers; only ever grows."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, Text, UniqueConstraint

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = "what was said of a speaker is never changed or deleted: say it anew"
_TOO_LATE = "this document was forgotten: no more words of it are stored"


def upgrade() -> None:
    """Makes the table, keeps it append-only, and keeps forgotten documents out of it."""
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
    op.create_index("ix_speakers_document", "speakers", ["document"])
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER speakers_no_{act.lower()} BEFORE {act} ON speakers "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER speakers_no_replace BEFORE INSERT ON speakers "
        "WHEN EXISTS (SELECT 1 FROM speakers WHERE id = NEW.id OR stored = NEW.stored) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
    for act in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER speakers_no_forgotten_{act.lower()} BEFORE {act} ON speakers "
            "WHEN NEW.label != '' AND EXISTS (SELECT 1 FROM tombstones WHERE document = NEW.document) "
            f"BEGIN SELECT RAISE(ABORT, '{_TOO_LATE}'); END"
        )
