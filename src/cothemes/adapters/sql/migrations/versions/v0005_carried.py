"""The table of things that imported projects brought."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Integer, PrimaryKeyConstraint, Text, UniqueConstraint

revision = "0005"
down_revision = "0004"

KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, and keep out words of documents whose consent was withdrawn."""
    op.create_table(
        "carried",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("guid", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("content", JSON(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_carried"),
        UniqueConstraint("guid", name="uq_carried_guid"),
    )
    op.create_index("ix_carried_document", "carried", ["document"], unique=False)
    for act in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER carried_no_forgotten_{act.lower()} BEFORE {act} ON carried "
            "WHEN EXISTS (SELECT 1 FROM tombstones WHERE document = NEW.document) BEGIN "
            "SELECT RAISE(ABORT, 'this document was forgotten because consent was withdrawn, and is not "
            "taken in again: `cothemes forget --list` shows when and why'); END"
        )
