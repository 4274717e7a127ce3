"""A provider of OpenID Connect: discovery, the authorization code with PKCE, and the check of the ID token.

authlib and joserfc know the protocol; the requests are made here, so that no answer is followed elsewhere,
waited for long, or read without end.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from cothemes.errors import AccessRefused, InputError, ServiceError, SettingsError
from cothemes.records.endpoint import is_loopback
from cothemes.records.identity import LoginAttempt, ProviderAccount
from cothemes.settings import ServeSettings

_LOG = logging.getLogger(__name__)

SECRET = "COTHEMES_OIDC_SECRET"
CALLBACK = "/login/provider/callback"
"""Path of the service to which the provider sends the browser back."""
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures that only the provider can make. `none` and those made with the client's secret are refused."""
LEEWAY_SECONDS = 60
"""Difference between two clocks that is tolerated."""
KEPT_SECONDS = 3600.0
"""Time for which the provider's description and keys are kept."""
_KEYS_AGAIN_SECONDS = 30.0
"""Least time between two requests for keys, so that forged tokens do not make the service ask without end."""
_TIMEOUT, _LONGEST = 10.0, 15.0
"""Seconds without an answer, and of a whole answer."""
REST_SECONDS = 5.0
"""Time for which a provider that kept us waiting is not asked again: else logins queue up for it, and others
wait."""
_AT_ONCE = 8
"""Requests to the provider at the same time."""
_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class _Description:
    """The provider's own description of itself (discovery)."""

    authorization: str
    token: str
    keys: str
    user_info: str
    end_session: str
    auth_method: str
    names_issuer: bool
    """True if answers to the browser name the issuer (RFC 9207)."""


