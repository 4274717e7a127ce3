"""The table of changes to the codebook.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class RevisionColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    old: Named[str] = Column(Text)
    new: Named[str] = Column(Text)
    codes: Named[Any] = Column(JSON, nullable=False)
    candidates: Named[Any] = Column(JSON, nullable=False)
    reason: Named[str] = Column(Prose)


revisions = Table("revisions", metadata, RevisionColumns)
