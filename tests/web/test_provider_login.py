"""Login through a provider of OpenID Connect, on the wire: the provider is honest, lies, or is down."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, OKPKey, RSAKey
from tests.doubles.coded_study import study_in
from tests.doubles.loopback import Answer
from tests.doubles.openid_server import CLIENT, SECRET, OpenIDServer
from tests.doubles.served import ADDRESS, PASSWORD, Served, csrf

from cothemes.adapters.openid_provider import REST_SECONDS, OpenIDProvider, open_provider
from cothemes.app.overview.doctor import _login_provider
from cothemes.app.privacy.access import access_log
from cothemes.app.study import Study
from cothemes.app.users import accept, invite, revoke, user_list
from cothemes.errors import InputError, SettingsError, UsageError
from cothemes.records.user import UserRole
from cothemes.settings import ServeSettings
from cothemes.web.server import warn_of_provider
from cothemes.web.service import ATTEMPT_SECONDS
from cothemes.web.tries import OF_ADDRESS

REVIEWER = (UserRole.REVIEWER,)
EMAIL = "ann@example.org"


@pytest.fixture
def provider() -> Iterator[OpenIDServer]:
    with OpenIDServer() as running:
        yield running


@pytest.fixture
def study(tmp_path: Path, provider: OpenIDServer) -> Iterator[Study]:
    made = study_in(tmp_path / "study", reviewers=())
    set_serve(made, oidc_issuer=provider.issuer, oidc_client_id=CLIENT, oidc_name="Example University")
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Served:
    return Served(study, provider=provider_of(study))


def set_serve(study: Study, **changes: Any) -> None:
    serve = study.settings.serve.model_copy(update=changes)
    object.__setattr__(study, "settings", study.settings.model_copy(update={"serve": serve}))


def provider_of(study: Study) -> OpenIDProvider:
    made = open_provider(study.settings.serve, study.root, ADDRESS, {"COTHEMES_OIDC_SECRET": SECRET})
    assert made is not None
    return made


def path_of(address: str) -> str:
    assert address.startswith(ADDRESS)
    return address.removeprefix(ADDRESS)


def invited(served: Served, name: str = "ann", email: str = "") -> str:
    return path_of(invite(served.study, name, REVIEWER, ADDRESS, email=email).link)


def finish(browser: TestClient, provider: OpenIDServer, start: str) -> Any:
    """Follow a login from its link to the callback; return the callback's answer."""
    begun = browser.get(start, headers={"Sec-Fetch-Site": "same-origin"})
    assert begun.status_code == 303, begun.text
    return browser.get(path_of(provider.log_in(begun.headers["location"])))


def joined(served: Served, provider: OpenIDServer, name: str = "ann") -> TestClient:
    """A browser in which an invited person has logged in."""
    browser = served.client()
    assert finish(browser, provider, f"{invited(served, name)}/provider").status_code == 303
    assert browser.get("/").status_code == 200
    return browser


def log(served: Served) -> list[tuple[str, str]]:
    return [(each.by, each.command) for each in access_log(served.study).entries]


def test_an_invited_person_joins_by_the_link_and_logs_in_from_then_on(
    served: Served, provider: OpenIDServer
) -> None:
    link = invited(served)
    browser = served.client()
    assert "Example University" in browser.get(link).text
    answer = finish(browser, provider, f"{link}/provider")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/").status_code == 200
    assert user_list(served.study).root[0].joined
    assert served.client().get(link).status_code == 403, "the link is used up"

    provider.account["email"] = "new@example.org"
    later = served.client()
    assert "Log in with Example University" in later.get("/login").text
    assert finish(later, provider, "/login/provider?next=%2Freview").headers["location"] == "/review"
    assert later.get("/review").status_code == 200
    assert log(served) == [("ann", "accept invitation"), ("ann", "login"), ("ann", "login")]


