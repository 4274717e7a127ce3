"""Draws docs/pictures/browser.png: the same card as in the terminal, in Chromium, as `make picture` does."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from cothemes.app.overview.demo import make_demo
from cothemes.app.study import Study
from cothemes.app.users import invite
from cothemes.cli.console import progress
from cothemes.records.user import UserRole
from cothemes.web.app import create_app
from cothemes.web.service import Service
from eval.picture import PICTURE, REVIEWER, full_passage, give

BROWSER_PICTURE = PICTURE.with_name("browser.png")
SIZE = {"width": 1040, "height": 860}
PASSWORD = "three unrelated words"


def main() -> None:
    """Writes the picture anew."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("error: there is no Chromium on this machine → on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as scratch:
        made = make_demo(Path(scratch) / "study", lambda label, total: progress(label, total, quiet=True))
        give(made.study, full_passage(made.study))
        with _served(made.study) as address, sync_playwright() as driver:
            link = invite(made.study, REVIEWER, [UserRole.REVIEWER], address).link
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})
            page.goto(link)
            for field in ("#password", "#again"):
                page.fill(field, PASSWORD)
            with page.expect_navigation():
                page.click("main form button")
            page.goto(f"{address}/review")
            with page.expect_navigation():
                page.click("main form button")
            with page.expect_navigation():
                page.keyboard.press("a")
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=BROWSER_PICTURE)
            browser.close()
        made.study.close()
    print(BROWSER_PICTURE)


@contextmanager
def _served(study: Study) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(create_app(Service(study, address)), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


if __name__ == "__main__":
    main()