@dataclass
class OpenIDProvider:
    """`ports.LoginProvider`. `address`: the service's own, under which the provider knows it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    address: str
    name: str
    _asking: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(_AT_ONCE), init=False, repr=False
    )
    _resting_until: float = field(default=0.0, init=False, repr=False)
    _why: str = field(default="", init=False, repr=False)
    """Why a request failed last. It is for the log and the terminal, not for a page."""
    _turn: Lock = field(default_factory=Lock, init=False, repr=False)
    _described: tuple[float, _Description] | None = field(default=None, init=False, repr=False)
    _keys: tuple[float, KeySet] | None = field(default=None, init=False, repr=False)

    def begin(self, attempt: LoginAttempt) -> str:
        """Return the provider's address to which the browser goes. Raises ServiceError."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self._callback,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        return str(add_params_to_uri(self._description().authorization, list(asked.items())))

    def account(self, attempt: LoginAttempt, code: str, issuer: str) -> ProviderAccount:
        """Return the account that the provider's answer proves. `issuer`: as the answer named it, if it did.

        Raises AccessRefused for an answer that proves nothing, ServiceError where the provider is silent.
        """
        described = self._description()
        if issuer != self.issuer and (issuer or described.names_issuer):
            raise self._untrusted("the answer names another issuer")
        tokens = self._redeemed(described, attempt, code)
        token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(token, str):
            raise self._untrusted("the answer has no ID token")
        claims = self._claims(token, attempt.nonce, access if isinstance(access, str) else "")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise self._untrusted("the ID token names no account")
        if "email" not in claims and described.user_info and isinstance(access, str):
            claims = self._user_info(described.user_info, access, subject)
        email = claims.get("email")
        verified = claims.get("email_verified") is True and isinstance(email, str)
        return ProviderAccount(issuer=self.issuer, subject=subject, email=str(email) if verified else "")

    def trouble(self) -> str:
        """Return why nobody can log in through the provider now; empty where its description is usable."""
        try:
            self._description()
        except ServiceError as error:
            return f"{error.message} ({self._why})"
        return ""

    def logout_address(self) -> str:
        """Return the address at which the provider ends its own login; empty where it has none, or does not
        answer.
        """
        try:
            address = self._description().end_session
        except ServiceError:
            return ""
        back = {"client_id": self.client_id, "post_logout_redirect_uri": f"{self.address}/login"}
        return str(add_params_to_uri(address, list(back.items()))) if address else ""

    @property
    def _callback(self) -> str:
        return f"{self.address}{CALLBACK}"

    def _description(self) -> _Description:
        with self._turn:
            if self._described is None or monotonic() - self._described[0] > KEPT_SECONDS:
                found = self._asked("GET", get_well_known_url(self.issuer, external=True))
                self._described = (monotonic(), self._read(found))
            return self._described[1]

    def _read(self, found: Mapping[str, Any]) -> _Description:
        if found.get("issuer") != self.issuer:
            raise self._unusable(f"its description names the issuer {found.get('issuer')!r}")
        places = {}
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            places[name] = self._place(found, name)
            if not places[name]:
                raise self._unusable(f"its description has no {name}")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        known = [each for each in ("client_secret_basic", "client_secret_post") if each in methods]
        if not known:
            raise self._unusable(
                "it takes client secrets neither by client_secret_basic nor by client_secret_post"
            )
        return _Description(
            authorization=places["authorization_endpoint"],
            token=places["token_endpoint"],
            keys=places["jwks_uri"],
            user_info=self._place(found, "userinfo_endpoint"),
            end_session=self._place(found, "end_session_endpoint"),
            auth_method=known[0],
            names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _place(self, found: Mapping[str, Any], name: str) -> str:
        place = found.get(name)
        if not place:
            return ""
        if not isinstance(place, str) or not _is_safe(place):
            raise self._unusable(f"its {name} is not an https address")
        return place

    def _redeemed(self, described: _Description, attempt: LoginAttempt, code: str) -> Mapping[str, Any]:
        body = urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._callback,
                "code_verifier": attempt.verifier,
            }
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        client = ClientAuth(self.client_id, self.secret, described.auth_method)
        uri, headers, body = client.prepare("POST", described.token, headers, body)
        return self._asked("POST", uri, headers=headers, body=body, of_code=True)

    def _claims(self, token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """What a token says that the provider signed for this service and this attempt."""
        wanted = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        try:
            try:
                signed = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                # The provider may have changed its keys since we asked.
                signed = jwt.decode(token, self._key_set(anew=True), algorithms=ALGORITHMS)
            claims = CodeIDToken(signed.claims, signed.header, wanted, params)
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise self._untrusted(str(error) or type(error).__name__) from error
        return dict(claims)

    def _key_set(self, *, anew: bool = False) -> KeySet:
        place = self._description().keys
        with self._turn:
            oldest = _KEYS_AGAIN_SECONDS if anew else KEPT_SECONDS
            if self._keys is None or monotonic() - self._keys[0] > oldest:
                self._keys = (monotonic(), self._usable_keys(self._asked("GET", place)))
            return self._keys[1]

    def _usable_keys(self, found: Mapping[str, Any]) -> KeySet:
        keys = []
        for each in found.get("keys") or ():
            if not isinstance(each, dict) or each.get("use", "sig") != "sig" or each.get("kty") == "oct":
                continue
            try:
                keys.append(import_key(each))
            except (JoseError, ValueError, KeyError, TypeError):
                _LOG.info("a key of the login provider %s is of an unknown kind", self.name)
        if not keys:
            raise self._unusable("it has no key that can be used")
        return KeySet(keys)

    def _user_info(self, place: str, access: str, subject: str) -> Mapping[str, Any]:
        found = self._asked("GET", place, headers={"Authorization": f"Bearer {access}"})
        if found.get("sub") != subject:
            raise self._untrusted("the user information is of another account")
        return found

    def _asked(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
        of_code: bool = False,
    ) -> Mapping[str, Any]:
        """Return the JSON object that the provider answers. `of_code`: a code is sent, and may be refused."""
        if monotonic() < self._resting_until or not self._asking.acquire(timeout=REST_SECONDS):
            raise self._unreachable("it did not answer a moment ago")
        try:
            status, text = self._sent(method, url, {"Accept": "application/json", **(headers or {})}, body)
        except httpx2.HTTPError as error:
            if isinstance(error, httpx2.TimeoutException):
                self._resting_until = monotonic() + REST_SECONDS
            raise self._unreachable(str(error) or type(error).__name__) from error
        finally:
            self._asking.release()
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if of_code and status == 400 and isinstance(found, dict) and found.get("error") == "invalid_grant":
            raise self._untrusted("the code was used before, or is too old")
        if status != 200 or not isinstance(found, dict):
            said = found.get("error") if isinstance(found, dict) else None
            raise self._unusable(f"it answered with status {status}" + (f" ({said})" if said else ""))
        return found

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
        """Return status and body of the answer. Raises httpx2.HTTPError, ServiceError for one without end."""
        until, text = monotonic() + _LONGEST, b""
        local = is_loopback(url)
        with (
            httpx2.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=not local) as client,
            client.stream(method, url, headers=headers, content=body) as answer,
        ):
            for piece in answer.iter_bytes():
                text += piece
                if len(text) > _LARGEST or monotonic() > until:
                    raise self._unusable("its answer has no end")
            return answer.status_code, text

    def _untrusted(self, why: str) -> AccessRefused:
        _LOG.warning("a login through %s was refused: %s", self.name, why)
        return AccessRefused(
            f"the answer of {self.name} does not prove who you are",
            hint="Log in again. If it happens again, ask the lead of the study.",
        )

    def _unusable(self, why: str) -> ServiceError:
        self._why = f"{self.issuer}: {why}"
        _LOG.error("the login provider %s cannot be used: %s", self.name, self._why)
        return ServiceError(
            f"the login provider {self.name} cannot be used",
            hint="Try again later, or ask the lead of the study: the service's log says why.",
        )

    def _unreachable(self, why: str) -> ServiceError:
        self._why = f"{self.issuer}: {why}"
        _LOG.error("the login provider %s does not answer: %s", self.name, self._why)
        return ServiceError(
            f"the login provider {self.name} does not answer",
            hint="Try again in a few minutes. People who are logged in already can go on.",
        )


