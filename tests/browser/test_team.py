"""A team codes in the browser: invited, assigned, coded blind at once, adjudicated, reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.doubles.coded_study import propose, study_in
from tests.doubles.real_browser import Running, Window, running, window
from tests.doubles.served import PASSWORD

from cothemes.app.study import Study
from cothemes.records.review import Decision
from cothemes.records.user import UserRole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ANN, BOB, CARA, LEA = "Ann", "Bob", "Cara", "Lea"

GIVEN: dict[str, dict[str, tuple[str, tuple[str, str] | None]]] = {
    ANN: {
        "talk-1.0002": ("A1", ("trusted", "start.")),
        "talk-1.0004": ("A2", None),
        "policy.0001": ("A1", ("trust", "trust")),
    },
    BOB: {
        "talk-1.0002": ("A1", ("We", "other")),
        "talk-1.0004": ("B1", ("manager", "left")),
        "policy.0001": ("A1", None),
    },
}
"""Reviewer → passage → the code that they give, and the first and last word that they mark; else none."""


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study", documents=1, reviewers=())
    propose(made)
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Iterator[Running]:
    with running(study) as found:
        yield found


def invite(lead: Window, name: str, *roles: str) -> str:
    """Invite a person on the page; return the link."""
    lead.open("/people")
    lead.page.fill("#person", name)
    for box in lead.page.locator('input[name="role"]').all():
        box.set_checked(box.get_attribute("value") in roles)
    lead.click("main form button >> nth=0")
    return lead.page.input_value("#link")


def join(browser: Browser, served: Running, link: str) -> Window:
    """Open an invitation in a window of its own and set the password."""
    found = window(browser, served)
    found.page.goto(link)
    for field in ("#password", "#again"):
        found.page.fill(field, PASSWORD)
    found.click("main form button")
    return found


def begin(person: Window) -> None:
    person.open("/review")
    person.click("main form button")


def settle(person: Window) -> None:
    """A key that ends a card does nothing in its first moments."""
    person.page.wait_for_timeout(350)


def code_with_keys(person: Window, wanted: dict[str, Any]) -> None:
    """Code the passage on the card with the keyboard, and mark its words with two taps."""
    code, words = wanted.get(person.passage, ("", None))
    if not code:
        settle(person)
        person.press("0")
        return
    if words:
        for word in dict.fromkeys(words) if words[0] != words[1] else words:
            person.page.click(person.word(word))
    person.page.keyboard.press("c")
    person.page.keyboard.type(code)
    person.press("Enter")
    settle(person)
    person.press("Enter")


def code_with_mouse(person: Window, wanted: dict[str, Any]) -> None:
    """Code the passage on the card with the mouse alone; words are marked by selecting them."""
    code, words = wanted.get(person.passage, ("", None))
    if not code:
        person.click('button[value="none"]')
        return
    if words:
        first, last = (person.page.locator(person.word(word)).first.bounding_box() for word in words)
        assert first
        assert last
        person.page.mouse.move(first["x"] + 1, first["y"] + first["height"] / 2)
        person.page.mouse.down()
        person.page.mouse.move(last["x"] + last["width"] - 1, last["y"] + last["height"] / 2, steps=5)
        person.page.mouse.up()
        person.page.wait_for_selector("#marking:not([hidden])")
    person.click(f'button[value="give:{code}"]')
    person.click('button[value="finish"]')


def test_a_team_codes_adjudicates_and_reports(
    browser: Browser, served: Running, tmp_path: Path, cothemes: Any
) -> None:
    served.served.person(LEA, UserRole.LEAD)
    lead = window(browser, served)
    lead.log_in(LEA)
    ann = join(browser, served, invite(lead, ANN, "reviewer"))
    bob = join(browser, served, invite(lead, BOB, "reviewer"))

    lead.open("/routing")
    for name in (ANN, BOB):
        lead.page.check(f'input[name="reviewer"][value="{name}"]')
    lead.page.fill("#overlap", "100")
    lead.click('button[value="look"]')
    assert served.study.store.reviews.assignments(every=True) == []
    lead.click('button[value="store"]')
    assert "Assigned" in lead.said

    begin(ann)
    begin(bob)
    lost = False
    for _ in range(20):
        if not (ann.passage or bob.passage):
            break
        if ann.passage:
            if not lost and ann.passage == "talk-1.0004":
                lose_the_connection(ann)
                lost = True
            code_with_keys(ann, GIVEN[ANN])
        if bob.passage:
            code_with_mouse(bob, GIVEN[BOB])
    assert lost
    assert not ann.passage
    assert not bob.passage
    assert "Nothing waits for you" in ann.page.inner_text("main")

    records = {name: plain(served.study, name) for name in (ANN, BOB)}
    assert records == {name: by_decide(tmp_path / name, name, cothemes) for name in (ANN, BOB)}

    cara = join(browser, served, invite(lead, CARA, "adjudicator"))
    adjudicate(cara)
    rulings = [(each.passage, each.ruling, each.code) for each in served.study.store.settlements.all()]
    assert ("talk-1.0004", "yes", "B1") in rulings
    assert ("talk-1.0004", "no", "A2") in rulings

    lead.open("/agreement")
    assert "Ann, Bob" in lead.page.inner_text("main")
    assert lead.page.locator("table").count() >= 2
    lead.open("/report")
    with lead.page.expect_download() as download:
        lead.page.click('button[value="html"]')
    text = Path(download.value.path()).read_text("utf-8")
    assert "A small study" in text
    assert not lead.faults + ann.faults + bob.faults + cara.faults


def lose_the_connection(person: Window) -> None:
    """Try to give a code while the network is gone: the page stays and says so, with what was typed."""
    person.page.keyboard.press("n")
    person.page.fill("#note", "Half a thought")
    person.page.click("#passage-name")
    person.context.set_offline(True)
    settle(person)
    person.page.keyboard.press("0")
    person.page.wait_for_selector("text=No connection")
    assert person.page.input_value("#note") == "Half a thought"
    person.context.set_offline(False)


def adjudicate(cara: Window) -> None:
    cara.open("/adjudication")
    assert ANN not in cara.page.inner_text("main")
    cara.click('form[action="/adjudication/talk-1.0004/open"] button')
    cara.click('button[value="accept:B1"]')
    cara.click('button[value="reject:A2"]')
    assert "all adjudicated" in cara.page.inner_text("main")


def plain(study: Study, name: str) -> list[tuple[Any, ...]]:
    """A person's decisions without ids and times, by passage."""
    found = [said(each) for each in study.store.reviews.decisions(reviewer=name)]
    return sorted(found, key=str)


