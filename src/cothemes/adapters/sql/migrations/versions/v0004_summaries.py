"""Summaries of a case: memos that say what they are, on a theme, of several documents."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every memo that is there is a note. Tables and triggers stay as they are."""
    op.add_column("memos", Column("kind", Text(), server_default="note", nullable=False))
    op.add_column("memos", Column("theme", Text(), nullable=True))
    op.add_column("memos", Column("documents", JSON(), server_default="[]", nullable=False))
