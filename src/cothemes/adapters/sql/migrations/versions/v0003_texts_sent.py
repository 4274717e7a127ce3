"""Each paid call names the version of the text that it sent."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; calls made before name no version."""
    op.add_column("calls", Column("text_version", Text(), server_default="", nullable=False))
