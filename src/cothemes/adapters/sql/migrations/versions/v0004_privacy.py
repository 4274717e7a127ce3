"""Pseudonyms, the log of what they replace, and tombstones of forgotten documents."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = (
    "this document was forgotten because consent was withdrawn, and is not taken in again: "
    "`cothemes forget --list` shows when and why"
)
_TOO_LATE = "this passage belongs to a document that was forgotten: no more words of it are stored"
_UNDER_WAY = {"calls": "request", "outcomes": "detail", "suggestions": "reason", "candidates": "label"}
"""Tables into which a run that is under way could still write, and their column of words: the row is passed
over, so that what stands beside it is kept."""


def upgrade() -> None:
    """Makes the tables, and the triggers that keep forgotten documents out."""
    op.create_table(
        "pseudonyms",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("pseudonym", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("rule", Text(), nullable=False),
        Column("treatment", Text(), nullable=False),
        Column("settled", Boolean(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_pseudonyms"),
        UniqueConstraint("id", name="uq_pseudonyms_id"),
    )
    op.create_table(
        "originals",
        Column("pseudonym", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("scope", Text(), nullable=False),
        Column("original", Text(), nullable=False),
        ForeignKeyConstraint(["pseudonym"], ["pseudonyms.id"], name="fk_originals_pseudonym"),
        PrimaryKeyConstraint("pseudonym", name="pk_originals"),
    )
    op.create_index("uq_originals_key", "originals", ["kind", "key", "scope"], unique=True)
    op.create_table(
        "replacements",
        Column("document", Text(), nullable=False),
        Column("start", Integer(), nullable=False),
        Column("end", Integer(), nullable=False),
        Column("pseudonym", Text(), nullable=False),
        Column("rule", Text(), nullable=False),
        Column("applied", Boolean(), nullable=False),
        ForeignKeyConstraint(["pseudonym"], ["pseudonyms.id"], name="fk_replacements_pseudonym"),
        PrimaryKeyConstraint("document", "start", name="pk_replacements"),
    )
    op.create_index("ix_replacements_pseudonym", "replacements", ["pseudonym"])
    op.create_table(
        "deidentifications",
        Column("document", Text(), nullable=False),
        Column("version", Text(), nullable=False),
        Column("found", Text(), nullable=False),
        Column("searched", DateTime(timezone=True), nullable=False),
        Column("reviewed", Text(), nullable=False),
        Column("reviewer", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("document", name="pk_deidentifications"),
    )
    op.create_table(
        "tombstones",
        Column("document", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("by", Text(), nullable=False),
        Column("erased", JSON(), nullable=False),
        PrimaryKeyConstraint("document", name="pk_tombstones"),
    )
    op.create_table(
        "tombstone_marks",
        Column("mark", Text(), nullable=False),
        Column("document", Text(), nullable=False),
        ForeignKeyConstraint(["document"], ["tombstones.document"], name="fk_tombstone_marks_document"),
        PrimaryKeyConstraint("mark", name="pk_tombstone_marks"),
    )
    op.execute(
        "CREATE TRIGGER documents_no_forgotten BEFORE INSERT ON documents "
        "WHEN EXISTS (SELECT 1 FROM tombstones WHERE document = NEW.slug) "
        "OR EXISTS (SELECT 1 FROM tombstone_marks WHERE mark IN (NEW.version, NEW.source_hash)) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )
    for table, words in _UNDER_WAY.items():
        _keep_out(table, words, "RAISE(IGNORE)")
    _keep_out("decisions", "note", f"RAISE(ABORT, '{_TOO_LATE}')")


def _keep_out(table: str, words: str, answer: str) -> None:
    for act in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_forgotten_{act.lower()} BEFORE {act} ON {table} "
            f"WHEN NEW.{words} != '' AND EXISTS (SELECT 1 FROM passages JOIN tombstones "
            "ON tombstones.document = passages.document WHERE passages.id = NEW.passage) "
            f"BEGIN SELECT {answer}; END"
        )
