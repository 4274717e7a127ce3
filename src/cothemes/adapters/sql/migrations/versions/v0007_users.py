"""People who log in to a served study, and their work in hand."""

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

revision = "0007"
down_revision = "0006"

KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables. No row that is there is touched."""
    op.create_table(
        "users",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("name", Text(), nullable=False),
        Column("roles", JSON(), nullable=False),
        Column("password", Text(), nullable=False),
        Column("added", DateTime(timezone=True), nullable=False),
        Column("revoked", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_users"),
        UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "credentials",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("user", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("digest", Text(), nullable=False),
        Column("label", Text(), nullable=False),
        Column("made", DateTime(timezone=True), nullable=False),
        Column("expires", DateTime(timezone=True), nullable=True),
        Column("used", DateTime(timezone=True), nullable=True),
        Column("revoked", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_credentials"),
        UniqueConstraint("id", name="uq_credentials_id"),
        UniqueConstraint("digest", name="uq_credentials_digest"),
    )
    op.create_index("ix_credentials_user", "credentials", ["user"], unique=False)
    op.create_table(
        "claims",
        Column("reviewer", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("holder", Text(), nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("reviewer", "passage", name="pk_claims"),
    )
    op.create_table(
        "answered_acts",
        Column("reviewer", Text(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("digest", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("reviewer", "key", name="pk_answered_acts"),
    )
