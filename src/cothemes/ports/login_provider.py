"""What is asked of the institution that people log in at."""

from __future__ import annotations

from typing import Protocol

from cothemes.records.identity import LoginAttempt, ProviderAccount


class LoginProvider(Protocol):
    """A provider of OpenID Connect."""

    @property
    def name(self) -> str:
        """Return the provider's name, as the login page shows it."""

    def begin(self, attempt: LoginAttempt) -> str:
        """Return the provider's address to which the browser goes. Raises ServiceError."""

    def account(self, attempt: LoginAttempt, code: str, issuer: str) -> ProviderAccount:
        """Return the account that the provider's answer proves. `issuer`: as the answer named it, if it did.

        Raises AccessRefused for an answer that proves nothing, ServiceError where the provider is silent.
        """

    def trouble(self) -> str:
        """Return why nobody can log in through the provider now, for the terminal; empty where they can."""

    def logout_address(self) -> str:
        """Return the address at which the provider ends its own login; empty where it has none, or does not
        answer.
        """
