"""Capacity and pauses of people; the drawn order, the chance of a blind reading, and seeded suggestions."""

from __future__ import annotations

from collections import defaultdict

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = BigInteger().with_variant(Integer, "sqlite")

_REFUSAL = "a seeded suggestion is never changed or deleted"


def upgrade() -> None:
    """Adds the columns, fills in the chance that earlier draws imply, and makes the table of seeds."""
    op.add_column("reviewers", Column("capacity", Integer(), nullable=True))
    op.add_column("reviewers", Column("paused", DateTime(timezone=True), nullable=True))
    for column in (
        Column("chance", Double(), nullable=True),
        Column("rank", Double(), nullable=True),
        Column("stream", Text(), nullable=False, server_default="document"),
        Column("moved_from", Text(), nullable=True),
        Column("purpose", Text(), nullable=False, server_default="study"),
    ):
        op.add_column("assignments", column)
    _fill_in_chances()
    op.create_table(
        "seeds",
        Column("stored", KEY, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("reviewer", Text(), nullable=False),
        Column("passage", Text(), nullable=False),
        Column("round", Text(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("code_hash", Text(), nullable=False),
        Column("start", Integer(), nullable=True),
        Column("end", Integer(), nullable=True),
        Column("run", Text(), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("drawn", DateTime(timezone=True), nullable=False),
        Column("seed", BigInteger(), nullable=False),
        ForeignKeyConstraint(["reviewer"], ["reviewers.name"], name="fk_seeds_reviewer"),
        ForeignKeyConstraint(["passage"], ["passages.id"], name="fk_seeds_passage"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="fk_seeds_run"),
        PrimaryKeyConstraint("stored", name="pk_seeds"),
        UniqueConstraint("id", name="uq_seeds_id"),
    )
    op.create_index("ix_seeds_passage", "seeds", ["passage"])
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER seeds_no_{act.lower()} BEFORE {act} ON seeds "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # INSERT OR REPLACE would take the old row away without asking the trigger on DELETE.
    op.execute(
        "CREATE TRIGGER seeds_no_replace BEFORE INSERT ON seeds "
        "WHEN EXISTS (SELECT 1 FROM seeds WHERE id = NEW.id OR stored = NEW.stored) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )


def _fill_in_chances() -> None:
    """What earlier draws imply: one less the chance of the lot with suggestions, of the draw that took the
    passage first; where nobody was given a suggestion, the blind lots are all there is."""
    connection = op.get_bind()
    found = "SELECT passage, round, drawn, arm, double, probability FROM assignments ORDER BY drawn"
    first: dict[tuple[str, str], str] = {}
    seen: dict[tuple[str, str], set[float]] = defaultdict(set)
    blind: dict[tuple[str, str], set[tuple[bool, float]]] = defaultdict(set)
    for passage, round_name, drawn, arm, double, probability in connection.execute(text(found)):
        when = first.setdefault((passage, round_name), drawn)
        if when == drawn and arm == "blind":
            blind[round_name, drawn].add((bool(double), probability))
        elif when == drawn:
            seen[round_name, drawn].add(probability)
    chances = []
    for (passage, round_name), drawn in first.items():
        lots = seen[round_name, drawn]
        if len(lots) > 1:
            continue
        chance = 1 - next(iter(lots)) if lots else min(1.0, sum(p for _, p in blind[round_name, drawn]))
        if chance > 0:
            chances.append({"passage": passage, "round": round_name, "chance": chance})
    if chances:
        statement = "UPDATE assignments SET chance = :chance WHERE passage = :passage AND round = :round"
        connection.execute(text(statement), chances)
