"""The tables of changes, events and their deliveries.

As in schema.py, a column has the name of its record's field; what no field has is explained here. No row
holds a word of a document. Triggers of the migration write `noted_changes`: an act and its change are one
transaction, whichever command made it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class NotedChangeColumns(TypedColumns):
    """Append-only, as decisions are."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    at: Named[datetime] = Column(Moment)
    kind: Named[str] = Column(Text)
    subject: Named[str] = Column(Text)
    by: Named[str] = Column(Text, server_default="")
    round: Named[str] = Column(Text, server_default="")
    detail: Named[str] = Column(Text, server_default="")
    reason: Named[str] = Column(Text, server_default="")


noted_changes = Table("noted_changes", metadata, NotedChangeColumns)


class EventColumns(TypedColumns):
    """Append-only. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    key: Named[str] = Column(Text, unique=True)
    type: Named[str] = Column(Text)
    at: Named[datetime] = Column(Moment)
    body: Named[str] = Column(Text)


events = Table("events", metadata, EventColumns)


class DeliveryColumns(TypedColumns):
    """One row for each event and endpoint; it is written over at each attempt."""

    event: Named[str] = Column(Text, ForeignKey("events.id"), primary_key=True)
    endpoint: Named[str] = Column(Text, primary_key=True)
    state: Named[str] = Column(Text)
    attempts: Named[int]
    due: Named[datetime] = Column(Moment)
    claimed: Named[datetime | None] = Column(Moment)
    last: Named[datetime | None] = Column(Moment)
    status: Named[int | None]
    told: Named[str] = Column(Prose)


deliveries = Table("deliveries", metadata, DeliveryColumns)
Index("ix_deliveries_due", deliveries.c.endpoint, deliveries.c.state, deliveries.c.due)


class EndpointColumns(TypedColumns):
    """One row for each endpoint that the settings named."""

    name: Named[str] = Column(Text, primary_key=True)
    url: Named[str] = Column(Text)
    disabled: Named[datetime | None] = Column(Moment)


endpoints = Table("endpoints", metadata, EndpointColumns)
