"""What a call costs and who is asking; how often a passage failed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns to calls and outcomes, and the sums that caps are held against."""
    for column in (
        Column("retry", Integer(), nullable=False, server_default="0"),
        Column("cached_tokens", Integer(), nullable=True),
        Column("currency", Text(), nullable=False, server_default=""),
        Column("cost_nanos", BigInteger(), nullable=True),
        Column("reserved_nanos", BigInteger(), nullable=False, server_default="0"),
        Column("unconfirmed_nanos", BigInteger(), nullable=False, server_default="0"),
        Column("owner", Text(), nullable=False, server_default=""),
    ):
        op.add_column("calls", column)
    op.add_column("outcomes", Column("failures", Integer(), nullable=False, server_default="0"))
    op.create_table(
        "spending",
        Column("account", Text(), nullable=False),
        Column("nanos", BigInteger(), nullable=False),
        PrimaryKeyConstraint("account", name="pk_spending"),
    )
