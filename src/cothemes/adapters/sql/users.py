"""People who log in, and digests of their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.rows import columns_of, read, read_one, row_of, taking_over
from cothemes.adapters.sql.user_tables import credentials, identities, users
from cothemes.records.identity import Identity
from cothemes.records.user import Credential, CredentialKind, User

_USER = columns_of(users, User)
_CREDENTIAL = columns_of(credentials, Credential)
_IDENTITY = columns_of(identities, Identity)


class SqlUsers:
    """`ports.UserStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[User]:
        """Return everybody in the order in which they were added."""
        with self._database.reading() as connection:
            return read(connection, User, select(*_USER).order_by(users.c.stored))

    def get(self, name: str) -> User | None:
        """Return the person of this name."""
        with self._database.reading() as connection:
            return read_one(connection, User, select(*_USER).where(users.c.name == name))

    def put(self, user: User) -> None:
        """Add a person, or change one."""
        statement = insert(users)
        changed = statement.on_conflict_do_update(
            index_elements=["name"], set_=taking_over(statement, ["name"], users)
        )
        with self._database.writing() as connection:
            connection.execute(changed, row_of(user, roles=[str(role) for role in user.roles]))

    def add_credential(self, credential: Credential) -> None:
        """Store a secret's digest."""
        with self._database.writing() as connection:
            connection.execute(insert(credentials), row_of(credential))

    def credential(self, kind: CredentialKind, digest: str) -> Credential | None:
        """Return the secret of this kind with this digest, revoked or not."""
        query = select(*_CREDENTIAL).where(credentials.c.digest == digest, credentials.c.kind == str(kind))
        with self._database.reading() as connection:
            return read_one(connection, Credential, query)

    def credentials(self, user: str, kinds: Sequence[CredentialKind]) -> list[Credential]:
        """Return a person's secrets of these kinds, oldest first."""
        query = (
            select(*_CREDENTIAL)
            .where(credentials.c.user == user, credentials.c.kind.in_([str(kind) for kind in kinds]))
            .order_by(credentials.c.stored)
        )
        with self._database.reading() as connection:
            return read(connection, Credential, query)

    def use(self, id: str, at: datetime) -> bool:
        """Mark a secret as used; False where it was used or revoked before."""
        unused = (
            update(credentials)
            .where(credentials.c.id == id, credentials.c.used.is_(None), credentials.c.revoked.is_(None))
            .values(used=at)
        )
        with self._database.writing() as connection:
            return connection.execute(unused).rowcount == 1

    def revoke(self, user: str, at: datetime, *, id: str = "") -> int:
        """Revoke all secrets of a person, or the one with this id. Return how many it were."""
        query = (
            update(credentials)
            .where(credentials.c.user == user, credentials.c.revoked.is_(None))
            .values(revoked=at)
        )
        with self._database.writing() as connection:
            return connection.execute(query.where(credentials.c.id == id) if id else query).rowcount

    def invitations(self, email: str) -> list[Credential]:
        """Return invitations for an e-mail address that were neither used nor revoked, oldest first."""
        query = (
            select(*_CREDENTIAL)
            .where(
                credentials.c.kind == str(CredentialKind.INVITATION),
                credentials.c.email == email,
                credentials.c.used.is_(None),
                credentials.c.revoked.is_(None),
            )
            .order_by(credentials.c.stored)
        )
        with self._database.reading() as connection:
            return read(connection, Credential, query)

    def add_identity(self, identity: Identity) -> None:
        """Store the account with which a person logs in."""
        with self._database.writing() as connection:
            connection.execute(insert(identities), row_of(identity))

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Return the account, unless it has ended."""
        query = select(*_IDENTITY).where(
            identities.c.issuer == issuer, identities.c.subject == subject, identities.c.ended.is_(None)
        )
        with self._database.reading() as connection:
            return read_one(connection, Identity, query)

    def identity_of(self, user: str) -> Identity | None:
        """Return the account with which a person logs in."""
        query = select(*_IDENTITY).where(identities.c.user == user, identities.c.ended.is_(None))
        with self._database.reading() as connection:
            return read_one(connection, Identity, query)

    def end_identity(self, user: str, at: datetime) -> None:
        """Let a person's account log in no more."""
        query = (
            update(identities).where(identities.c.user == user, identities.c.ended.is_(None)).values(ended=at)
        )
        with self._database.writing() as connection:
            connection.execute(query)
