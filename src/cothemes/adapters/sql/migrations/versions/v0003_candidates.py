"""Codes that a model missed, and flags on suggestions."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Adds the table and the column."""
    op.create_table(
        "candidates",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("run", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("label", Text(), nullable=False),
        Column("criterion", Text(), nullable=False),
        Column("evidence", JSON(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_candidates_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_candidates_run"),
        PrimaryKeyConstraint("stored", name="pk_candidates"),
        UniqueConstraint("id", name="uq_candidates_id"),
    )
    op.create_index("ix_candidates_passage", "candidates", ["passage"])
    op.create_index("ix_candidates_run", "candidates", ["run"])
    op.add_column("suggestions", Column("flags", JSON(), nullable=False, server_default="[]"))
