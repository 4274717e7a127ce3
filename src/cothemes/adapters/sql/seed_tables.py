"""The table of suggestions that are wrong on purpose.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class SeedColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    reviewer: Named[str] = Column(Text, ForeignKey("reviewers.name"))
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), index=True)
    round: Named[str] = Column(Text)
    code: Named[str] = Column(Text)
    code_hash: Named[str] = Column(Text)
    start: Named[int | None]
    end: Named[int | None]
    text_version: Named[str] = Column(Text, server_default="")
    run: Named[str] = Column(Text, ForeignKey("runs.id"))
    reason: Named[str] = Column(Prose)
    drawn: Named[datetime] = Column(Moment)
    seed: Named[int] = Column(BigInteger)


seeds = Table("seeds", metadata, SeedColumns)
