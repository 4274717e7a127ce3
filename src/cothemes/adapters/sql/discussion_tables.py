"""The tables of settled disagreements and of memos.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class SettlementColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text, ForeignKey("reviewers.name"))
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), index=True)
    round: Named[str] = Column(Text)
    ruling: Named[str] = Column(Text)
    code: Named[str | None] = Column(Text)
    code_hash: Named[str | None] = Column(Text)
    codebook_hash: Named[str] = Column(Text)
    text_version: Named[str] = Column(Text, server_default="")
    attributes: Named[Any] = Column(JSON, nullable=False)
    start: Named[int | None]
    end: Named[int | None]
    note: Named[str] = Column(Prose)
    readers: Named[Any] = Column(JSON, nullable=False)
    undoes: Named[str | None] = Column(Text)


settlements = Table("settlements", metadata, SettlementColumns)


class MemoColumns(TypedColumns):
    """Every version of every memo, append-only. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    memo: Named[str] = Column(Text, index=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    document: Named[str | None] = Column(Text)
    passage: Named[str | None] = Column(Text, ForeignKey("passages.id"), index=True)
    code: Named[str | None] = Column(Text)
    codebook_hash: Named[str] = Column(Text)
    text: Named[str] = Column(Prose)
    kind: Named[str] = Column(Text, server_default="note")
    theme: Named[str | None] = Column(Text)
    documents: Named[Any] = Column(JSON, server_default="[]", nullable=False)


memos = Table("memos", metadata, MemoColumns)
