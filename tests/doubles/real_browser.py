"""A served study on a port of its own, and Debian's Chromium driven by playwright."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from tests.doubles.chromium import CHROMIUM
from tests.doubles.served import PASSWORD, Served

from cothemes.app.study import Study
from cothemes.ports import LoginProvider

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright  # noqa: E402

WIDE, NARROW = 1280, 390
SECONDS = 10
"""Longest wait for a page."""


@dataclass
class Running:
    """A study that is served to real browsers."""

    served: Served
    address: str

    @property
    def study(self) -> Study:
        """The study, as the service has it open."""
        return self.served.study


@contextmanager
def running(study: Study, provider: Callable[[str], LoginProvider] | None = None) -> Iterator[Running]:
    """Serve a study on a free port of this machine. `provider` makes the login provider of a service."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    served = Served(study, address=address, provider=provider(address) if provider else None)
    config = uvicorn.Config(served.app, log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + SECONDS
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield Running(served, address)
    finally:
        served.app.state.streams.end()
        server.should_exit = True
        thread.join(SECONDS)
        listener.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window; a test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"Chromium does not start here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@dataclass
class Window:
    """A person's browser window, which notes whatever a page complains about or asks."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    """Path of each page → bytes of its HTML."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("console", lambda said: self._note(f"console {said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("dialog", lambda asked: (self._note(f"dialog: {asked.message}"), asked.dismiss()))

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url}: {fault}")

    @property
    def context(self) -> BrowserContext:
        """The window's own cookies and connection."""
        return self.page.context

    def open(self, path: str) -> None:
        """Go to a page, which must be there."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self.sizes[path] = len(answer.body())

    def log_in(self, name: str) -> None:
        """Log in through the form."""
        self.open("/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        self.page.wait_for_url(f"{self.address}/")

    def press(self, key: str) -> None:
        """Press a key on the page, and wait for the page that comes of it."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def click(self, selector: str) -> None:
        """Click, and wait for the page that comes of it."""
        with self.page.expect_navigation():
            self.page.click(selector)

    @property
    def passage(self) -> str:
        """The passage whose card is shown; empty on another page."""
        found = self.page.locator("#passage-name")
        return found.inner_text() if found.count() else ""

    @property
    def said(self) -> str:
        """The sentence about the last act."""
        return self.page.locator(".said").first.inner_text()

    def word(self, text: str) -> str:
        """Selector of a word of the passage."""
        return f'#passage .w:text-is("{text}")'

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def window(browser: Browser, running: Running, *, width: int = WIDE, **options: object) -> Window:
    """Open a window with cookies of its own."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    return Window(context.new_page(), running.address)