def open_provider(
    settings: ServeSettings, root: Path, address: str, environment: Mapping[str, str]
) -> OpenIDProvider | None:
    """Return the provider that the settings name; None where they name none.

    Raises SettingsError for settings that are incomplete, InputError for a secret that others can read.
    """
    if not settings.oidc_issuer:
        if not settings.passwords:
            raise SettingsError(
                "passwords are switched off, and no login provider is set",
                where="[serve] passwords",
                hint="Set [serve] oidc_issuer, or passwords = true.",
            )
        return None
    if not _is_safe(settings.oidc_issuer):
        raise SettingsError(
            "the issuer is not an https address",
            where="[serve] oidc_issuer",
            hint="Write it as the provider does, like https://login.example.org/realms/main.",
        )
    if not settings.oidc_client_id:
        raise SettingsError(
            "the client id is missing",
            where="[serve] oidc_client_id",
            hint="Register the service at the provider; docs/guide/service.md says how.",
        )
    return OpenIDProvider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        secret=_secret(settings, root, environment),
        address=address.rstrip("/"),
        name=settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or settings.oidc_issuer,
    )


def examine_provider(
    settings: ServeSettings, root: Path, address: str, environment: Mapping[str, str]
) -> str:
    """Return what was found of the provider that works; it is asked for its description.

    The secret may be in the environment of the service alone, so it is not an error that it is not here.
    Raises SettingsError, InputError, and ServiceError where nobody can log in through it.
    """
    absent = not settings.oidc_secret_file and not environment.get(SECRET, "").strip()
    provider = open_provider(settings, root, address, {SECRET: "not here"} if absent else environment)
    if provider is None:
        return "none set: people log in with passwords"
    trouble = provider.trouble()
    if trouble:
        raise ServiceError(trouble, hint="Compare [serve] oidc_issuer with the provider's own description.")
    return f"{settings.oidc_issuer} answers" + (f"; {SECRET} is not set here" if absent else "")


def _secret(settings: ServeSettings, root: Path, environment: Mapping[str, str]) -> str:
    if settings.oidc_secret_file:
        path = root / Path(settings.oidc_secret_file).expanduser()
        try:
            if path.stat().st_mode & 0o077 and os.name == "posix":
                raise InputError(
                    "can be read by other accounts of this computer",
                    where=str(path),
                    hint=f"chmod 600 {path}",
                )
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"cannot be read ({error})", where=str(path), hint="It should hold the client secret alone."
            ) from error
    else:
        found = environment.get(SECRET, "").strip()
    if not found:
        raise SettingsError(
            "the client secret is missing",
            where=settings.oidc_secret_file or SECRET,
            hint=f"Set {SECRET}, or write the secret into a file and name it as [serve] oidc_secret_file.",
        )
    return found


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and bool(parts.hostname)
    return plain and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))
