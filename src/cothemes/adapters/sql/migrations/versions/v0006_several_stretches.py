"""Several stretches of a passage as evidence for one code: the further spans of a decision."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column. No row is rewritten and the triggers of the table stay, so no decision is touched."""
    op.add_column("decisions", Column("further", JSON(), nullable=False, server_default="[]"))
