"""The tables of people who log in, and of their work in hand.

As in schema.py, a column has the name of its record's field; what no field has is explained here. No row
holds a word of a document.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.columns import Moment
from cothemes.adapters.sql.schema import BigKey, metadata


class UserColumns(TypedColumns):
    """`stored` keeps the order in which people were added."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    name: Named[str] = Column(Text, unique=True)
    roles: Named[Any] = Column(JSON, nullable=False)
    password: Named[str] = Column(Text)
    added: Named[datetime] = Column(Moment)
    revoked: Named[datetime | None] = Column(Moment)


users = Table("users", metadata, UserColumns)


class CredentialColumns(TypedColumns):
    """Digests of secrets; `stored` keeps the order."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    user: Named[str] = Column(Text, index=True)
    kind: Named[str] = Column(Text)
    digest: Named[str] = Column(Text, unique=True)
    label: Named[str] = Column(Text)
    email: Named[str] = Column(Text, server_default="")
    made: Named[datetime] = Column(Moment)
    expires: Named[datetime | None] = Column(Moment)
    used: Named[datetime | None] = Column(Moment)
    revoked: Named[datetime | None] = Column(Moment)


credentials = Table("credentials", metadata, CredentialColumns)


class IdentityColumns(TypedColumns):
    """Accounts at a login provider; `stored` keeps the order. An account that has ended stays as a row."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    id: Named[str] = Column(Text, unique=True)
    user: Named[str] = Column(Text, index=True)
    issuer: Named[str] = Column(Text)
    subject: Named[str] = Column(Text, index=True)
    made: Named[datetime] = Column(Moment)
    ended: Named[datetime | None] = Column(Moment)


identities = Table("identities", metadata, IdentityColumns)


class ClaimColumns(TypedColumns):
    """One row for each reviewer and passage; it is written over when the lease has ended."""

    reviewer: Named[str] = Column(Text, primary_key=True)
    passage: Named[str] = Column(Text, primary_key=True)
    holder: Named[str] = Column(Text)
    until: Named[datetime] = Column(Moment)


claims = Table("claims", metadata, ClaimColumns)


class AnsweredActColumns(TypedColumns):
    """One row for each idempotency key of a reviewer."""

    reviewer: Named[str] = Column(Text, primary_key=True)
    key: Named[str] = Column(Text, primary_key=True)
    digest: Named[str] = Column(Text)
    passage: Named[str] = Column(Text)
    at: Named[datetime] = Column(Moment)


answered_acts = Table("answered_acts", metadata, AnsweredActColumns)
