"""One served study: what all requests share."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from itsdangerous import BadData, BadSignature, Signer, URLSafeTimedSerializer
from pydantic import ValidationError

from cothemes.app import wiring
from cothemes.app.review.blindness import OpenBlind, seen_by
from cothemes.app.review.desks import Desks
from cothemes.app.study import Study
from cothemes.ports import LoginProvider
from cothemes.records.code_names import CodeNames
from cothemes.records.identity import LoginAttempt
from cothemes.records.user import User
from cothemes.web.told import Told
from cothemes.web.tries import LoginTries
from cothemes.web.uploads import Uploads

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
ATTEMPT_SECONDS = 600
"""Time that a login through the provider may take."""


@dataclass(frozen=True)
class Service:
    """An open study that is served. `address` is the one under which people reach it."""

    study: Study
    address: str
    behind_tls: bool = False
    provider: LoginProvider | None = None
    """The provider through which people log in, if one is set."""
    tries: LoginTries = field(default_factory=LoginTries)
    told: Told = field(default_factory=Told)
    uploads: Uploads = field(default_factory=Uploads)
    hashing: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))
    """Held while a password is compared: each comparison takes 64 MiB."""

    @property
    def hosts(self) -> frozenset[str]:
        """Names by which the service may be called."""
        host = urlsplit(self.address).hostname or ""
        named = {f"[{host}]" if ":" in host else host}
        return frozenset(named | (LOOPBACK if named & LOOPBACK else frozenset()))

    @property
    def cookie(self) -> str:
        """Name of the session's cookie; behind TLS the browser holds it to this host."""
        return "__Host-cothemes" if self.behind_tls else "cothemes"

    @property
    def attempt_cookie(self) -> str:
        """Name of the cookie of a login that waits for the provider's answer."""
        return f"{self.cookie}-login"

    @cached_property
    def _key(self) -> bytes:
        self.study.records.mkdir(exist_ok=True)
        return wiring.service_key(self.study.records)

    @property
    def _signer(self) -> Signer:
        return Signer(self._key, salt="session", digest_method=hashlib.sha256)

    def signed(self, secret: str) -> str:
        """Return the value of a session's cookie."""
        return self._signer.sign(secret).decode()

    def unsigned(self, value: str) -> str:
        """Return the secret in a cookie; empty where nobody here signed it."""
        try:
            return self._signer.unsign(value).decode()
        except (BadSignature, UnicodeDecodeError):
            return ""

    @property
    def _attempts(self) -> URLSafeTimedSerializer:
        signing = {"digest_method": hashlib.sha256}
        return URLSafeTimedSerializer(self._key, salt="login attempt", signer_kwargs=signing)

    def signed_attempt(self, attempt: LoginAttempt) -> str:
        """Return the value of the cookie of a login that was begun."""
        return str(self._attempts.dumps(attempt.model_dump()))

    def attempt(self, value: str) -> LoginAttempt | None:
        """Return the login in a cookie; None where nobody here signed it, or where it took too long."""
        try:
            return LoginAttempt.model_validate(self._attempts.loads(value, max_age=ATTEMPT_SECONDS))
        except (BadData, ValidationError, UnicodeError):
            return None

    def keyed(self, purpose: str, text: str) -> str:
        """Return a hash (hex) that nobody without the study's key can make."""
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    @cached_property
    def desks(self) -> Desks:
        """The desks of the people who review."""
        return Desks(self.study)

    def former_codes(self) -> Mapping[str, str]:
        """Return ids of codes that only records know, as people read them."""
        return CodeNames(self.study.store.operations.all()).former

    def seen_by(self, user: User) -> Study:
        """Return the study as a person may see it at this moment."""
        return seen_by(self.study, user.name, self._open_blind.of(user.name))

    @cached_property
    def _open_blind(self) -> OpenBlind:
        return OpenBlind(self.study)
