"""The table of what people said of the names of raters.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class RaterIdentityColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    name: Named[str] = Column(Text)
    into: Named[str] = Column(Text)
    same: Named[bool]
    reason: Named[str] = Column(Prose)
    takes_back: Named[str | None] = Column(Text)


rater_identities = Table("rater_identities", metadata, RaterIdentityColumns)
