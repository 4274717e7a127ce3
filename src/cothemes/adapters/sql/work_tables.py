"""The tables of who works on what, and of what people settled by a provider's page.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Named, Table, Text, TypedColumns, UniqueConstraint

from cothemes.adapters.sql.columns import Moment, Prose
from cothemes.adapters.sql.schema import BigKey, metadata


class WorkerColumns(TypedColumns):
    """A row goes when its work ends in order: one that is there is of a process at work, or of a dead one."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    name: Named[str] = Column(Text)
    work: Named[str] = Column(Text)
    host: Named[str] = Column(Text)
    machine: Named[str] = Column(Text)
    boot: Named[str] = Column(Text)
    pid: Named[int]
    since: Named[datetime] = Column(Moment)


workers = Table("workers", metadata, WorkerColumns, UniqueConstraint("name", "work", name="uq_workers_name"))


class ConfirmationColumns(TypedColumns):
    """Append-only: triggers refuse UPDATE and DELETE. `stored` keeps the order. `call` is the number of a row
    of the ledger, not its key: that is a hash over words, which goes when they are forgotten."""

    stored: Named[int] = Column(BigKey, primary_key=True, autoincrement=True)
    lot: Named[int]
    at: Named[datetime] = Column(Moment)
    by: Named[str] = Column(Text)
    note: Named[str] = Column(Prose)
    call: Named[int] = Column(BigKey)
    run: Named[str] = Column(Text)
    currency: Named[str] = Column(Text)
    state: Named[str] = Column(Text)
    reserved_nanos: Named[int] = Column(BigInteger)
    unconfirmed_nanos: Named[int] = Column(BigInteger)
    amount_nanos: Named[int] = Column(BigInteger)
    takes_back: Named[int | None]


confirmations = Table(
    "confirmations",
    metadata,
    ConfirmationColumns,
    UniqueConstraint("lot", "call", name="uq_confirmations_lot"),
)
