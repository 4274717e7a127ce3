"""People who log in through a provider of their institution (OpenID Connect)."""

from __future__ import annotations

from cothemes.records.record import Moment, Record


class ProviderAccount(Record):
    """An account at the provider, as its verified answer names it."""

    issuer: str
    subject: str
    """The provider's name for the account; it never changes."""
    email: str = ""
    """E-mail address that the provider says it has verified, else empty."""


class Identity(Record):
    """The account with which a person logs in, recorded at their first login."""

    id: str
    """UUIDv7."""
    user: str
    issuer: str
    subject: str
    made: Moment
    ended: Moment | None = None
    """When the person was revoked, or accepted a later invitation."""


class LoginAttempt(Record):
    """A login that was begun and waits for the provider's answer. The browser keeps it in a signed cookie."""

    state: str
    """Ties the answer to this browser."""
    nonce: str
    """Ties the ID token to this attempt."""
    verifier: str
    """Proves to the provider that whoever redeems the code began the login (PKCE)."""
    back: str = "/"
    """Address to go on to."""
    invitation: str = ""
    """Secret of the invitation that is being accepted; empty at a plain login."""