def test_nobody_is_added_by_logging_in(served: Served, provider: OpenIDServer) -> None:
    invited(served)
    browser = served.client()
    assert finish(browser, provider, "/login/provider").status_code == 403
    assert browser.get("/").status_code == 303
    assert not user_list(served.study).root[0].joined
    assert log(served) == [("", "login refused")]


def test_a_verified_address_of_an_invitation_lets_in_without_the_link(
    served: Served, provider: OpenIDServer
) -> None:
    link = invited(served, email="Ann@Example.org ")
    assert finish(served.client(), provider, "/login/provider").status_code == 303
    assert served.client().get(link).status_code == 403
    provider.account.update(email="other@example.org", email_verified=False)
    assert finish(served.client(), provider, "/login/provider").status_code == 303, "the subject decides"
    provider.account.update(sub="another account", email=EMAIL, email_verified=True)
    assert finish(served.client(), provider, "/login/provider").status_code == 403, "a recycled address"


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": "eve@example.org"},
        {"email": ["ann@example.org"]},
        {"email": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("by_link", [True, False])
def test_an_address_that_is_not_proved_lets_nobody_in(
    served: Served, provider: OpenIDServer, changes: dict[str, Any], by_link: bool
) -> None:
    link = invited(served, email=EMAIL)
    provider.account.update(changes)
    start = f"{link}/provider" if by_link else "/login/provider"
    assert finish(served.client(), provider, start).status_code == 403
    assert served.client().get(link).status_code == 200, "the invitation is still there for whom it is meant"


def test_an_address_in_the_user_information_counts(served: Served, provider: OpenIDServer) -> None:
    invited(served, email=EMAIL)
    provider.in_token = False
    assert finish(served.client(), provider, "/login/provider").status_code == 303
    assert "/userinfo" in provider.asked


def test_user_information_of_another_account_is_refused(served: Served, provider: OpenIDServer) -> None:
    invited(served, email=EMAIL)
    provider.in_token = False
    provider.answers["/userinfo"] = Answer({"sub": "another", "email": EMAIL, "email_verified": True})
    assert finish(served.client(), provider, "/login/provider").status_code == 403


def test_an_invitation_for_an_address_takes_no_password(served: Served) -> None:
    link = invited(served, email=EMAIL)
    assert 'type="password"' not in served.client().get(link).text
    answer = served.client().post(link, data={"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 403


LIES: dict[str, dict[str, Any]] = {
    "wrong nonce": {"nonce": "of another login"},
    "no nonce": {"nonce": None},
    "wrong audience": {"aud": "another service"},
    "another audience, and we are not the party": {
        "aud": [CLIENT, "another service"],
        "azp": "another service",
    },
    "no audience": {"aud": None},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "tomorrow"},
    "issued in the future": {"iat": 4_000_000_000},
    "not yet valid": {"nbf": 4_000_000_000},
    "issuer of another provider": {"iss": "https://elsewhere.example"},
    "no issuer": {"iss": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject without end": {"sub": "x" * 256},
    "hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_fit_is_refused(served: Served, provider: OpenIDServer, lie: str) -> None:
    link = invited(served)
    provider.lies = LIES[lie]
    browser = served.client()
    answer = finish(browser, provider, f"{link}/provider")
    assert answer.status_code == 403
    assert browser.get("/").status_code == 303
    assert served.client().get(link).status_code == 200, "nothing is used up"


def test_a_token_with_several_audiences_for_us_is_taken(served: Served, provider: OpenIDServer) -> None:
    provider.lies = {"aud": [CLIENT, "an API"], "azp": CLIENT}
    joined(served, provider)


def test_a_signature_by_a_key_that_is_not_published_is_refused(
    served: Served, provider: OpenIDServer
) -> None:
    link = invited(served)
    forger = RSAKey.generate_key(2048, {"kid": provider.keys[0].kid}, auto_kid=False)
    provider.signing = forger
    assert finish(served.client(), provider, f"{link}/provider").status_code == 403
    provider.signing = RSAKey.generate_key(2048, auto_kid=True)
    assert finish(served.client(), provider, f"{link}/provider").status_code == 403


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_token_that_anybody_could_sign_is_refused(served: Served, provider: OpenIDServer, alg: str) -> None:
    link = invited(served)
    provider.header = {"alg": alg}
    assert finish(served.client(), provider, f"{link}/provider").status_code == 403


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("PS256", RSAKey.generate_key(2048, auto_kid=True)),
        ("ES256", ECKey.generate_key("P-256", auto_kid=True)),
        ("ES384", ECKey.generate_key("P-384", auto_kid=True)),
        ("EdDSA", OKPKey.generate_key("Ed25519", auto_kid=True)),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_other_signatures_of_the_provider_are_taken(
    served: Served, provider: OpenIDServer, alg: str, key: Any
) -> None:
    provider.keys, provider.signing, provider.header = [provider.keys[0], key], key, {"alg": alg}
    joined(served, provider)


def test_new_keys_of_the_provider_are_fetched(
    served: Served, provider: OpenIDServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(served, provider)
    provider.rotate()
    monkeypatch.setattr("cothemes.adapters.openid_provider._KEYS_AGAIN_SECONDS", 0.0)
    assert finish(served.client(), provider, "/login/provider").status_code == 303


def test_forged_tokens_do_not_make_the_service_ask_for_keys_without_end(
    served: Served, provider: OpenIDServer
) -> None:
    joined(served, provider)
    provider.rotate()
    for _ in range(5):
        assert finish(served.client(), provider, "/login/provider").status_code == 403
    assert provider.asked.count("/keys") == 1


def test_a_code_works_once(served: Served, provider: OpenIDServer) -> None:
    browser = joined(served, provider)
    callback = path_of(provider.log_in(browser.get("/login/provider").headers["location"]))
    cookies = dict(browser.cookies)
    assert browser.get(callback).status_code == 303
    assert browser.get(callback).status_code == 403, "the attempt is gone from the browser"
    thief = served.client(cookies={name: value for name, value in cookies.items() if name.endswith("-login")})
    assert thief.get(callback).status_code == 403, "and the provider takes the code once"
    assert thief.get("/").status_code == 303


def test_a_login_that_another_browser_began_is_refused(served: Served, provider: OpenIDServer) -> None:
    """Else a person could be logged in under an attacker's account without noticing, or hand over a code."""
    joined(served, provider)
    attacker, victim = served.client(), served.client()
    callback = path_of(provider.log_in(attacker.get("/login/provider").headers["location"]))
    assert victim.get(callback).status_code == 403
    victim.get("/login/provider")
    assert victim.get(callback).status_code == 403, "its own attempt has another state"
    assert victim.get("/").status_code == 303


def test_an_invitation_is_accepted_from_its_page_only(served: Served, provider: OpenIDServer) -> None:
    """Else a link on another page ties the account of whoever follows it to a name that they never saw."""
    link = invited(served)
    browser = served.client()
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {},
        {"Referer": "https://evil.example/"},
    ):
        assert browser.get(f"{link}/provider", headers=headers).headers["location"] == link
    old_browser = browser.get(f"{link}/provider", headers={"Referer": f"{ADDRESS}{link}"})
    assert old_browser.headers["location"].startswith(provider.address)


def test_a_provider_that_is_silent_is_not_asked_again_at_once(
    served: Served, provider: OpenIDServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else everybody who tries to log in takes a thread of the service for the whole wait."""
    provider.answers["/.well-known/openid-configuration"] = Answer({}, delay=0.6)
    monkeypatch.setattr("cothemes.adapters.openid_provider._TIMEOUT", 0.2)
    browser = served.client()
    for _ in range(3):
        assert browser.get("/login/provider").status_code == 503
    assert len(provider.asked) == 1
    del provider.answers["/.well-known/openid-configuration"]
    monkeypatch.setattr("cothemes.adapters.openid_provider._TIMEOUT", 10.0)
    monkeypatch.setattr("cothemes.adapters.openid_provider.monotonic", lambda: monotonic() + REST_SECONDS)
    assert browser.get("/login/provider").status_code == 303


def test_an_answer_that_drips_ends(
    served: Served, provider: OpenIDServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.adapters.openid_provider._LONGEST", 0.3)
    provider.answers["/.well-known/openid-configuration"] = Answer(b" " * 400, drip=0.02)
    begun = monotonic()
    assert served.client().get("/login/provider").status_code == 503
    assert monotonic() - begun < 4


def test_an_attempt_ends(served: Served, provider: OpenIDServer, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = joined(served, provider)
    callback = path_of(provider.log_in(browser.get("/login/provider").headers["location"]))
    monkeypatch.setattr("cothemes.web.service.ATTEMPT_SECONDS", -1)
    assert browser.get(callback).status_code == 403
    assert ATTEMPT_SECONDS <= 900


def test_an_answer_that_names_another_issuer_is_refused(served: Served, provider: OpenIDServer) -> None:
    browser = joined(served, provider)
    for changed in ("iss=https%3A%2F%2Felsewhere.example", ""):
        callback = path_of(provider.log_in(browser.get("/login/provider").headers["location"]))
        without, _, _ = callback.partition("&iss=")
        assert browser.get(f"{without}&{changed}").status_code == 403


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"token_endpoint": None},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_is_said(
    served: Served, provider: OpenIDServer, described: dict[str, Any]
) -> None:
    provider.described = described
    answer = served.client().get("/login/provider")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    assert "Example University" in answer.text


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        ("/token", Answer({"error": "server_error"}, status=500)),
        ("/token", Answer(b"<html>", status=200)),
        ("/token", Answer({"error": "invalid_client"}, status=401)),
        ("/token", Answer(reset=True)),
        ("/token", Answer(b"x" * 2_000_000)),
        ("/token", Answer(status=302, headers={"Location": "http://127.0.0.1:1/token"})),
        ("/keys", Answer({"keys": []})),
        ("/keys", Answer({"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "new"}, 3]})),
        ("/keys", Answer([])),
    ],
    ids=str,
)
def test_a_provider_that_fails_is_said(
    served: Served, provider: OpenIDServer, place: str, broken: Answer
) -> None:
    link = invited(served)
    provider.answers[place] = broken
    answer = finish(served.client(), provider, f"{link}/provider")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    del provider.answers[place]
    assert finish(served.client(), provider, f"{link}/provider").status_code == 303, "and works again"


def test_a_provider_that_is_down_is_said_and_who_is_logged_in_works_on(
    study: Study, provider: OpenIDServer
) -> None:
    served = Served(study, provider=provider_of(study))
    browser = joined(served, provider)
    served = Served(study, provider=provider_of(study))
    provider.__exit__(None, None, None)
    cookies = dict(browser.cookies)
    browser = served.client(cookies=cookies)
    assert browser.get("/").status_code == 200
    answer = served.client().get("/login/provider")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    out = browser.post("/logout", data={"csrf": csrf(browser)})
    shown = browser.get(out.headers["location"])
    assert shown.status_code == 200
    assert "refresh" not in shown.headers


def test_the_provider_says_no(served: Served) -> None:
    browser = served.client()
    state = parse_qs(urlsplit(browser.get("/login/provider").headers["location"]).query)["state"][0]
    answer = browser.get(f"/login/provider/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "access_denied" in answer.text
    browser.get("/login/provider")
    odd = browser.get("/login/provider/callback?error=%3Cscript%3E&state=wrong")
    assert "<script>" not in odd.text


def test_guessing_at_the_callback_has_to_wait(served: Served) -> None:
    browser = served.client()
    for _ in range(OF_ADDRESS):
        assert browser.get("/login/provider/callback?code=x&state=y").status_code == 403
    assert browser.get("/login/provider/callback?code=x&state=y").status_code == 429


def test_one_account_is_one_person(served: Served, provider: OpenIDServer) -> None:
    joined(served, provider)
    link = invited(served, "bob")
    answer = finish(served.client(), provider, f"{link}/provider")
    assert answer.status_code == 403
    assert not user_list(served.study).root[1].joined


def test_revoking_ends_sessions_and_the_account(served: Served, provider: OpenIDServer) -> None:
    browser = joined(served, provider)
    revoke(served.study, "ann")
    assert browser.get("/").status_code == 303
    assert finish(served.client(), provider, "/login/provider").status_code == 403
    link = invited(served)
    assert finish(served.client(), provider, "/login/provider").status_code == 403, "the link comes first"
    assert finish(served.client(), provider, f"{link}/provider").status_code == 303


def test_the_last_accepted_invitation_is_the_one_way_in(served: Served, provider: OpenIDServer) -> None:
    old = served.browser("ann")
    assert finish(served.client(), provider, f"{invited(served)}/provider").status_code == 303
    assert old.get("/").status_code == 303
    refused = served.client().post("/login", data={"name": "ann", "password": PASSWORD})
    assert refused.status_code == 403, "the password is gone"
    accept(served.study, invited(served).rpartition("/")[2], PASSWORD)
    assert finish(served.client(), provider, "/login/provider").status_code == 403, "the account is gone"
    assert served.client().post("/login", data={"name": "ann", "password": PASSWORD}).status_code == 303


def test_passwords_can_be_switched_off(served: Served, provider: OpenIDServer) -> None:
    served.person("bob")
    link = invited(served)
    set_serve(served.study, passwords=False)
    page = served.client().get("/login").text
    assert 'type="password"' not in page
    assert served.client().post("/login", data={"name": "bob", "password": PASSWORD}).status_code == 403
    assert 'type="password"' not in served.client().get(link).text
    assert served.client().post(link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 403
    assert finish(served.client(), provider, f"{link}/provider").status_code == 303


def test_logging_out_ends_the_session_and_goes_on_to_the_provider(
    served: Served, provider: OpenIDServer
) -> None:
    browser = joined(served, provider)
    cookie = dict(browser.cookies)
    out = browser.post("/logout", data={"csrf": csrf(browser)})
    assert out.headers["location"] == "/logged-out"
    assert served.client(cookies=cookie).get("/").status_code == 303
    shown = browser.get("/logged-out")
    address = shown.headers["refresh"].partition("url=")[2]
    parts = urlsplit(address)
    assert address.startswith(f"{provider.address}/end?")
    assert parse_qs(parts.query) == {
        "realm": ["main"],
        "client_id": [CLIENT],
        "post_logout_redirect_uri": [f"{ADDRESS}/login"],
    }


def test_whoever_logged_in_by_password_is_not_sent_to_the_provider(served: Served) -> None:
    browser = served.browser("bob")
    assert browser.post("/logout", data={"csrf": csrf(browser)}).headers["location"] == "/login"


def test_the_login_leads_nowhere_else(served: Served, provider: OpenIDServer) -> None:
    browser = joined(served, provider)
    for given in ("%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2Flogin%2Fprovider", "%2Flogged-out"):
        assert finish(browser, provider, f"/login/provider?next={given}").headers["location"] == "/"


def test_cookies_of_an_attempt_stay_behind_tls(study: Study) -> None:
    served = Served(study, behind_tls=True, address="https://coding.example.org", provider=provider_of(study))
    cookie = served.client().get("/login/provider").headers["set-cookie"]
    assert cookie.startswith("__Host-cothemes-login=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}


def test_no_secret_is_in_the_records(served: Served, provider: OpenIDServer) -> None:
    joined(served, provider)
    with closing(sqlite3.connect(served.study.store.path)) as connection:
        dump = "\n".join(connection.iterdump())
    assert provider.account["sub"] in dump
    assert EMAIL not in dump, "the address is kept only where an invitation names it"
    assert SECRET not in dump


def test_without_a_provider_there_is_nothing_to_log_in_through(study: Study) -> None:
    served = Served(study)
    assert served.client().get("/login/provider").status_code == 404
    assert served.client().get("/login/provider/callback").status_code == 404
    set_serve(study, oidc_issuer="")
    with pytest.raises(UsageError, match="provider"):
        invite(study, "ann", REVIEWER, ADDRESS, email=EMAIL)


def test_an_address_that_is_none_is_refused(served: Served) -> None:
    for wrong in ("ann", "ann@", "a b@example.org", "@", "x" * 255 + "@example.org"):
        with pytest.raises(UsageError, match="e-mail"):
            invite(served.study, "ann", REVIEWER, ADDRESS, email=wrong)


ISSUER = "https://login.example.org"


@pytest.mark.parametrize(
    "changes",
    [
        {"passwords": False},
        {"oidc_issuer": "http://login.example.org", "oidc_client_id": CLIENT},
        {"oidc_issuer": "login.example.org", "oidc_client_id": CLIENT},
        {"oidc_issuer": ISSUER},
        {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT},
    ],
    ids=str,
)
def test_settings_that_are_incomplete_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as raised:
        open_provider(ServeSettings.model_validate(changes), tmp_path, ADDRESS, {})
    assert raised.value.hint


def test_a_secret_file_is_read_by_its_owner_only(tmp_path: Path) -> None:
    settings = ServeSettings(oidc_issuer=ISSUER, oidc_client_id=CLIENT, oidc_secret_file="../secret")
    root = tmp_path / "study"
    root.mkdir()
    with pytest.raises(InputError):
        open_provider(settings, root, ADDRESS, {})
    kept = tmp_path / "secret"
    kept.write_text(f"{SECRET}\n")
    kept.chmod(0o640)
    with pytest.raises(InputError) as raised:
        open_provider(settings, root, ADDRESS, {})
    assert "600" in raised.value.hint
    kept.chmod(0o600)
    made = open_provider(settings, root, ADDRESS, {})
    assert made is not None
    assert made.secret == SECRET
    assert SECRET not in repr(made)
    assert made.name == "login.example.org"


def test_the_lead_invites_an_account(served: Served, provider: OpenIDServer) -> None:
    lead = served.browser("lea", UserRole.LEAD)
    sent = {"csrf": csrf(lead, "/people"), "name": "ann", "role": "reviewer", "email": EMAIL}
    assert lead.post("/people", data=sent).status_code == 303
    assert finish(served.client(), provider, "/login/provider").status_code == 303
    assert lead.post("/people", data={**sent, "email": "no address"}).status_code == 400


def test_doctor_says_whether_the_provider_answers(
    study: Study, provider: OpenIDServer, caplog: pytest.LogCaptureFixture
) -> None:
    (found,) = _login_provider(study)
    assert found.works
    assert provider.issuer in found.detail
    assert "COTHEMES_OIDC_SECRET" in found.detail, "the secret is in the environment of the service alone"
    provider.answers["/.well-known/openid-configuration"] = Answer({}, status=503)
    (found,) = _login_provider(study)
    assert not found.works
    assert provider.issuer in found.detail
    assert "503" in found.detail
    assert provider.issuer in caplog.text
    set_serve(study, oidc_issuer="")
    assert list(_login_provider(study)) == []


@pytest.mark.parametrize("passwords", [True, False])
def test_a_start_warns_of_a_provider_that_cannot_be_used(
    study: Study, provider: OpenIDServer, passwords: bool
) -> None:
    said: list[str] = []
    asked = provider_of(study)
    warn_of_provider(asked, passwords, said.append)
    assert said == []
    provider.answers["/.well-known/openid-configuration"] = Answer({}, status=503)
    warn_of_provider(provider_of(study), passwords, said.append)
    (warning,) = said
    assert provider.issuer in warning
    assert ("Nobody" in warning) is not passwords
