"""The review in a real browser on loopback: the first card, from a key to the next card, and page weights.

It needs playwright and Chromium (Debian: apt install chromium).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from cothemes.app.study import find_study
from cothemes.app.users import invite
from cothemes.records.user import UserRole
from eval.bench.figure import Figure
from eval.bench.screen import big_study

if TYPE_CHECKING:
    from playwright.sync_api import Page

PENDING = 50_000
CARDS = 60
PASSWORD = "four unrelated words here"
PAINTED = """() => new Promise((found) => {
  const look = () => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    if (paint) { found(paint.startTime); } else { requestAnimationFrame(look); }
  };
  look();
})"""
"""Milliseconds from the beginning of the navigation, redirects included, until the page was painted."""
SENT = """() => performance.getEntriesByType("navigation")
  .concat(performance.getEntriesByType("resource"))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
PAGES = ("/review", "/overview", "/documents", "/codebook", "/routing", "/runs", "/people", "/report")


def measure() -> list[Figure]:
    """A reviewer with 50,000 pending passages, each act recorded durably."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        return [Figure("review in the browser", "no Chromium on this machine", "", None, "")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = big_study(Path(scratch) / "study", PENDING)
        secret = _invited(folder)
        with served(folder) as (address, _), sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/invite/{secret}")
            for field in ("#password", "#again"):
                page.fill(field, PASSWORD)
            with page.expect_navigation():
                page.click("main form button")
            first = _first_card(page, address)
            acts, cards = _keys(page)
            weights = {path: _weight(page, f"{address}{path}") for path in PAGES}
            page.goto(f"{address}/review")
            with page.expect_navigation():
                page.click("main form button")
            weights["card"] = int(page.evaluate(SENT))
            browser.close()
    heaviest = max(weights, key=lambda each: weights[each])
    named = f"with {PENDING:,} pending, two shared cores"
    return [
        Figure(
            f"browser: first card after the service starts, {named}", f"{first:.0f} ms", "", None, "< 1 s"
        ),
        Figure(
            f"browser: key to painted card, same passage, {named}", _spread(acts), "", None, "p95 ≤ 100 ms"
        ),
        Figure(
            f"browser: key to painted card, next passage, {named}", _spread(cards), "", None, "p95 ≤ 100 ms"
        ),
        Figure(
            "browser: weight of a page with style, script and icon, uncompressed",
            f"card {weights['card'] / 1000:.0f} kB, heaviest {heaviest} {weights[heaviest] / 1000:.0f} kB",
            "",
            None,
            "≤ 150 kB",
        ),
    ]


def _spread(spent: list[float]) -> str:
    ordered = sorted(spent)
    return f"p50 {median(ordered):.0f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms"


def _invited(folder: Path) -> str:
    """The secret of an invitation for the study's reviewer, who is its lead too."""
    study = find_study(folder)
    try:
        link = invite(study, "ann", [UserRole.LEAD, UserRole.REVIEWER], "http://127.0.0.1").link
    finally:
        study.close()
    return link.rpartition("/")[2]


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """A study that is served by a process of its own: its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "cothemes", "-C", str(folder), "serve", "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/ready", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the service did not start")
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def _first_card(page: Page, address: str) -> float:
    page.goto(f"{address}/review")
    with page.expect_navigation():
        page.click("main form button")
    return float(page.evaluate(PAINTED))


def _keys(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds per key: suggestions accepted and rejected; passages finished."""
    acts: list[float] = []
    cards: list[float] = []
    for _ in range(CARDS):
        for key, spent in (("1", acts), ("x", acts), ("Enter", cards)):
            page.wait_for_timeout(350)
            if key == "x":
                page.keyboard.press("ArrowDown")
            with page.expect_navigation():
                page.keyboard.press(key)
            spent.append(float(page.evaluate(PAINTED)))
    return acts, cards


def _weight(page: Page, address: str) -> int:
    page.goto(address)
    return int(page.evaluate(SENT))


if __name__ == "__main__":
    for figure in measure():
        print(figure)
