"""People who log in to a served study: invitations, passwords, sessions, tokens, revoking. Logins through a
provider are in `identities.py`.

Secrets are random and are shown once; the records hold their digests. A person's name is the one under which
their decisions are stored, so whoever codes or adjudicates is a registered reviewer of that name.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cothemes.app import wiring
from cothemes.app.privacy.access import record_login
from cothemes.app.reviewers import ADJUDICATOR, CODER, NAME, RESERVED, add_reviewer
from cothemes.app.study import Study
from cothemes.errors import AccessRefused, NotLoggedIn, StateConflict, UsageError
from cothemes.records.record import Listing, Moment, Record
from cothemes.records.user import Credential, CredentialKind, User, UserRole
from cothemes.stages.review.raters import name_key

INVITATION_DAYS = 7
SHORTEST, LONGEST = 10, 1024
"""Characters of a password."""
EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


class UserToken(Record):
    """A token of the API that works."""

    id: str
    label: str
    made: Moment
    expires: Moment | None


class UserEntry(Record):
    """A person who may log in, or who no longer may."""

    name: str
    roles: tuple[UserRole, ...]
    added: Moment
    joined: bool
    """True once the person has set a password, or logged in through the provider."""
    revoked: Moment | None
    sessions: int
    """Browsers that are logged in."""
    tokens: tuple[UserToken, ...]


class UserList(Listing[UserEntry]):
    """Everybody who was ever invited, in that order."""


class Invitation(Record):
    """A link that lets a person set a password or log in through the provider, once."""

    name: str
    roles: tuple[UserRole, ...]
    link: str
    expires: Moment


class TokenMade(Record):
    """A new token of the API. It is shown here and nowhere else."""

    name: str
    id: str
    label: str
    token: str
    expires: Moment | None


class UserRevoked(Record):
    """What was revoked."""

    name: str
    token: str
    """Id of the one token; empty where the person is let in no more."""
    revoked: int
    """Invitations, sessions and tokens that ended."""


def user_list(study: Study) -> UserList:
    """Return everybody who was invited, with their tokens."""
    now = wiring.clock().now()
    return UserList(tuple(_entry(study, user, now) for user in study.store.users.all()))


def invite(
    study: Study, name: str, roles: Iterable[UserRole], address: str, *, email: str = ""
) -> Invitation:
    """Invite a person, or give a person who is known other roles and a new link; then the old password or
    account holds until the link is used. `address`: the service's, such as `https://coding.example.org`.
    `email`: the address of the account at the login provider that alone may accept the invitation.

    Raises UsageError for no role, or for a name or e-mail address that cannot be used.
    """
    name = " ".join(name.split())
    email = _usable_email(study, email)
    chosen = tuple(role for role in UserRole if role in set(roles))
    if not chosen:
        raise UsageError("an invitation needs a role", hint=f"Choose from: {', '.join(UserRole)}.")
    known = _usable(study, name)
    for role, registered in ((UserRole.REVIEWER, CODER), (UserRole.ADJUDICATOR, ADJUDICATOR)):
        if role in chosen:
            add_reviewer(study, name, registered)
            break
    now = wiring.clock().now()
    user = known or User(name=name, roles=chosen, added=now)
    study.store.users.put(user.model_copy(update={"roles": chosen, "revoked": None}))
    expires = now + timedelta(days=INVITATION_DAYS)
    secret = _give(study, name, CredentialKind.INVITATION, now, expires, email=email)
    return Invitation(name=name, roles=chosen, link=f"{address.rstrip('/')}/invite/{secret}", expires=expires)


def invited(study: Study, secret: str) -> User:
    """Return whom a link invites. Raises AccessRefused where it was used, revoked or is too old."""
    return user_of(study, open_invitation(study, secret).user)


def invited_address(study: Study, secret: str) -> str:
    """Return the e-mail address that an invitation is for; empty for anybody who has the link. Raises
    AccessRefused.
    """
    return open_invitation(study, secret).email


def accept(study: Study, secret: str, password: str) -> User:
    """Set the password of whom the link invites; the link works no more, and older sessions end.

    Raises AccessRefused, UsageError for a password that is too short or too long.
    """
    found = open_invitation(study, secret)
    user = user_of(study, found.user)
    _refuse_passwords(study)
    if found.email:
        raise AccessRefused(
            "this invitation is for an account at the login provider, not for a password",
            hint="Open the link again and log in there, or ask the lead of the study for another.",
        )
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"the password has {len(password)} characters",
            hint=f"Use {SHORTEST} to {LONGEST}; three or four unrelated words are good.",
        )
    kept = wiring.hash_password(password)
    now = wiring.clock().now()
    with study.store.together():
        replace_login(study, user, found, now, kept)
    record_login(study, user.name, "accept invitation")
    return user


def replace_login(
    study: Study, user: User, invitation: Credential, now: datetime, password: str = ""
) -> None:
    """Use up an invitation, and end every way in that the person had before; `password` is the new hash, if
    any. Call it inside one transaction. Raises AccessRefused where the invitation was used meanwhile.
    """
    if not study.store.users.use(invitation.id, now):
        raise _used()
    study.store.users.revoke(user.name, now)
    study.store.users.end_identity(user.name, now)
    study.store.users.put(user.model_copy(update={"password": password}))


def log_in(study: Study, name: str, password: str, hours: float) -> str:
    """Return the secret of a new session. Raises AccessRefused: it does not say whether the name exists."""
    _refuse_passwords(study)
    user = study.store.users.get(" ".join(name.split()))
    kept = user.password if user is not None and user.revoked is None else ""
    fits = len(password) <= LONGEST and wiring.password_fits(password, kept)
    if user is None or not fits:
        record_login(study, user.name if user else "", "login refused")
        raise AccessRefused(
            "name and password do not fit",
            hint="Try again, or ask the lead of the study for a new invitation.",
        )
    secret = begin_session(study, user, hours)
    record_login(study, user.name, "login")
    return secret


def begin_session(study: Study, user: User, hours: float) -> str:
    """Return the secret of a new session of a person who has proved who they are."""
    now = wiring.clock().now()
    return _give(study, user.name, CredentialKind.SESSION, now, now + timedelta(hours=hours))


def log_out(study: Study, secret: str) -> None:
    """End a session."""
    found = study.store.users.credential(CredentialKind.SESSION, digest_of(secret))
    if found is not None:
        study.store.users.revoke(found.user, wiring.clock().now(), id=found.id)


def holder(study: Study, kind: CredentialKind, secret: str) -> User:
    """Return who shows a session or a token. Raises NotLoggedIn where it works no more."""
    found = study.store.users.credential(kind, digest_of(secret))
    user = study.store.users.get(found.user) if found is not None else None
    if found is None or user is None or user.revoked or not _works(found, wiring.clock().now()):
        raise NotLoggedIn(
            "the login has ended" if kind is CredentialKind.SESSION else "the token is not known",
            hint="Log in again."
            if kind is CredentialKind.SESSION
            else "The lead makes one: cothemes users token NAME",
        )
    return user


def make_token(study: Study, name: str, label: str = "", days: int | None = None) -> TokenMade:
    """Make a token of the API for a person. It is in the returned record only. Raises UsageError."""
    user = user_of(study, name)
    if user.revoked:
        raise StateConflict(f"{name} was revoked", hint=f'Invite again: cothemes users invite "{name}"')
    now = wiring.clock().now()
    expires = now + timedelta(days=days) if days else None
    secret = _give(study, name, CredentialKind.TOKEN, now, expires, label)
    made = study.store.users.credential(CredentialKind.TOKEN, digest_of(secret))
    assert made is not None
    return TokenMade(name=name, id=made.id, label=label, token=secret, expires=expires)


def revoke(study: Study, name: str, token: str = "") -> UserRevoked:
    """Let a person in no more, from this moment; with `token`, end this token alone.

    What the person decided stays. Raises UsageError for an unknown person or token.
    """
    user = user_of(study, name)
    now = wiring.clock().now()
    if token:
        known = [each for each in _tokens(study, name, now) if each.id == token or each.label == token]
        if not known:
            raise UsageError(f"{name} has no token {token!r}", hint="cothemes users lists them.")
        count = sum(study.store.users.revoke(name, now, id=each.id) for each in known)
        return UserRevoked(name=name, token=token, revoked=count)
    with study.store.together():
        study.store.users.put(user.model_copy(update={"revoked": user.revoked or now, "password": ""}))
        study.store.users.end_identity(name, now)
        count = study.store.users.revoke(name, now)
    return UserRevoked(name=name, token="", revoked=count)


def service_address(study: Study, host: str = "", port: int = 0) -> str:
    """Return the address under which people reach the service: that of the settings, else host and port."""
    settings = study.settings.serve
    host = host or settings.host
    shown = f"[{host}]" if ":" in host else host
    return settings.address or f"http://{shown}:{port or settings.port}"


def email_key(address: str) -> str:
    """Return an e-mail address as addresses are compared."""
    return address.strip().casefold()


def digest_of(secret: str) -> str:
    """Return what the records hold of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _give(
    study: Study,
    name: str,
    kind: CredentialKind,
    now: datetime,
    expires: datetime | None,
    label: str = "",
    email: str = "",
) -> str:
    secret = secrets.token_urlsafe(32)
    study.store.users.add_credential(
        Credential(
            id=wiring.ids().new(),
            user=name,
            kind=kind,
            digest=digest_of(secret),
            label=label,
            email=email,
            made=now,
            expires=expires,
        )
    )
    return secret