def said(each: Decision) -> tuple[Any, ...]:
    return (
        each.passage, each.round, each.arm, each.action, each.code, each.code_hash, each.codebook_hash,
        each.text_version, each.spans, each.attributes, each.note, each.implicit, each.suggestion, each.shown,
    )  # fmt: skip


def by_decide(folder: Path, name: str, cothemes: Any) -> list[tuple[Any, ...]]:
    """What the same decisions are when they are made by the commands, in a study like this one."""
    folder.mkdir()
    study = study_in(folder / "study", documents=1, reviewers=(ANN, BOB))
    propose(study)
    at = study.root
    cothemes.done("route", "--reviewers", f"{ANN},{BOB}", "--overlap", 1, study=at)
    for assignment in study.store.reviews.assignments(reviewer=name):
        passage = assignment.passage
        code, words = GIVEN[name].get(passage, ("", None))
        if code:
            found = study.store.passages.get(passage)
            assert found is not None
            marked = []
            if words:
                start = found.text.index(words[0])
                end = found.text.index(words[1], start) + len(words[1])
                marked = ["--span", f"{start}:{end}"]
            cothemes.done("decide", "--as", name, passage, code, "add", *marked, study=at)
        cothemes.done("done", "--as", name, passage, study=at)
    made = plain(study, name)
    study.close()
    return made
