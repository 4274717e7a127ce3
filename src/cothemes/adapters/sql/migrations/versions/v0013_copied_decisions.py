"""Decisions that a person copied to passages that say nearly the same; what is accepted unread is counted."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text, UniqueConstraint

revision = "0013"
down_revision = "0012"

KEY = BigInteger().with_variant(Integer(), "sqlite")
TABLE = "copied_decisions"
COUNTED = ("acceptances", "revocations")
"""Tables that cards show: a change of them makes a card out of date (see v0010)."""


def upgrade() -> None:
    """Create the table with its triggers. No row that is there is touched."""
    op.create_table(
        TABLE,
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("decision", Text(), nullable=False),
        Column("origin", Text(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_copied_decisions"),
        UniqueConstraint("decision", name="uq_copied_decisions_decision"),
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'that a decision was copied stays on record'); END"
        )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE decision = NEW.decision OR stored = NEW.stored) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
    for table in COUNTED:
        op.execute(f"INSERT INTO changes (name, count) VALUES ('{table}', 0)")
        for act in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_counted_{act.lower()} AFTER {act} ON {table} "
                f"BEGIN UPDATE changes SET count = count + 1 WHERE name = '{table}'; END"
            )