def _usable(study: Study, name: str) -> User | None:
    """The person of this name, where there is one. Raises UsageError where nobody can be called so."""
    people: Sequence[User] = study.store.users.all()
    known = {name_key(user.name): user for user in people}.get(name_key(name))
    registered = {name_key(each.name): each.name for each in study.store.reviews.reviewers()}
    other = known.name if known else registered.get(name_key(name), name)
    if not NAME.fullmatch(name) or name.casefold() == RESERVED:
        raise UsageError(
            f"{name!r} cannot be a person's name",
            hint=f"Use up to 60 letters, digits, blanks, dots, hyphens or apostrophes; not `{RESERVED}`.",
        )
    if other != name:
        raise UsageError(
            f"{name!r} differs from {other!r} only in case or spaces", hint=f'Use the name "{other}".'
        )
    return known


def user_of(study: Study, name: str) -> User:
    """Return a person who was invited. Raises UsageError."""
    found = study.store.users.get(name)
    if found is None:
        known = ", ".join(user.name for user in study.store.users.all())
        raise UsageError(
            f"{name!r} was not invited",
            hint=f"{f'Invited: {known}. ' if known else ''}Invite: cothemes users invite NAME --role ROLE",
        )
    return found


def open_invitation(study: Study, secret: str) -> Credential:
    """Return the invitation of a link. Raises AccessRefused where it was used, revoked or is too old."""
    found = study.store.users.credential(CredentialKind.INVITATION, digest_of(secret))
    if found is None or not _works(found, wiring.clock().now()):
        raise _used()
    return found


