"""What people said and decided about the codebook; only ever grows."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = "what was said of a codebook is never changed or deleted: say it anew"


def upgrade() -> None:
    """Makes the table, and what keeps it append-only."""
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
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER revisions_no_{act.lower()} BEFORE {act} ON revisions "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER revisions_no_replace BEFORE INSERT ON revisions "
        "WHEN EXISTS (SELECT 1 FROM revisions WHERE id = NEW.id OR stored = NEW.stored) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
