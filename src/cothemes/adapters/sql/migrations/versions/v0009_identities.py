"""Accounts at a login provider, and the e-mail address that an invitation is for."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, Text, UniqueConstraint

revision = "0009"
down_revision = "0008"

KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create the table and the column. Invitations that are there are for whoever has the link."""
    op.create_table(
        "identities",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("user", Text(), nullable=False),
        Column("issuer", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        Column("made", DateTime(timezone=True), nullable=False),
        Column("ended", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_identities"),
        UniqueConstraint("id", name="uq_identities_id"),
    )
    op.create_index("ix_identities_user", "identities", ["user"], unique=False)
    op.create_index("ix_identities_subject", "identities", ["subject"], unique=False)
    op.add_column("credentials", Column("email", Text(), nullable=False, server_default=""))
