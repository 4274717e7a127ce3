"""The table of things that imported projects brought and that go back with their own ids.

As in schema.py, a column has the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.schema import BigKey, metadata


class CarriedColumns(TypedColumns):
    """No act of a person: a later import replaces a row. `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    guid: Named[str] = Column(Text, unique=True)
    kind: Named[str] = Column(Text)
    name: Named[str] = Column(Text)
    document: Named[str] = Column(Text, index=True)
    version: Named[str] = Column(Text)
    start: Named[int | None]
    end: Named[int | None]
    content: Named[Any] = Column(JSON, nullable=False)


carried = Table("carried", metadata, CarriedColumns)
