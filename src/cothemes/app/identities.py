"""Logging in through a provider (OpenID Connect).

Nobody is added by logging in: an account is tied to a person whom the lead invited, once, by the invitation's
link or by the e-mail address that the invitation names. From then on the provider's subject decides, not the
address.
"""

from __future__ import annotations

import secrets

from cothemes.app import wiring
from cothemes.app.privacy.access import record_login
from cothemes.app.study import Study
from cothemes.app.users import begin_session, email_key, open_invitation, replace_login, user_of
from cothemes.errors import AccessRefused
from cothemes.records.identity import Identity, LoginAttempt, ProviderAccount
from cothemes.records.user import Credential, User


def new_attempt(back: str = "/", invitation: str = "") -> LoginAttempt:
    """Return a login that begins, with fresh secrets."""
    return LoginAttempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        back=back,
        invitation=invitation,
    )


def log_in_through(study: Study, account: ProviderAccount, hours: float, invitation: str = "") -> str:
    """Return the secret of a new session of the person to whom the account belongs. `invitation`: the secret
    of one that the person accepts by logging in.

    Raises AccessRefused where nobody was invited under this account.
    """
    try:
        if invitation:
            user = _accepted(study, open_invitation(study, invitation), account)
        else:
            user = _known(study, account) or _by_email(study, account)
    except AccessRefused:
        record_login(study, "", "login refused")
        raise
    secret = begin_session(study, user, hours)
    record_login(study, user.name, "login")
    return secret


def through_provider(study: Study, name: str) -> bool:
    """Return whether a person logs in through the provider."""
    return study.store.users.identity_of(name) is not None


def _known(study: Study, account: ProviderAccount) -> User | None:
    """The person whose account it is, unless they were revoked."""
    found = study.store.users.identity(account.issuer, account.subject)
    user = study.store.users.get(found.user) if found is not None else None
    return None if user is None or user.revoked else user


def _by_email(study: Study, account: ProviderAccount) -> User:
    """The person who is invited by the account's verified address; the invitation is accepted."""
    address = email_key(account.email)
    open_ones: list[Credential] = []
    for each in study.store.users.invitations(address) if address else ():
        if each.expires is None or each.expires > wiring.clock().now():
            open_ones.append(each)
    if len({each.user for each in open_ones}) != 1:
        raise AccessRefused(
            "nobody was invited to this study under your account",
            hint="Open the invitation link that the lead of the study sent you, or ask for one.",
        )
    return _accepted(study, open_ones[-1], account)


def _accepted(study: Study, invitation: Credential, account: ProviderAccount) -> User:
    user = user_of(study, invitation.user)
    if invitation.email and invitation.email != email_key(account.email):
        raise AccessRefused(
            "this invitation is for another e-mail address, or the provider has not verified yours",
            hint="Log in there with the account to which it was sent, or ask the lead of the study.",
        )
    now = wiring.clock().now()
    with study.store.together():
        known = _known(study, account)
        if known is not None and known.name != user.name:
            raise AccessRefused(
                f"your account logs in here as {known.name} already, and this invitation is for {user.name}",
                hint="One account is one person of the study. Ask the lead of the study.",
            )
        replace_login(study, user, invitation, now)
        study.store.users.add_identity(
            Identity(
                id=wiring.ids().new(),
                user=user.name,
                issuer=account.issuer,
                subject=account.subject,
                made=now,
            )
        )
    record_login(study, user.name, "accept invitation")
    return user
