"""Who works on what, and what people settled of calls whose reply was lost."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = "what was settled of calls is never changed or deleted: take it back with one more record"


def upgrade() -> None:
    """Makes both tables, what keeps the second append-only, and the column that counts what was settled."""
    op.create_table(
        "workers",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("name", Text(), nullable=False),
        Column("work", Text(), nullable=False),
        Column("host", Text(), nullable=False),
        Column("machine", Text(), nullable=False),
        Column("boot", Text(), nullable=False),
        Column("pid", Integer(), nullable=False),
        Column("since", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_workers"),
        UniqueConstraint("name", "work", name="uq_workers_name"),
    )
    op.add_column("calls", Column("settled_nanos", BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "confirmations",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("lot", Integer(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("note", Text(), nullable=False),
        Column("call", KEY, nullable=False),
        Column("run", Text(), nullable=False),
        Column("currency", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("reserved_nanos", BigInteger(), nullable=False),
        Column("unconfirmed_nanos", BigInteger(), nullable=False),
        Column("amount_nanos", BigInteger(), nullable=False),
        Column("takes_back", Integer(), nullable=True),
        PrimaryKeyConstraint("stored", name="pk_confirmations"),
        UniqueConstraint("lot", "call", name="uq_confirmations_lot"),
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER confirmations_no_{act.lower()} BEFORE {act} ON confirmations "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER confirmations_no_replace BEFORE INSERT ON confirmations "
        "WHEN EXISTS (SELECT 1 FROM confirmations WHERE lot = NEW.lot AND call = NEW.call "
        "OR stored = NEW.stored) BEGIN SELECT RAISE(IGNORE); END"
    )
