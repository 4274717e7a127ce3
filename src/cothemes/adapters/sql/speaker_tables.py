"""The table of what people said of speakers.

As in schema.py, a column has the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment
from cothemes.adapters.sql.schema import BigKey, metadata


class SpeakerColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    document: Named[str] = Column(Text, index=True)
    label: Named[str] = Column(Text)
    role: Named[str | None] = Column(Text)
    name: Named[str | None] = Column(Text)
    participant: Named[str | None] = Column(Text)


speakers = Table("speakers", metadata, SpeakerColumns)
