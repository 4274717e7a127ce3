"""Numbers beside a model's suggestions: the offline coder's score, and the calibrated probability."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Double

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns, empty. No row that is there is touched."""
    op.add_column("suggestions", Column("offline_score", Double(), nullable=True))
    op.add_column("suggestions", Column("probability", Double(), nullable=True))
