"""Settled disagreements and memos; both only ever grow."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = "is never changed or deleted: it is taken back, or followed by another version"
_TOO_LATE = "this document was forgotten: no more words of it are stored"


def upgrade() -> None:
    """Makes the tables, what keeps them append-only, and what keeps forgotten documents out of them."""
    op.create_table(
        "settlements",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("ruling", Text(), nullable=False),
        Column("code", Text(), nullable=True),
        Column("code_hash", Text(), nullable=True),
        Column("codebook_hash", Text(), nullable=False),
        Column("attributes", JSON(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("note", Text(), nullable=False),
        Column("readers", JSON(), nullable=False),
        Column("undoes", Text(), nullable=True),
        ForeignKeyConstraint(["by"], ["reviewers.name"], name="fk_settlements_by"),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_settlements_passage"),
        PrimaryKeyConstraint("stored", name="pk_settlements"),
        UniqueConstraint("id", name="uq_settlements_id"),
    )
    op.create_index("ix_settlements_passage", "settlements", ["passage"])
    op.create_table(
        "memos",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("memo", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("by", Text(), nullable=False),
        Column("document", Text(), nullable=True),
        Column("passage", Text(), nullable=True),
        Column("code", Text(), nullable=True),
        Column("codebook_hash", Text(), nullable=False),
        Column("text", Text(), nullable=False),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_memos_passage"),
        PrimaryKeyConstraint("stored", name="pk_memos"),
        UniqueConstraint("id", name="uq_memos_id"),
    )
    op.create_index("ix_memos_memo", "memos", ["memo"])
    op.create_index("ix_memos_passage", "memos", ["passage"])
    for table, what in (("settlements", "a settlement"), ("memos", "a memo")):
        _guard(table, what)
    _keep_out("settlements", "note", "(SELECT document FROM passages WHERE id = NEW.passage)")
    _keep_out("memos", "text", "NEW.document")


def _guard(table: str, what: str) -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{what} {_REFUSAL}'); END"
        )
    # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR stored = NEW.stored) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )


def _keep_out(table: str, words: str, document: str) -> None:
    for act in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_forgotten_{act.lower()} BEFORE {act} ON {table} "
            f"WHEN NEW.{words} != '' AND EXISTS (SELECT 1 FROM tombstones WHERE document = {document}) "
            f"BEGIN SELECT RAISE(ABORT, '{_TOO_LATE}'); END"
        )
