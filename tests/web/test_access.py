"""Who is let in, who no longer, and what a page of another site can do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tests.doubles.coded_study import study_in
from tests.doubles.served import ADDRESS, PASSWORD, Served, csrf

from cothemes.app.privacy.access import access_log
from cothemes.app.study import Study
from cothemes.app.users import INVITATION_DAYS, accept, invite, make_token, revoke, user_list
from cothemes.errors import UsageError
from cothemes.records.access import AccessKind
from cothemes.records.user import UserRole
from cothemes.web.tries import OF_NAME, WINDOW_SECONDS, LoginTries

REVIEWER = (UserRole.REVIEWER,)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study", reviewers=())
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Served:
    return Served(study)


def test_an_invitation_works_once(served: Served) -> None:
    link = invite(served.study, "ann", REVIEWER, ADDRESS).link.removeprefix(ADDRESS)
    browser = served.client()
    assert browser.get(link).status_code == 200
    assert browser.get(link).status_code == 200, "looking does not use it up"
    answer = browser.post(link, data={"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/").status_code == 200
    again = served.client().post(link, data={"password": "another password", "again": "another password"})
    assert again.status_code == 403
    assert served.client().post("/login", data={"name": "ann", "password": PASSWORD}).status_code == 303


def test_an_invitation_ends(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    link = invite(served.study, "ann", REVIEWER, ADDRESS).link.removeprefix(ADDRESS)
    clock = "cothemes.adapters.clock.SystemClock.now"
    later = user_list(served.study).root[0].added.replace(year=2099)
    monkeypatch.setattr(clock, lambda _: later)
    assert served.client().get(link).status_code == 403
    assert INVITATION_DAYS < 30


@pytest.mark.parametrize(("password", "again"), [("short", "short"), (PASSWORD, PASSWORD + "x")])
def test_a_password_that_cannot_be_used_is_refused(served: Served, password: str, again: str) -> None:
    link = invite(served.study, "ann", REVIEWER, ADDRESS).link.removeprefix(ADDRESS)
    answer = served.client().post(link, data={"password": password, "again": again})
    assert answer.status_code == 400
    assert not user_list(served.study).root[0].joined


def test_a_login_does_not_say_whether_the_name_exists(served: Served) -> None:
    served.person("ann")
    pages = [
        served.client().post("/login", data={"name": name, "password": "wrong password"})
        for name in ("ann", "zoe")
    ]
    assert [page.status_code for page in pages] == [403, 403]
    assert pages[0].text.replace("ann", "") == pages[1].text.replace("zoe", "")


def test_logins_are_in_the_access_log(served: Served) -> None:
    served.browser("ann")
    served.client().post("/login", data={"name": "ann", "password": "wrong password"})
    found = [(each.by, each.command) for each in access_log(served.study).entries]
    assert found == [("ann", "accept invitation"), ("ann", "login"), ("ann", "login refused")]
    assert {each.kind for each in access_log(served.study).entries} == {AccessKind.LOGIN}


def test_guessing_has_to_wait(served: Served) -> None:
    served.person("ann")
    browser = served.client()
    for _ in range(OF_NAME):
        assert browser.post("/login", data={"name": "ann", "password": "wrong"}).status_code == 403
    refused = browser.post("/login", data={"name": "ann", "password": PASSWORD})
    assert refused.status_code == 429
    served.person("bob")
    assert browser.post("/login", data={"name": "bob", "password": PASSWORD}).status_code == 303


def test_waiting_ends() -> None:
    at = [0.0]
    tries = LoginTries(lambda: at[0])
    for _ in range(OF_NAME):
        tries.failed("ann", "::1")
    with pytest.raises(Exception, match="too many"):
        tries.check("ann", "::1")
    at[0] = WINDOW_SECONDS + 1
    tries.check("ann", "::1")


def test_revoking_works_at_once(served: Served) -> None:
    browser, program = served.browser("ann"), served.program("bob")
    assert browser.get("/").status_code == 200
    revoke(served.study, "ann")
    assert browser.get("/").headers["location"] == "/login"
    assert browser.post("/login", data={"name": "ann", "password": PASSWORD}).status_code == 403
    assert program.get("/").status_code == 200
    assert revoke(served.study, "bob", user_list(served.study).root[1].tokens[0].id).revoked == 1
    assert program.get("/").headers["location"] == "/login"


def test_a_new_password_ends_older_sessions(served: Served) -> None:
    old = served.browser("ann")
    new = served.browser("ann")
    assert old.get("/").status_code == 303
    assert new.get("/").status_code == 200


def test_logging_out_ends_the_session_in_the_records(served: Served) -> None:
    browser = served.browser("ann")
    cookie = dict(browser.cookies)
    assert browser.post("/logout", data={"csrf": csrf(browser)}).status_code == 303
    assert served.client(cookies=cookie).get("/").status_code == 303


def test_a_cookie_that_was_not_signed_here_is_nothing(served: Served) -> None:
    browser = served.browser("ann")
    name, value = next(iter(browser.cookies.items()))
    secret, _, signature = value.partition(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (secret, f"{secret}.{'A' * 43}", f"{secret}.{changed}"):
        assert served.client(cookies={name: forged}).get("/").status_code == 303


def test_a_forged_request_changes_nothing(served: Served) -> None:
    browser = served.browser("ann")
    value = csrf(browser)
    assert browser.post("/logout").status_code == 403
    assert browser.post("/logout", data={"csrf": "0" * 64}).status_code == 403
    foreign = {"Origin": "https://elsewhere.example"}
    assert browser.post("/logout", data={"csrf": value}, headers=foreign).status_code == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert browser.post("/logout", data={"csrf": value}, headers=cross).status_code == 403
    assert browser.get("/").status_code == 200


def test_cookies_behind_tls_stay_there(study: Study) -> None:
    served = Served(study, behind_tls=True, address="https://coding.example.org")
    served.person("ann")
    answer = served.client().post("/login", data={"name": "ann", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-cothemes=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "max-age" in answer.headers["strict-transport-security"]


def test_no_secret_is_in_the_records(served: Served) -> None:
    browser = served.browser("ann")
    token = make_token(served.study, "ann", "a script")
    link = invite(served.study, "bob", REVIEWER, ADDRESS).link
    secrets = [PASSWORD, token.token, link.rpartition("/")[2], next(iter(browser.cookies.values()))[:43]]
    with sqlite3.connect(served.study.store.path) as connection:
        dump = "\n".join(connection.iterdump())
    assert "a script" in dump
    assert not [secret for secret in secrets if secret in dump]
    assert (served.study.records / "serve.key").stat().st_mode & 0o777 == 0o600


def test_a_reviewer_is_registered_under_the_same_name(served: Served) -> None:
    invite(served.study, "ann", [UserRole.LEAD, UserRole.REVIEWER], ADDRESS)
    invite(served.study, "rita", [UserRole.READER], ADDRESS)
    assert [each.name for each in served.study.store.reviews.reviewers()] == ["ann"]
    with pytest.raises(UsageError, match="case or spaces"):
        invite(served.study, "Ann", REVIEWER, ADDRESS)
    with pytest.raises(UsageError, match="role"):
        invite(served.study, "cat", [], ADDRESS)


def test_users_at_the_command_line(served: Served, cothemes: object) -> None:
    from tests.conftest import CommandLine

    line = CommandLine()
    study = served.study.root
    made = line("users", "invite", "ann", "--role", "reviewer", "--role", "lead", "--json", study=study)
    assert made.exit_code == 0, made.stderr
    assert '"roles": [\n    "lead",\n    "reviewer"\n  ]' in made.stdout
    assert line("users", "token", "ann", "--days", "3", study=study).exit_code == 0
    assert "ann" in line("users", study=study).stdout
    assert line("users", "revoke", "ann", study=study).exit_code == 0
    assert line("users", "token", "ann", study=study).exit_code == 3
    assert line("users", "revoke", "nobody", study=study).exit_code == 2


def test_a_script_of_the_page_proves_itself_by_a_header(served: Served) -> None:
    browser = served.browser("ann")
    value, path = csrf(browser), "/api/v1/review/claims"
    tab = {"Lease-Holder": "a tab of ann"}
    assert browser.post(path, json={}, headers=tab).status_code == 403
    assert browser.post(path, json={}, headers={**tab, "X-CSRF-Token": value}).status_code == 200
    other = served.browser("bob")
    assert other.post(path, json={}, headers={**tab, "X-CSRF-Token": value}).status_code == 403


def test_passwords_are_argon2(monkeypatch: pytest.MonkeyPatch, study: Study) -> None:

    monkeypatch.setattr("cothemes.adapters.passwords._hasher", PasswordHasher)
    link = invite(study, "ann", REVIEWER, ADDRESS).link
    accept(study, link.rpartition("/")[2], PASSWORD)
    kept = study.store.users.get("ann")
    assert kept is not None
    assert kept.password.startswith("$argon2id$")
    assert int(kept.password.split("m=")[1].split(",")[0]) >= 19_456, "the least that OWASP names, in KiB"


def test_login_leads_back_to_the_page_asked_for(served: Served) -> None:
    served.person("ann")
    client = served.client()
    asked = client.get("/review/cards/talk-1.0002?turns=9")
    assert asked.status_code == 303
    form = client.get(asked.headers["location"]).text
    back = re.search(r'name="next" value="([^"]*)"', form)
    assert back
    sent = {"name": "ann", "password": PASSWORD, "next": back[1]}
    assert client.post("/login", data=sent).headers["location"] == "/review/cards/talk-1.0002?turns=9"
    lost = served.client().post("/review/claim", data={}, headers={"Referer": f"{served.address}/review"})
    assert lost.headers["location"] == "/login?next=%2Freview&ended=yes"


@pytest.mark.parametrize(
    "given",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/login",
        "/a\nb",
        "",
    ],
)
def test_login_leads_nowhere_else(served: Served, given: str) -> None:
    served.person("ann")
    sent = {"name": "ann", "password": PASSWORD, "next": given}
    assert served.client().post("/login", data=sent).headers["location"] == "/"
