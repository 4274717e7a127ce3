"""The table of batches. As in schema.py, a column bears the name of its record's field."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.partial_index import partial_index
from cothemes.adapters.sql.schema import BigKey, calls, metadata


class BatchColumns(TypedColumns):
    """`stored` keeps the order in which batches were intended."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    tag: Named[str] = Column(Text, unique=True)
    run: Named[str] = Column(Text)
    endpoint: Named[str] = Column(Text)
    state: Named[str] = Column(Text)
    requests: Named[int]
    size: Named[int] = Column(BigInteger)
    provider_id: Named[str] = Column(Text)
    status: Named[str] = Column(Text)
    completed: Named[int]
    failed: Named[int]
    input_file: Named[str] = Column(Text)
    output_file: Named[str] = Column(Text)
    error_file: Named[str] = Column(Text)
    detail: Named[str] = Column(Prose)
    cleared: Named[bool]
    intended_at: Named[datetime] = Column(Moment)
    asked_at: Named[datetime | None] = Column(Moment)
    seen_at: Named[datetime | None] = Column(Moment)
    ended_at: Named[datetime | None] = Column(Moment)


batches = Table("batches", metadata, BatchColumns)
partial_index("ix_calls_owner", calls.c.owner, calls.c.owner != "")
