"""The tables of who saw or took what, and of texts that were redacted.

As in schema.py, a column has the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class AccessColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    command: Named[str] = Column(Text)
    path: Named[str] = Column(Prose)
    words: Named[str] = Column(Text)
    documents: Named[Any] = Column(JSON, nullable=False)


accesses = Table("accesses", metadata, AccessColumns)


class RedactionColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    document: Named[str] = Column(Text)
    version: Named[str] = Column(Text)
    erased: Named[Any] = Column(JSON, nullable=False)


redactions = Table("redactions", metadata, RedactionColumns)
