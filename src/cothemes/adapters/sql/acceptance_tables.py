"""The tables of suggestions that were accepted without being read, and of their certificates.

As in schema.py, a column has the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class CertificationColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    name: Named[str] = Column(Text)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    reason: Named[str] = Column(Prose)
    configuration: Named[str] = Column(Text)
    run: Named[str] = Column(Text)
    rater: Named[str] = Column(Text)
    model: Named[str] = Column(Text)
    prompt: Named[str] = Column(Text)
    codebook_hash: Named[str] = Column(Text)
    code_hashes: Named[Any] = Column(JSON, nullable=False)
    round: Named[str] = Column(Text)
    precision: Named[float]
    delta: Named[float]
    look: Named[int]
    level: Named[float]
    pooled: Named[bool]
    tests: Named[Any] = Column(JSON, nullable=False)
    passages: Named[Any] = Column(JSON, nullable=False)
    sample: Named[str] = Column(Text)
    texts: Named[str] = Column(Text)


certifications = Table("certifications", metadata, CertificationColumns)


class AcceptanceColumns(TypedColumns):
    """Append-only, as above. A row is one suggestion under one certificate."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    certificate: Named[str] = Column(Text, index=True)
    suggestion: Named[str] = Column(Text)
    run: Named[str] = Column(Text)
    passage: Named[str] = Column(Text, index=True)
    code: Named[str] = Column(Text)
    text_version: Named[str] = Column(Text)
    score: Named[float]
    at: Named[datetime] = Column(Moment)


acceptances = Table("acceptances", metadata, AcceptanceColumns)


class RevocationColumns(TypedColumns):
    """Append-only, as above."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    certificate: Named[str] = Column(Text)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    reason: Named[str] = Column(Prose)


revocations = Table("revocations", metadata, RevocationColumns)