def _usable_email(study: Study, email: str) -> str:
    """An e-mail address as addresses are compared. Raises UsageError."""
    email = email_key(email)
    if not email:
        return ""
    if not study.settings.serve.oidc_issuer:
        raise UsageError(
            "an invitation names an e-mail address only where people log in through a provider",
            hint="Set [serve] oidc_issuer, or leave the address out.",
        )
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise UsageError(f"{email!r} is no e-mail address", hint="Write it like lea@example.org.")
    return email


def _refuse_passwords(study: Study) -> None:
    if not study.settings.serve.passwords:
        raise AccessRefused(
            "passwords are switched off in this study",
            hint="Log in through the provider that the login page names.",
        )


def _used() -> AccessRefused:
    return AccessRefused(
        "this invitation was used, was revoked, or is too old",
        hint="Ask the lead of the study for a new one: cothemes users invite NAME",
    )


def _works(credential: Credential, now: datetime) -> bool:
    ended = credential.expires is not None and credential.expires <= now
    return credential.revoked is None and credential.used is None and not ended


def _tokens(study: Study, name: str, now: datetime) -> list[Credential]:
    found = study.store.users.credentials(name, [CredentialKind.TOKEN])
    return [each for each in found if _works(each, now)]


def _entry(study: Study, user: User, now: datetime) -> UserEntry:
    sessions = study.store.users.credentials(user.name, [CredentialKind.SESSION])
    return UserEntry(
        name=user.name,
        roles=user.roles,
        added=user.added,
        joined=bool(user.password) or study.store.users.identity_of(user.name) is not None,
        revoked=user.revoked,
        sessions=sum(_works(each, now) for each in sessions),
        tokens=tuple(
            UserToken(id=each.id, label=each.label, made=each.made, expires=each.expires)
            for each in _tokens(study, user.name, now)
        ),
    )
