"""Login through a provider in Chromium: redirects pass the content security policy, and cookies come back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.doubles.coded_study import study_in
from tests.doubles.openid_server import CLIENT, SECRET, OpenIDServer
from tests.doubles.real_browser import NARROW, WIDE, Running, Window, running, window

from cothemes.adapters.openid_provider import OpenIDProvider
from cothemes.app.study import Study
from cothemes.app.users import invite
from cothemes.records.user import UserRole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("COTHEMES_PICTURES", "")


@pytest.fixture
def provider() -> Iterator[OpenIDServer]:
    with OpenIDServer() as found:
        yield found


@pytest.fixture
def served(tmp_path: Path, provider: OpenIDServer) -> Iterator[Running]:
    study: Study = study_in(tmp_path / "study", reviewers=())

    def known(address: str) -> OpenIDProvider:
        return OpenIDProvider(provider.issuer, CLIENT, SECRET, address, "Example University")

    with running(study, known) as found:
        yield found
    study.close()


def picture(person: Window, name: str) -> None:
    assert person.overflow <= 0
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        width = person.page.viewport_size["width"]  # type: ignore[index]
        person.page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_join_log_out_and_log_in_again(
    browser: Browser, served: Running, provider: OpenIDServer, width: int
) -> None:
    link = invite(served.study, "Ann", [UserRole.REVIEWER], served.address).link
    person = window(browser, served, width=width)
    person.open(link.removeprefix(served.address))
    picture(person, "invitation-provider")
    person.page.click("text=Log in with Example University")
    person.page.wait_for_url(f"{served.address}/")

    person.page.click("text=Log out")
    person.page.wait_for_url(f"{provider.address}/end?**")
    assert "Logged out of everything" in person.page.content()

    person.open("/login?next=/review")
    picture(person, "login-provider")
    person.page.click("text=Log in with Example University")
    person.page.wait_for_url(f"{served.address}/review")
    assert not [fault for fault in person.faults if fault.startswith(served.address)]


def test_it_works_without_scripts(browser: Browser, served: Running, provider: OpenIDServer) -> None:
    link = invite(served.study, "Ann", [UserRole.REVIEWER], served.address).link
    person = window(browser, served, java_script_enabled=False)
    person.open(link.removeprefix(served.address))
    person.page.click("text=Log in with Example University")
    person.page.wait_for_url(f"{served.address}/")
    person.page.click("text=Log out")
    person.page.wait_for_url(f"{provider.address}/end?**")


def test_a_provider_that_is_down_is_said_on_a_page(
    browser: Browser, served: Running, provider: OpenIDServer
) -> None:
    provider.described = {"issuer": "https://elsewhere.example"}
    person = window(browser, served)
    person.open("/login")
    person.page.click("text=Log in with Example University")
    picture(person, "provider-down")
    assert "Example University cannot be used" in person.page.content()
