"""How often each table was written to, counted by triggers, so that a reader knows whether what it has read
still holds, whichever process wrote.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text

revision = "0010"
down_revision = "0009"

COUNTED = (
    "assignments",
    "candidates",
    "carried",
    "code_drafts",
    "code_operations",
    "codebooks",
    "documents",
    "entries",
    "memos",
    "outcomes",
    "passage_texts",
    "passages",
    "rater_identities",
    "ratings",
    "reviewers",
    "revisions",
    "runs",
    "seeds",
    "settlements",
    "speakers",
    "suggestions",
    "text_maps",
    "tombstones",
)
"""Tables whose writes are counted. `decisions` is not among them: it only grows, and its end is asked for."""


def upgrade() -> None:
    """Create the table, a row for each counted table, and the triggers. No row that is there is touched."""
    changes = op.create_table(
        "changes",
        Column("name", Text(), nullable=False),
        Column("count", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_changes"),
    )
    op.bulk_insert(changes, [{"name": table, "count": 0} for table in COUNTED])
    for table in COUNTED:
        for act in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_counted_{act.lower()} AFTER {act} ON {table} "
                f"BEGIN UPDATE changes SET count = count + 1 WHERE name = '{table}'; END"
            )
