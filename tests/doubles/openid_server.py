"""A provider of OpenID Connect on loopback: discovery, keys, login, tokens, and every lie on request.

It keeps to the protocol on its own: codes work once and for one address, PKCE and the client's secret are
checked. `account` is who logs in there; `lies` change what an ID token says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.doubles.loopback import Answer, Body, LoopbackServer

CLIENT, SECRET = "cothemes", "a secret of the client"


class OpenIDServer(LoopbackServer):
    """One provider with one client."""

    def __init__(self) -> None:
        super().__init__()
        self.issuer = self.address
        self.keys = [RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)]
        self.account: Body = {"sub": "248289761001", "email": "ann@example.org", "email_verified": True}
        self.lies: Body = {}
        """Claims that take the place of true ones; None leaves a claim out."""
        self.header: Body = {"alg": "RS256"}
        self.signing: Any = self.keys[0]
        """The key that signs; another than those of `keys` is a forger's."""
        self.described: Body = {}
        """What the description says instead."""
        self.in_token = True
        """False: the e-mail address is in the user information only."""
        self.answers: dict[str, Answer] = {}
        """Path → an answer in place of the true one."""
        self.asked: list[str] = []
        self._codes: dict[str, Body] = {}
        self._access: dict[str, Body] = {}
        self._turn = threading.Lock()

    def log_in(self, address: str) -> str:
        """Log the account in where the service sent its browser. Return the address to which
        the browser is sent back.
        """
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.address}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        with self._turn:
            self._codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def rotate(self) -> None:
        """Sign with a new key; the old one is no longer published."""
        self.signing = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self.keys = [self.signing]

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        place = urlsplit(path).path
        self.asked.append(place)
        if place in self.answers:
            return self.answers[place]
        if place == "/.well-known/openid-configuration":
            return Answer(self._description())
        if place == "/authorize":
            return Answer(b"", status=302, headers={"Location": self.log_in(f"{self.address}{path}")})
        if place == "/end":
            return Answer(b"<h1>Logged out of everything</h1>", headers={"Content-Type": "text/html"})
        if place == "/keys":
            return Answer(KeySet(list(self.keys)).as_dict(private=False))
        if place == "/token" and method == "POST":
            return self._token(headers, {name: each[0] for name, each in parse_qs(body.decode()).items()})
        if place == "/userinfo":
            account = self._access.get(headers.get("authorization", "").removeprefix("Bearer "))
            return Answer(account) if account else Answer({"error": "invalid_token"}, status=401)
        return Answer({"error": "not_found"}, status=404)

    def _description(self) -> Body:
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "end_session_endpoint": f"{self.address}/end?realm=main",
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return {name: value for name, value in {**known, **self.described}.items() if value is not None}

    def _token(self, headers: dict[str, str], sent: dict[str, str]) -> Answer:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind != "Basic" or unquote(base64.b64decode(given).decode()) != f"{CLIENT}:{SECRET}":
            return Answer({"error": "invalid_client"}, status=401)
        with self._turn:
            asked = self._codes.pop(sent.get("code", ""), None)
        proof = _encoded(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or sent.get("grant_type") != "authorization_code"
            or sent.get("redirect_uri") != asked["redirect_uri"]
            or proof != asked["code_challenge"]
        ):
            return Answer({"error": "invalid_grant"}, status=400)
        access = secrets.token_urlsafe(16)
        self._access[access] = self.account
        return Answer(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": self._signed(asked),
            }
        )

    def _signed(self, asked: Body) -> str:
        now = int(time.time())
        true = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **(self.account if self.in_token else {"sub": self.account["sub"]}),
        }
        claims = {name: value for name, value in {**true, **self.lies}.items() if value is not None}
        header = {"kid": self.signing.kid, **self.header}
        text = f"{_segment(header)}.{_segment(claims)}"
        if self.header["alg"] == "none":
            return f"{text}."
        if self.header["alg"] == "HS256":
            # The old confusion: a public key, which everybody has, taken for a shared secret.
            proof = hmac.digest(self.keys[0].as_pem(private=False), text.encode(), hashlib.sha256)
            return f"{text}.{_encoded(proof)}"
        return jwt.encode(header, claims, self.signing, algorithms=[self.header["alg"]])


def _segment(value: Body) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
