"""Leases on passages, and acts that were answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, read, read_one, row_of
from cothemes.adapters.sql.user_tables import answered_acts, claims
from cothemes.records.claim import AnsweredAct, Claim

_CLAIM = columns_of(claims, Claim)
_ANSWERED = columns_of(answered_acts, AnsweredAct)


class SqlClaims:
    """`ports.ClaimStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, claim: Claim, now: datetime, *, take_over: bool = False) -> bool:
        """Take a passage, or extend the lease on it; False while another holder's lease runs. With
        `take_over`, the lease of another holder moves to this one.
        """
        statement = insert(claims)
        free = (claims.c.holder == claim.holder) | (claims.c.until <= now)
        taken = statement.on_conflict_do_update(
            index_elements=["reviewer", "passage"],
            set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
            where=None if take_over else free,
        )
        with self._database.writing() as connection:
            return connection.execute(taken, row_of(claim)).rowcount == 1

    def release(self, reviewer: str, passage: str, holder: str) -> None:
        """End a lease; nothing happens where the holder has none."""
        own = delete(claims).where(
            claims.c.reviewer == reviewer, claims.c.passage == passage, claims.c.holder == holder
        )
        with self._database.writing() as connection:
            connection.execute(own)

    def held(self, reviewer: str, now: datetime) -> list[Claim]:
        """Return the reviewer's leases that run."""
        query = select(*_CLAIM).where(claims.c.reviewer == reviewer, claims.c.until > now)
        with self._database.reading() as connection:
            return read(connection, Claim, query.order_by(claims.c.passage))

    def answered(self, reviewer: str, key: str) -> AnsweredAct | None:
        """Return the act done under this key."""
        query = select(*_ANSWERED).where(answered_acts.c.reviewer == reviewer, answered_acts.c.key == key)
        with self._database.reading() as connection:
            return read_one(connection, AnsweredAct, query)

    def answer(self, act: AnsweredAct) -> None:
        """Keep an act that was done."""
        with self._database.writing() as connection:
            connection.execute(insert(answered_acts), row_of(act))

    def sweep(self, before: datetime) -> None:
        """Forget leases that ended, and acts that were done, before a time."""
        with self._database.writing() as connection:
            connection.execute(delete(claims).where(claims.c.until < before))
            connection.execute(delete(answered_acts).where(answered_acts.c.at < before))
