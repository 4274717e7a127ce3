"""What is asked of the records about people who log in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cothemes.records.identity import Identity
from cothemes.records.user import Credential, CredentialKind, User


class UserStore(Protocol):
    """People, and digests of the secrets that were given to them."""

    def all(self) -> list[User]:
        """Return everybody in the order in which they were added."""

    def get(self, name: str) -> User | None:
        """Return the person of this name."""

    def put(self, user: User) -> None:
        """Add a person, or change one."""

    def add_credential(self, credential: Credential) -> None:
        """Store a secret's digest."""

    def credential(self, kind: CredentialKind, digest: str) -> Credential | None:
        """Return the secret of this kind with this digest, revoked or not."""

    def credentials(self, user: str, kinds: Sequence[CredentialKind]) -> list[Credential]:
        """Return a person's secrets of these kinds, oldest first."""

    def use(self, id: str, at: datetime) -> bool:
        """Mark a secret as used; False where it was used or revoked before."""

    def revoke(self, user: str, at: datetime, *, id: str = "") -> int:
        """Revoke all secrets of a person, or the one with this id. Return how many it were."""

    def invitations(self, email: str) -> list[Credential]:
        """Return invitations for an e-mail address that were neither used nor revoked, oldest first."""

    def add_identity(self, identity: Identity) -> None:
        """Store the account with which a person logs in."""

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Return the account, unless it has ended."""

    def identity_of(self, user: str) -> Identity | None:
        """Return the account with which a person logs in."""

    def end_identity(self, user: str, at: datetime) -> None:
        """Let a person's account log in no more."""
