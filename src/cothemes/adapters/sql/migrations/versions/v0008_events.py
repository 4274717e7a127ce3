"""Changes that the database notes by itself, events made of them, and their deliveries."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0008"
down_revision = "0007"

KEY = BigInteger().with_variant(Integer(), "sqlite")
_APPENDED = {
    "noted_changes": ("a change that was noted is never altered or deleted", "stored = NEW.stored"),
    "events": ("an event is never altered or deleted", "id = NEW.id OR stored = NEW.stored"),
}
_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
_CLOSING = "('done', 'reopen')"
_NOTED: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "runs_noted_insert",
        "AFTER INSERT ON runs",
        "",
        "kind, subject, detail, reason",
        "'run', NEW.id, NEW.state, coalesce(json_extract(NEW.details, '$.ended_by'), '')",
    ),
    (
        "runs_noted_update",
        "AFTER UPDATE ON runs",
        "NEW.state != OLD.state",
        "kind, subject, detail, reason",
        "'run', NEW.id, NEW.state, coalesce(json_extract(NEW.details, '$.ended_by'), '')",
    ),
    (
        "decisions_noted_done",
        "AFTER INSERT ON decisions",
        "NEW.action = 'done'",
        "kind, subject, by, round",
        "'done', NEW.passage, NEW.reviewer, NEW.round",
    ),
    (
        "decisions_noted_reopened",
        "AFTER INSERT ON decisions",
        "NEW.action = 'reopen' OR NEW.action = 'undo' AND EXISTS (SELECT 1 FROM decisions AS undone "
        f"WHERE undone.id = NEW.undoes AND undone.action IN {_CLOSING})",
        "kind, subject, by, round",
        "'reopened', NEW.passage, NEW.reviewer, NEW.round",
    ),
    (
        "assignments_noted_from",
        "AFTER UPDATE ON assignments",
        "NEW.reviewer != OLD.reviewer",
        "kind, subject, by, round",
        "'assigned', NEW.passage, OLD.reviewer, NEW.round",
    ),
    (
        "assignments_noted_to",
        "AFTER UPDATE ON assignments",
        "NEW.reviewer != OLD.reviewer",
        "kind, subject, by, round",
        "'assigned', NEW.passage, NEW.reviewer, NEW.round",
    ),
    (
        "documents_noted",
        "AFTER INSERT ON documents",
        "",
        "kind, subject, detail",
        "'document', NEW.slug, CASE WHEN EXISTS (SELECT 1 FROM documents AS earlier "
        "WHERE earlier.slug = NEW.slug AND earlier.version != NEW.version) "
        "THEN 'corrected' ELSE 'added' END",
    ),
    (
        "settlements_noted",
        "AFTER INSERT ON settlements",
        "",
        "kind, subject, by, round",
        "'ruling', NEW.passage, NEW.by, NEW.round",
    ),
)
"""Trigger, act, condition, columns and values."""


def upgrade() -> None:
    """Create the tables and the triggers. No row that is there is touched."""
    op.create_table(
        "noted_changes",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        Column("by", Text(), server_default="", nullable=False),
        Column("round", Text(), server_default="", nullable=False),
        Column("detail", Text(), server_default="", nullable=False),
        Column("reason", Text(), server_default="", nullable=False),
        PrimaryKeyConstraint("stored", name="pk_noted_changes"),
    )
    op.create_table(
        "events",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("type", Text(), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("body", Text(), nullable=False),
        PrimaryKeyConstraint("stored", name="pk_events"),
        UniqueConstraint("id", name="uq_events_id"),
        UniqueConstraint("key", name="uq_events_key"),
    )
    op.create_table(
        "deliveries",
        Column("event", Text(), nullable=False),
        Column("endpoint", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("due", DateTime(timezone=True), nullable=False),
        Column("claimed", DateTime(timezone=True), nullable=True),
        Column("last", DateTime(timezone=True), nullable=True),
        Column("status", Integer(), nullable=True),
        Column("told", Text(), nullable=False),
        ForeignKeyConstraint(["event"], ["events.id"], name="fk_deliveries_event"),
        PrimaryKeyConstraint("event", "endpoint", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["endpoint", "state", "due"], unique=False)
    op.create_table(
        "endpoints",
        Column("name", Text(), nullable=False),
        Column("url", Text(), nullable=False),
        Column("disabled", DateTime(timezone=True), nullable=True),
        PrimaryKeyConstraint("name", name="pk_endpoints"),
    )
    for table, (refusal, key) in _APPENDED.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key}) "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
    for name, act, condition, columns, values in _NOTED:
        when = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {name} {act} {when}"
            f"BEGIN INSERT INTO noted_changes (at, {columns}) VALUES ({_NOW}, {values}); END"
        )
