"""The tables of pseudonyms and of what was forgotten. Originals stand in one table, apart from all others.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class PseudonymColumns(TypedColumns):
    """Pseudonyms without their originals; they stay when the original goes, so that none is given twice."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    pseudonym: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    rule: Named[str] = Column(Text)
    treatment: Named[str] = Column(Text)
    settled: Named[bool]


pseudonyms = Table("pseudonyms", metadata, PseudonymColumns)


class OriginalColumns(TypedColumns):
    """The originals of pseudonyms. Never exported, and joined with nothing but its pseudonym."""

    pseudonym: Named[str] = Column(Text, ForeignKey("pseudonyms.id"), primary_key=True)
    kind: Named[str] = Column(Text)
    key: Named[str] = Column(Prose)
    scope: Named[str] = Column(Text)
    original: Named[str] = Column(Prose)


originals = Table("originals", metadata, OriginalColumns)
Index("uq_originals_key", originals.c.kind, originals.c.key, originals.c.scope, unique=True)


class ReplacementColumns(TypedColumns):
    """The log: which stretch of a document holds what, by pseudonym."""

    document: Named[str] = Column(Text, primary_key=True)
    start: Named[int] = Column(primary_key=True)
    end: Named[int]
    pseudonym: Named[str] = Column(Text, ForeignKey("pseudonyms.id"), index=True)
    rule: Named[str] = Column(Text)
    applied: Named[bool]


replacements = Table("replacements", metadata, ReplacementColumns)


class DeidentificationColumns(TypedColumns):
    """State of each document: what was found, and who read it."""

    document: Named[str] = Column(Text, primary_key=True)
    version: Named[str] = Column(Text)
    found: Named[str] = Column(Text)
    searched: Named[datetime] = Column(Moment)
    reviewed: Named[str] = Column(Text)
    reviewer: Named[str] = Column(Text)
    at: Named[datetime | None] = Column(Moment)


deidentifications = Table("deidentifications", metadata, DeidentificationColumns)


class TombstoneColumns(TypedColumns):
    """Record of forgotten documents. A trigger refuses to take one in again."""

    document: Named[str] = Column(Text, primary_key=True)
    at: Named[datetime] = Column(Moment)
    reason: Named[str] = Column(Prose)
    by: Named[str] = Column(Text)
    erased: Named[Any] = Column(JSON, nullable=False)


tombstones = Table("tombstones", metadata, TombstoneColumns)


class MarkColumns(TypedColumns):
    """Hashes of the files and texts of forgotten documents."""

    mark: Named[str] = Column(Text, primary_key=True)
    document: Named[str] = Column(Text, ForeignKey("tombstones.document"))


marks = Table("tombstone_marks", metadata, MarkColumns)
