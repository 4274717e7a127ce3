"""People who log in to a served study, and what they show to be let in."""

from __future__ import annotations

from enum import StrEnum

from cothemes.records.record import Moment, Record


class UserRole(StrEnum):
    """What a person may do in a served study; a person may have several."""

    LEAD = "lead"
    """Reads every report, routes work and invites people."""
    REVIEWER = "reviewer"
    """Codes the passages assigned to them."""
    ADJUDICATOR = "adjudicator"
    """Rules on disagreements, names hidden."""
    READER = "reader"
    """Reads findings; changes nothing."""


class User(Record):
    """A person who may log in. Who codes or adjudicates is a registered reviewer of the same name."""

    name: str
    roles: tuple[UserRole, ...]
    """In the order of `UserRole`, each once."""
    password: str = ""
    """argon2 hash; empty until an invitation is accepted, and for whoever logs in through a provider."""
    added: Moment
    revoked: Moment | None = None
    """Since when the person is let in no more."""


class CredentialKind(StrEnum):
    """Secrets that stand for a person."""

    INVITATION = "invitation"
    """Works once: who opens the link sets a password, or logs in through the provider."""
    SESSION = "session"
    """A browser that is logged in."""
    TOKEN = "token"
    """A program that uses the API."""


class Credential(Record):
    """A secret that was given out. The secret is not kept, only its digest."""

    id: str
    """UUIDv7."""
    user: str
    kind: CredentialKind
    digest: str
    """sha256 (hex) of the secret, which is random and too long to be guessed."""
    label: str = ""
    """What a token is for."""
    email: str = ""
    """E-mail address that an invitation is for; empty for anybody who has the link."""
    made: Moment
    expires: Moment | None
    used: Moment | None = None
    """When an invitation was accepted."""
    revoked: Moment | None = None
