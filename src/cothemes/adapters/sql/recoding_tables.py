"""The table of passages that a reviewer is given once more, after the wording of codes changed.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment
from cothemes.adapters.sql.schema import metadata


class RecodingColumns(TypedColumns):
    """Beside the first assignment of the same reviewer and passage, which stays as it is."""

    reviewer: Named[str] = Column(Text, ForeignKey("reviewers.name"), primary_key=True)
    passage: Named[str] = Column(Text, ForeignKey("passages.id"), primary_key=True, index=True)
    round: Named[str] = Column(Text, primary_key=True)
    document: Named[str] = Column(Text)
    arm: Named[str] = Column(Text)
    probability: Named[float]
    double: Named[bool]
    position: Named[int]
    drawn: Named[datetime] = Column(Moment)
    seed: Named[int] = Column(BigInteger)
    chance: Named[float | None]
    rank: Named[float | None]
    stream: Named[str] = Column(Text)
    moved_from: Named[str | None] = Column(Text)
    codes: Named[Any] = Column(JSON, nullable=False)


recodings = Table("recodings", metadata, RecodingColumns)
