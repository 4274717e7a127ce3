"""Batches of requests, and which calls wait in them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Makes the table, and an index over the calls that somebody is asking or that wait in a batch."""
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
    op.create_index(
        "ix_calls_owner",
        "calls",
        ["owner"],
        sqlite_where=text("owner != ''"),
        postgresql_where=text("owner != ''"),
    )
