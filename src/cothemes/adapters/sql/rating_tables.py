"""The table of ratings that were made elsewhere.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.schema import BigKey, metadata


class RatingColumns(TypedColumns):
    """Ratings that were imported; `stored` keeps their order. People's decisions and runs stand elsewhere."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    unit: Named[str] = Column(Text, ForeignKey("passages.id"), index=True)
    doc: Named[str] = Column(Text)
    rater: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    code: Named[str] = Column(Text)
    value: Named[int | None]
    arm: Named[str] = Column(Text)
    round: Named[str] = Column(Text)
    run: Named[str] = Column(Text)
    codebook: Named[str] = Column(Text)
    cluster: Named[str] = Column(Text)
    start: Named[int | None]
    end: Named[int | None]
    attributes: Named[Any] = Column(JSON, nullable=False)
    text_version: Named[str] = Column(Text, server_default="")


ratings = Table("ratings", metadata, RatingColumns)
Index(
    "uq_ratings_row",
    ratings.c.rater,
    ratings.c.unit,
    ratings.c.code,
    ratings.c.arm,
    ratings.c.round,
    unique=True,
)
