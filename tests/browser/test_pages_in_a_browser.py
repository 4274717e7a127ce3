"""Every page in a real browser: nothing hostile runs, nothing is wider than the window.

Set COTHEMES_PICTURES to a folder to have a picture of every page written there, and COTHEMES_AXE to the file
`axe.min.js` of axe-core (npm pack axe-core) to have every page checked by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.doubles.coded_study import NOW, TALK, _add, assign, propose, study_in
from tests.doubles.real_browser import NARROW, WIDE, Running, Window, running, window
from tests.doubles.served import PASSWORD

from cothemes.adapters.clock import SystemClock
from cothemes.app.review.memos import About, add_memo
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.document import Kind, Role
from cothemes.records.review import Action, Arm, Reviewer
from cothemes.records.user import UserRole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PICTURES, AXE = os.environ.get("COTHEMES_PICTURES", ""), os.environ.get("COTHEMES_AXE", "")
HEAVIEST = 150_000
"""Bytes of a page."""
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202eevil\u2066 ${alert(3)} {{ 7*7 }}"
SPOKEN = (
    ("Interviewer", Role.INTERVIEWER, f"What is {HOSTILE}?"),
    (HOSTILE, Role.PARTICIPANT, f"We trusted {HOSTILE} and the money. {HOSTILE}"),
    (HOSTILE, Role.PARTICIPANT, f"W{'o' * 120}rd trust {HOSTILE}"),
)
LEAD_PAGES = (
    "/", "/overview", "/documents", "/documents/speakers", "/codebook", "/codebook/history", "/routing",
    "/runs", "/agreement", "/disagreements", "/report", "/people", "/webhooks", "/adjudication", "/api/docs",
)  # fmt: skip
ARMS = {"hostile.0002": Arm.BLIND, "talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.BLIND}


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """Hostile words in a transcript, a speaker's label, a code's label, notes and memos."""
    made = study_in(tmp_path / "study", documents=1)
    path = made.codebook_path
    book = path.read_text("utf-8").replace("label: Turnover of staff", f"label: {json.dumps(HOSTILE)}")
    path.write_text(book.replace("Says that staff leave", f"Says that {HOSTILE[:25]} leave"), "utf-8")
    _add(made, "hostile", Kind.INTERVIEW, (*SPOKEN, *TALK[1:]), {"participant": "P9", "group": "national"})
    made.reread_codebook()
    made.store.reviews.add_reviewer(Reviewer(name="Cleo", added=NOW))
    propose(made)
    for name, codes in (("ann", ("A1", "A2", "B1")), ("bob", ("A1", "B1", "A1"))):
        assign(made, name, ARMS)
        desk = Desk(made, name)
        for passage, code in zip(ARMS, codes, strict=True):
            card = desk.decide(desk.card(passage), code, Action.ADD, note=HOSTILE)
            desk.done(desk.note(card, HOSTILE))
            add_memo(made, HOSTILE, About(passage=passage), name)
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Iterator[Running]:
    with running(study) as found:
        yield found


def look(person: Window, name: str) -> None:
    """What has to hold of the page that is shown, whatever it is."""
    picture(person, name)
    assert person.overflow <= 0, f"{name} is {person.overflow} pixels wider than its window"
    small = person.page.evaluate(TOO_SMALL)
    assert not small, (name, small)
    if AXE:
        person.page.evaluate(Path(AXE).read_text("utf-8"))
        found = person.page.evaluate(f"axe.run(document, {{ runOnly: {RULES} }})")
        faults = [f"{each['id']}: {node['html'][:150]}: {node['failureSummary'][:300]}"
                  for each in found["violations"] for node in each["nodes"]]  # fmt: skip
        assert not faults, f"{name}\n" + "\n".join(faults)


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TOO_SMALL = """Array.from(document.querySelectorAll("button, select, input:not([type=hidden])"))
  .filter((each) => each.checkVisibility({ contentVisibilityAuto: true }))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24)).map(([name]) => name)"""


def picture(person: Window, name: str) -> None:
    if PICTURES:
        size = person.page.viewport_size
        assert size
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        person.page.screenshot(path=f"{PICTURES}/{name}-{size['width']}.png", full_page=True)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pages_of_the_lead(browser: Browser, served: Running, width: int) -> None:
    served.served.person("Lea", UserRole.LEAD, UserRole.ADJUDICATOR)
    lead = window(browser, served, width=width)
    lead.open("/login")
    look(lead, "login")
    lead.log_in("Lea")
    for path in LEAD_PAGES:
        lead.open(path)
        look(lead, path.strip("/").replace("/", "-") or "start")
        assert lead.page.locator("h1").count() == 1
    look_through_forms(lead)
    lead.open("/report/page")
    picture(lead, "report-page")
    assert not lead.faults
    assert not {path: size for path, size in lead.sizes.items() if size > HEAVIEST and path != "/report/page"}


def look_through_forms(lead: Window) -> None:
    """Pages that come of forms: an invitation, a draw, a file, a case, an error."""
    lead.open("/people")
    lead.page.fill("#person", "Dr O'Hara")
    assert lead.page.locator('input[name="role"]:checked').count() == 0
    lead.page.check('input[name="role"][value="reader"]')
    lead.click("main form button >> nth=0")
    look(lead, "people-invited")
    lead.open("/routing")
    lead.page.check('input[name="reviewer"][value="Cleo"]')
    lead.page.fill("#round", HOSTILE[:25])
    lead.click('button[value="look"]')
    look(lead, "routing-preview")
    lead.open("/documents")
    content = f"Interviewer: What?\n{HOSTILE}: {HOSTILE}\nInterviewer: And?\nMo: {HOSTILE}\n".encode()
    file = {"name": "<img src=x onerror=alert(4)>.txt", "mimeType": "text/plain", "buffer": content}
    lead.page.set_input_files("#file", files=[file])
    lead.click("main form button")
    look(lead, "upload")
    lead.click('button[value="drop"]')
    assert "Nothing was stored" in lead.said
    lead.open("/adjudication")
    lead.click("main table button >> nth=0")
    look(lead, "case")
    if (lead.page.viewport_size or {}).get("width") == WIDE:
        passage, ruling = (lead.page.locator(each).first.bounding_box() for each in ("#passage", ".rows"))
        assert passage
        assert ruling
        assert ruling["x"] > passage["x"] + passage["width"], "rulings stand beside the passage, not below it"
    assert lead.page.get_attribute('button[data-act="finish"]', "class") == "second"
    lead.page.goto(f"{lead.address}/nowhere")
    look(lead, "not-found")
    assert [fault for fault in lead.faults if "404" not in fault] == []
    lead.faults.clear()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pages_of_a_reviewer(browser: Browser, served: Running, width: int) -> None:
    assign(served.study, "Cleo", {**ARMS, "hostile.0003": Arm.ASSISTED, "talk-1.0005": Arm.REVEAL})
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served, width=width)
    cleo.log_in("Cleo")
    look(cleo, "start-reviewer")
    cleo.open("/review")
    look(cleo, "queue")
    for place, passage in enumerate(("hostile.0002", "hostile.0003", "talk-1.0005")):
        cleo.open(f"/review/cards/{passage}")
        look(cleo, f"card-{place}")
    cleo.open("/review")
    cleo.click("main form button")
    assert cleo.passage
    cleo.page.locator("#passage .w").first.click()
    cleo.page.locator("#passage .w").nth(2).click()
    look(cleo, "card-marking")
    if width == NARROW:
        assert not cleo.page.is_visible('button[value="give:A1"]'), "the list is folded where it is below"
        cleo.page.click("#all-codes")
    cleo.click('button[value="give:A1"]')
    for details in cleo.page.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    look(cleo, "card-open")
    cleo.page.fill("#note", HOSTILE)
    cleo.click('button[value="note"]')
    cleo.open(f"/review/cards/{cleo.passage}")
    look(cleo, "card-noted")
    assert not cleo.faults
    assert not {path: size for path, size in cleo.sizes.items() if size > HEAVIEST}


def test_single_keys_can_be_switched_off(browser: Browser, served: Running) -> None:
    assign(served.study, "Cleo", ARMS)
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    cleo.open("/review")
    cleo.click("main form button")
    before = cleo.page.url
    cleo.page.click("details.keys summary")
    cleo.page.uncheck("#keys-on")
    cleo.page.click("#passage-name")
    cleo.page.wait_for_timeout(400)
    for key in ("0", "Space", "f", "n"):
        cleo.page.keyboard.press(key)
    cleo.page.wait_for_timeout(200)
    assert cleo.page.url == before
    assert served.study.store.reviews.decisions(reviewer="Cleo") == []
    cleo.page.reload()
    cleo.page.click("details.keys summary")
    assert not cleo.page.is_checked("#keys-on")


def test_the_quote_of_the_suggestion_at_hand_is_marked(
    browser: Browser, served: Running, study: Study
) -> None:
    """Exactly its words, by keyboard, focus and pointer; each suggestion shows its quote."""
    turns = (TALK[0], ("Mo", Role.PARTICIPANT, "There was “trust”. The money came later. That is all."))
    _add(study, "two", Kind.INTERVIEW, turns, {})
    propose(study, "r0002")
    assign(study, "Cleo", {"two.0002": Arm.ASSISTED})
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    cleo.open("/review/cards/two.0002")
    page = cleo.page

    def marked() -> str:
        return "".join(page.locator("#passage .now").all_text_contents())

    rows = page.locator(".rows > li")
    quotes = [row.locator("q").text_content() for row in rows.all()]
    assert quotes == ["There was “trust”.", "The money came later."]
    assert marked() == quotes[0]
    page.keyboard.press("ArrowDown")
    assert marked() == quotes[1]
    rows.nth(0).hover()
    assert marked() == quotes[0]
    page.mouse.move(1, 1)
    assert marked() == quotes[1]
    rows.nth(0).locator("a").focus()
    assert marked() == quotes[0]
    page.keyboard.press("a")
    page.wait_for_selector(".rows > li.applies")
    assert not cleo.faults


def test_keys_of_ones_own(browser: Browser, served: Running) -> None:
    """Changed on the page of keys, they act on the card, in its help, and for this person only."""
    assign(served.study, "Cleo", ARMS)
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    cleo.open("/keys")
    look(cleo, "keys")
    cleo.page.fill("#key-none", "f")
    cleo.click('button[value="store"]')
    assert cleo.page.get_attribute("#key-flag", "aria-invalid") == "true"
    look(cleo, "keys-refused")
    cleo.page.fill("#key-none", "Alt+k")
    cleo.page.fill("#key-skip", "q")
    cleo.click('button[value="store"]')
    assert "stored" in cleo.said
    other = window(browser, served)
    other.log_in("Cleo")
    other.open("/review/cards/talk-1.0002")
    assert other.page.inner_text('button[data-act="skip"] kbd') == "q"
    assert "Alt+k" in other.page.text_content("details.keys")
    other.page.wait_for_timeout(350)
    other.page.keyboard.press("0")
    other.page.keyboard.press("Space")
    other.page.wait_for_timeout(200)
    assert other.passage == "talk-1.0002"
    assert served.study.store.reviews.decisions(reviewer="Cleo") == []
    other.press("q")
    assert other.passage != "talk-1.0002"
    other.page.wait_for_timeout(350)
    other.press("Alt+k")
    assert len({each.passage for each in served.study.store.reviews.decisions(reviewer="Cleo")}) == 2
    assert [fault for fault in cleo.faults if "400" not in fault] == []
    assert not other.faults


def test_the_acts_stay_in_sight_and_hide_nothing_that_has_the_focus(
    browser: Browser, served: Running
) -> None:
    assign(served.study, "Cleo", {**ARMS, "talk-1.0005": Arm.ASSISTED})
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served, width=NARROW)
    cleo.log_in("Cleo")
    cleo.open("/review/cards/talk-1.0005")
    page = cleo.page
    page.set_viewport_size({"width": NARROW, "height": 600})
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(HIDDEN_BY_THE_ACTS)
        if found is None:
            break
        seen += 1
        assert not found, found
        assert page.evaluate("document.querySelector('.acts').getBoundingClientRect().bottom <= innerHeight")
    assert seen > 12
    assert not cleo.faults


HIDDEN_BY_THE_ACTS = """(() => {
  const at = document.activeElement;
  if (at === document.body) { return null; }
  const acts = document.querySelector(".acts");
  if (acts.contains(at)) { return ""; }
  const [box, bar] = [at.getBoundingClientRect(), acts.getBoundingClientRect()];
  return box.bottom > bar.top + 1 && box.top < bar.bottom ? at.outerHTML.slice(0, 100) : "";
})()"""


def test_runs_are_read_again_where_that_is_wanted(browser: Browser, served: Running, study: Study) -> None:
    served.served.person("Lea", UserRole.LEAD)
    lead = window(browser, served)
    lead.log_in("Lea")
    lead.open("/runs")
    lead.page.uncheck("#live")
    propose(study, "r0002")
    assert "r0002" not in lead.page.inner_text("main")
    lead.page.check("#live")
    lead.page.wait_for_selector('th:text-is("r0002")')
    assert lead.page.is_checked("#live")
    assert not lead.faults


def test_the_skip_link_is_first_and_focus_is_seen(browser: Browser, served: Running) -> None:
    served.served.person("Lea", UserRole.LEAD)
    lead = window(browser, served)
    lead.log_in("Lea")
    lead.open("/overview")
    lead.page.keyboard.press("Tab")
    assert lead.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    lead.page.keyboard.press("Tab")
    outline = lead.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
def test_colours_of_every_scheme(browser: Browser, served: Running, scheme: str) -> None:
    """Contrast of words against their ground, on the pages with the most kinds of things."""
    assign(served.study, "Cleo", ARMS)
    served.served.person("Cleo", *UserRole)
    options = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}
    cleo = window(browser, served, **options)
    cleo.log_in("Cleo")
    for path in ("/review/cards/hostile.0002", "/review", "/people", "/routing"):
        cleo.open(path)
        picture(cleo, f"{scheme}-{path.strip('/').replace('/', '-')}")
        poor = cleo.page.evaluate(CONTRAST) if scheme != "forced" else []
        assert not poor, (path, poor)
    assert not cleo.faults


CONTRAST = """(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parts(getComputedStyle(at).backgroundColor);
      if (a > 0) { return [r, g, b]; }
    }
    return parts(getComputedStyle(document.documentElement).colorScheme === "dark" ? "0,0,0" : "255,255,255");
  };
  const found = [];
  for (const each of document.querySelectorAll("body *")) {
    const words = Array.from(each.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
    const exempt = each.matches("button:disabled, button:disabled *, option");
    if (!words || !each.checkVisibility() || exempt) { continue; }
    const [a, b] = [light(parts(getComputedStyle(each).color)), light(ground(each))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const named = `${each.tagName} ${each.className} ${ratio.toFixed(2)}: ${each.textContent.slice(0, 40)}`;
    if (ratio < 4.5) { found.push(named); }
  }
  return found;
})()"""


def test_a_search_that_finds_no_code_offers_a_new_one(browser: Browser, served: Running) -> None:
    assign(served.study, "Cleo", ARMS)
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    cleo.open("/review/cards/talk-1.0002")
    page = cleo.page
    page.keyboard.press("c")
    page.keyboard.type("Broken windows")
    page.keyboard.press("Enter")
    assert page.input_value("#draft") == "Broken windows"
    assert page.evaluate("document.activeElement.value") == "draft"
    cleo.press("Enter")
    assert "Broken windows" in page.inner_text(".rows")
    assert page.evaluate("document.activeElement === document.body")
    page.fill("#search", "Shattered glass")
    page.click(".search button")
    assert page.input_value("#draft") == "Shattered glass"
    page.fill("#search", "A1")
    page.focus("#search")
    cleo.press("Enter")
    assert page.evaluate("document.activeElement === document.body")
    assert [each.code for each in served.study.store.reviews.decisions(reviewer="Cleo")][1:] == ["A1"]
    assert not cleo.faults


def test_a_page_that_is_left_lets_its_passage_go(browser: Browser, served: Running) -> None:
    assign(served.study, "Cleo", ARMS)
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    cleo.open("/review/cards/talk-1.0002")
    held = served.study.store.claims.held
    assert [each.passage for each in held("Cleo", SystemClock().now())] == ["talk-1.0002"]
    cleo.open("/codebook")
    cleo.page.wait_for_timeout(300)
    assert held("Cleo", SystemClock().now()) == []
    assert not cleo.faults


def test_a_note_outlives_the_login(browser: Browser, served: Running) -> None:
    assign(served.study, "Cleo", ARMS)
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    cleo.open("/review/cards/talk-1.0002")
    cleo.page.keyboard.press("n")
    cleo.page.fill("#note", "A long thought.")
    served.study.store.users.revoke("Cleo", SystemClock().now())
    cleo.click('button[value="note"]')
    assert "/login" in cleo.page.url
    assert "not recorded" in cleo.page.inner_text("main")
    cleo.page.fill("#name", "Cleo")
    cleo.page.fill("#password", PASSWORD)
    cleo.click("main form button")
    assert cleo.passage == "talk-1.0002"
    assert cleo.page.input_value("#note") == "A long thought."
    cleo.click('button[value="note"]')
    assert cleo.page.input_value("#note") == ""
    assert "A long thought." in cleo.page.inner_text("main")
    assert not cleo.faults


def test_a_question_is_answered_by_the_very_next_key_only(browser: Browser, served: Running) -> None:
    """Any other key closes it and does its act; what is typed after that never finishes the passage."""
    assign(served.study, "Cleo", {"talk-1.0002": Arm.REVEAL, "talk-1.0004": Arm.BLIND})
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served)
    cleo.log_in("Cleo")
    page = cleo.page

    def acts() -> list[tuple[str, str | None]]:
        return [(each.action, each.code) for each in served.study.store.reviews.decisions(reviewer="Cleo")]

    def ask() -> None:
        page.wait_for_timeout(350)
        cleo.press("Enter")
        assert page.locator(".ask").count() == 1
        page.wait_for_timeout(350)

    cleo.open("/review/cards/talk-1.0002")
    ask()
    page.keyboard.press("c")
    assert page.locator(".ask").count() == 0
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("B1")
    cleo.press("Enter")
    assert cleo.passage == "talk-1.0002"
    assert acts() == [("add", "B1")]
    cleo.press("u")

    ask()
    page.click("#search")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator(".ask").count() == 0
    ask()
    page.keyboard.press("z")
    assert page.locator(".ask").count() == 0
    page.reload()
    assert page.locator(".ask").count() == 0
    ask()
    cleo.press("n")
    assert page.locator(".ask").count() == 0
    assert "done" not in [action for action, _ in acts()]

    ask()
    cleo.press("Enter")
    assert acts()[-1][0] == "done"
    assert not cleo.faults


def test_the_queue_fits_a_phone(browser: Browser, served: Running) -> None:
    assign(served.study, "Cleo", ARMS)
    desk = Desk(served.study, "Cleo")
    desk.decide(desk.card("talk-1.0002"), "B1", Action.ADD)
    served.served.person("Cleo", UserRole.REVIEWER)
    cleo = window(browser, served, width=NARROW)
    cleo.log_in("Cleo")
    cleo.open("/review")
    picture(cleo, "queue-phone")
    hidden = "(each => each.scrollWidth - each.clientWidth)(document.querySelector('.scroll'))"
    assert cleo.page.evaluate(hidden) <= 0
