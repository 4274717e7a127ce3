"""Open pages learn of what happens elsewhere without a reload, and keep to it when the stream is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.doubles.coded_study import NOW, assign, propose, study_in
from tests.doubles.real_browser import Running, Window, running, window

from cothemes.app.review.review import Desk
from cothemes.app.study import Study, find_study
from cothemes.app.users import revoke
from cothemes.records.review import Action, Arm
from cothemes.records.run import Run, RunState
from cothemes.records.user import UserRole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PASSAGES = ("talk-1.0002", "talk-1.0004")


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study", reviewers=("ann", "bob"))
    propose(made)
    for name in ("ann", "bob"):
        assign(made, name, dict.fromkeys(PASSAGES, Arm.BLIND))
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Iterator[Running]:
    with running(study) as found:
        yield found


@pytest.fixture
def other(study: Study) -> Iterator[Study]:
    """The study as another process has it open."""
    found = find_study(study.root, given=True)
    yield found
    found.close()


def opened(browser: Browser, served: Running, name: str, *roles: UserRole, at: str) -> Window:
    """A person's window on a page whose stream is open."""
    served.served.person(name, *roles)
    found = window(browser, served)
    found.log_in(name)
    with found.page.expect_response(lambda answer: answer.url.endswith("/events")):
        found.open(at)
    # Nothing is to come of the first reading of the page.
    found.page.wait_for_timeout(1500)
    found.page.evaluate("window.mark = 'never loaded anew'")
    return found


def unloaded(person: Window) -> bool:
    return bool(person.page.evaluate("window.mark") == "never loaded anew")


def begin_run(study: Study, run_id: str) -> Run:
    run = Run(
        id=run_id, coder="offline", rater=f"offline@0#{run_id}", configuration=run_id,
        codebook_hash=study.codebook.hash, started=NOW,
    )  # fmt: skip
    study.store.runs.put(run)
    return run


def test_a_run_of_another_process_appears(browser: Browser, served: Running, other: Study) -> None:
    lea = opened(browser, served, "lea", UserRole.LEAD, at="/runs")
    began = time.monotonic()
    run = begin_run(other, "r0002")
    lea.page.wait_for_selector("th:text-is('r0002')")
    assert time.monotonic() - began < 2
    other.store.runs.put(run.model_copy(update={"state": RunState.CANCELLED}))
    lea.page.wait_for_selector("tr:has(th:text-is('r0002')) >> text=cancelled", timeout=3000)
    assert unloaded(lea)
    assert lea.faults == []


def test_the_overview_follows_progress_and_keeps_the_focus(
    browser: Browser, served: Running, other: Study
) -> None:
    lea = opened(browser, served, "lea", UserRole.LEAD, at="/overview")
    lea.page.focus("[aria-label='Progress by reviewer']")
    desk = Desk(other, "bob")
    began = time.monotonic()
    desk.done(desk.decide(desk.card(PASSAGES[0]), "A1", Action.ADD))
    lea.page.wait_for_selector("tr:has(th:text-is('bob')) progress[value='1']")
    assert time.monotonic() - began < 2
    assert lea.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Progress by reviewer"
    assert unloaded(lea)


def test_a_reviewer_sees_what_is_newly_assigned(browser: Browser, served: Running, other: Study) -> None:
    ann = opened(browser, served, "ann", UserRole.REVIEWER, at="/review")
    desk = Desk(other, "bob")
    desk.done(desk.decide(desk.card(PASSAGES[0]), "A1", Action.ADD))
    assign(other, "ann", {"talk-2.0002": Arm.BLIND})
    ann.page.wait_for_selector("text=0 of 3 passages done", timeout=3000)
    assert unloaded(ann)


def test_a_card_says_that_the_codebook_has_changed(browser: Browser, served: Running, study: Study) -> None:
    ann = opened(browser, served, "ann", UserRole.REVIEWER, at=f"/review/cards/{PASSAGES[0]}")
    assert not ann.page.is_visible("#live-note")
    path = study.codebook_path
    path.write_text(path.read_text().replace("Trust between people", "Trust"), "utf-8")
    ann.page.wait_for_selector("#live-note:visible", timeout=3000)
    assert unloaded(ann)


def test_unticked_nothing_is_read(browser: Browser, served: Running, other: Study) -> None:
    lea = opened(browser, served, "lea", UserRole.LEAD, at="/runs")
    lea.page.uncheck("#live")
    begin_run(other, "r0002")
    lea.page.wait_for_timeout(1500)
    assert lea.page.locator("th:text-is('r0002')").count() == 0
    lea.page.check("#live")
    lea.page.wait_for_selector("th:text-is('r0002')", timeout=3000)


def test_without_a_stream_the_page_asks_every_five_seconds(
    browser: Browser, served: Running, other: Study
) -> None:
    served.served.person("lea", UserRole.LEAD)
    lea = window(browser, served)
    lea.page.add_init_script("delete window.EventSource")
    lea.log_in("lea")
    lea.open("/runs")
    begin_run(other, "r0002")
    lea.page.wait_for_selector("th:text-is('r0002')", timeout=7000)
    assert lea.faults == []


def test_a_revoked_person_learns_nothing_more(browser: Browser, served: Running, other: Study) -> None:
    lea = opened(browser, served, "lea", UserRole.LEAD, at="/runs")
    revoke(other, "lea")
    lea.page.wait_for_timeout(800)
    begin_run(other, "r0002")
    lea.page.wait_for_timeout(2500)
    assert lea.page.locator("th:text-is('r0002')").count() == 0
