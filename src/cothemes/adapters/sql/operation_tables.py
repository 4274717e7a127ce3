"""The tables of operations on codes and of drafts.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class OperationColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    codes: Named[Any] = Column(JSON, nullable=False)
    into: Named[Any] = Column(JSON, nullable=False)
    exact: Named[bool]
    old: Named[str] = Column(Text)
    new: Named[str] = Column(Text)
    undoes: Named[str] = Column(Text)
    reason: Named[str] = Column(Prose)
    by_hand: Named[bool]
    details: Named[Any] = Column(JSON, nullable=False)


code_operations = Table("code_operations", metadata, OperationColumns)


class DraftColumns(TypedColumns):
    """Append-only, as above. A row is one act on a draft."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    act: Named[str] = Column(Text)
    code: Named[str] = Column(Text, index=True)
    label: Named[str] = Column(Prose)
    passage: Named[str] = Column(Text)
    reason: Named[str] = Column(Prose)


code_drafts = Table("code_drafts", metadata, DraftColumns)
