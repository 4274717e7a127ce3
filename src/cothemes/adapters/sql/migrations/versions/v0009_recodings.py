"""Passages given to a reviewer once more, in a round of their own, for codes whose wording changed."""

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
    PrimaryKeyConstraint,
    Text,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "recodings",
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
        Column("stream", Text(), nullable=False),
        Column("moved_from", Text(), nullable=True),
        Column("codes", JSON(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_recodings_passage"),
        ForeignKeyConstraint(["reviewer"], ["reviewers.name"], name="fk_recodings_reviewer"),
        PrimaryKeyConstraint("reviewer", "passage", "round", name="pk_recodings"),
    )
    op.create_index("ix_recodings_passage", "recodings", ["passage"])
