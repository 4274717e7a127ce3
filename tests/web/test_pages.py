"""Pages of review and adjudication: whole without scripts, each form once, hostile words inert."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import PASSWORD, Served, csrf

from cothemes.adapters.clock import SystemClock
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.passage import Passage
from cothemes.records.review import Action, Arm
from cothemes.records.user import UserRole
from cothemes.stages.review.sitting import Verb
from cothemes.web.card_view import act_of, found_words, pieces_of
from cothemes.web.told import REPEATED

HOSTILE = "<script>alert(1)</script>\"'\u202e<img src=x onerror=alert(1)>"
ARMS = {"talk-1.0002": Arm.BLIND, "talk-1.0004": Arm.REVEAL, "talk-1.0005": Arm.ASSISTED}


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    for name in ("ann", "bob"):
        assign(made, name, ARMS)
    yield made
    made.close()


@pytest.fixture
def served(study: Study) -> Served:
    return Served(study)


class Browser:
    """A browser without scripts: it follows redirects and sends forms with their hidden fields."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.text = ""
        self.path = ""

    def open(self, path: str) -> str:
        answer = self.client.get(path)
        while answer.status_code == 303:
            path = answer.headers["location"]
            answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        self.text, self.path = answer.text, path
        return self.text

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found[1] if found else ""

    def send(self, path: str, **fields: Any) -> str:
        hidden = {name: self.field(name) for name in ("csrf", "tab", "key", "tag", "round")}
        answer = self.client.post(path, data={**hidden, **fields})
        assert answer.status_code == 303, answer.text
        return self.open(answer.headers["location"])

    def do(self, what: str, **fields: Any) -> str:
        return self.send(self.path.partition("?")[0], do=what, **fields)

    @property
    def said(self) -> str:
        found = re.search(r'class="said"[^>]*>([^<]*)', self.text)
        return found[1] if found else ""


class Checker(HTMLParser):
    """Ids, labels and what a page may not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "label" and found.get("for"):
            self.labelled.add(found["for"] or "")
        if tag in ("input", "textarea", "select") and found.get("type") not in (
            "hidden",
            "checkbox",
            "radio",
        ):
            self.fields.append(found.get("id") or f"{tag} without id")
        if tag == "script" and "src" not in found:
            self.faults.append("inline script")
        if tag == "style" or "style" in found or any(name.startswith("on") for name in found):
            self.faults.append(f"inline style or handler in {tag}")


def check(text: str) -> None:
    checker = Checker()
    checker.feed(text)
    assert not checker.faults
    assert len(checker.ids) == len(set(checker.ids)), checker.ids
    assert set(checker.fields) <= checker.labelled, set(checker.fields) - checker.labelled
    assert text.count("<h1") == 1
    assert len(text.encode()) < 150_000


def test_a_person_codes_without_scripts(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    check(ann.text)
    ann.send("/review/claim")
    assert "/review/cards/talk-1.0002" in ann.path
    check(ann.text)
    ann.do("give:A1", words="trusted each  other")
    ann.do("mark:A1", spans="38-40,41-45")
    ann.do("describe:A1", **{"attribute.valence": ["", "helps"], "attribute.status": ["", "experienced"]})
    ann.do("note", text="A note.")
    check(ann.text)
    ann.do("finish")
    assert "done talk-1.0002" in ann.said
    ann.do("finish")
    assert "No code given" in ann.text
    check(ann.text)
    ann.do("finish", sure="yes")
    assert "suggestions open" in ann.said
    ann.do("accept:A2")
    check(ann.text)
    ann.do("finish")
    [coded] = Desk(study, "ann").card("talk-1.0002").coded.values()
    assert coded.attributes == {"valence": ("helps",), "status": ("experienced",)}
    words = [study.store.documents.get("talk-1").text[start:end] for start, end in coded.spans]  # type: ignore[union-attr]
    assert words == ["trusted each other", "It", "took"]


def test_a_locked_passage_is_read_again_at_once_though_an_earlier_one_waits(served: Served) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review/cards/talk-1.0004")
    ann.do("give:A1")
    ann.do("finish")
    assert "talk-1.0004" in ann.said
    assert ann.path.partition("?")[0] == "/review/cards/talk-1.0004"
    assert "second reading" in ann.text
    ann.do("finish", sure="yes")
    assert ann.path.partition("?")[0] == "/review/cards/talk-1.0002"


def test_a_form_that_is_sent_twice_acts_once(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    ann.send("/review/claim")
    path = ann.path.partition("?")[0]
    fields = {name: ann.field(name) for name in ("csrf", "tab", "key", "tag")}
    for _ in range(3):
        assert ann.client.post(path, data={**fields, "do": "give:A1"}).status_code == 303
    assert len(study.store.reviews.decisions(reviewer="ann")) == 1


def test_a_form_whose_answer_was_lost_says_what_was_recorded(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review/cards/talk-1.0002")
    fields = {name: ann.field(name) for name in ("csrf", "tab", "key", "tag")}
    for _ in range(2):
        answer = ann.client.post("/review/cards/talk-1.0002", data={**fields, "do": "note", "text": "Why?"})
    ann.open(answer.headers["location"])
    # The script forgets what was typed once it reads this: else it would be sent anew, under another key.
    assert ann.said == "recorded: note"
    ann.client.post("/review/cards/talk-1.0002", data={**fields, "do": "note", "text": "Why?"})
    ann.open(answer.headers["location"])
    assert ann.said == REPEATED
    assert len(study.store.reviews.decisions(reviewer="ann")) == 1


def test_what_is_refused_is_said_on_the_card(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    ann.send("/review/claim")
    ann.do("give:ZZ")
    assert ann.said.startswith("Not recorded")
    ann.do("give:A1", words="no such words")
    assert ann.said.startswith("Not recorded")
    ann.do("fly")
    assert ann.said.startswith("Not recorded")
    assert study.store.reviews.decisions(reviewer="ann") == []


def test_a_card_that_is_opened_anew_is_taken_over(served: Served, study: Study) -> None:
    first = Browser(served.browser("ann"))
    first.open("/review/cards/talk-1.0002")
    other = served.client()
    other.post("/login", data={"name": "ann", "password": PASSWORD})
    second = Browser(other)
    second.open("/review/cards/talk-1.0002")
    second.do("give:A1")
    for what in ("give:B1", "finish", "undo"):
        older = {name: first.field(name) for name in ("csrf", "tab", "key", "tag")}
        answer = first.client.post("/review/cards/talk-1.0002", data={**older, "do": what})
        assert answer.status_code == 303
        assert [each.code for each in study.store.reviews.decisions(reviewer="ann")] == ["A1"]
    first.open(answer.headers["location"])
    assert first.said.startswith("Not recorded")
    assert "A1" in first.text
    first.do("give:B1")
    second.do("finish")
    assert second.said.startswith("Not recorded")
    assert [each.code for each in study.store.reviews.decisions(reviewer="ann")] == ["A1", "B1"]


def test_going_on_opens_the_first_passage_that_waits(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    ann.send("/review/claim")
    assert "talk-1.0002" in ann.path
    ann.open("/codebook")
    ann.open("/review")
    ann.send("/review/claim")
    assert "talk-1.0002" in ann.path, "a card that was left is not skipped"
    tab = ann.field("tab")
    ann.do("none")
    ann.do("finish", sure="yes")
    held = study.store.claims.held("ann", SystemClock().now())
    assert [claim.passage for claim in held] == [ann.path.partition("?")[0].rpartition("/")[2]]
    assert f"/review?left={tab}" in ann.text
    ann.open(f"/review?left={tab}")
    assert study.store.claims.held("ann", SystemClock().now()) == []


def test_an_act_leases_the_next_card_once_it_is_shown(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review/cards/talk-1.0002")
    fields = {name: ann.field(name) for name in ("csrf", "tab", "key", "tag")}
    ann.client.post("/review/cards/talk-1.0002", data={**fields, "do": "none", "sure": "yes"})
    assert study.store.claims.held("ann", SystemClock().now()) == []
    beacon = {"csrf": fields["csrf"], "tab": "a-tab-of-its-own"}
    ann.open("/review/cards/talk-1.0004?tab=a-tab-of-its-own")
    assert len(study.store.claims.held("ann", SystemClock().now())) == 1
    assert ann.client.post("/review/cards/talk-1.0004/leave", data=beacon).status_code == 204
    assert study.store.claims.held("ann", SystemClock().now()) == []


def test_a_card_that_changed_is_not_acted_on_blindly(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    ann.send("/review/claim")
    desk = Desk(study, "ann")
    desk.decide(desk.card("talk-1.0002"), "B1", Action.ADD)
    ann.do("finish")
    assert "not as this card showed it" in ann.said
    assert "B1" in ann.text


def test_nobody_acts_without_the_value_of_the_page(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    answer = ann.client.post("/review/cards/talk-1.0002", data={"do": "give:A1", "tab": "a" * 12, "key": "1"})
    assert answer.status_code == 403
    assert study.store.reviews.decisions(reviewer="ann") == []


def test_hostile_words_stay_words(served: Served, study: Study) -> None:
    path = study.codebook_path
    book = path.read_text("utf-8").replace("label: Turnover of staff", f"label: {json.dumps(HOSTILE)}")
    path.write_text(book, "utf-8")
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    ann.send("/review/claim")
    ann.do("note", text=HOSTILE)
    ann.do("memo", text=HOSTILE)
    ann.do("draft", text=HOSTILE[:60])
    assert "<script>alert" not in ann.text
    assert "<img" not in ann.text
    assert "\u202e" not in ann.text
    assert "&lt;script&gt;" in ann.text
    check(ann.text)


def test_adjudication_pages(served: Served, study: Study) -> None:
    for name, code in (("ann", "A1"), ("bob", "B1")):
        desk = Desk(study, name)
        desk.done(desk.decide(desk.card("talk-1.0002"), code, Action.ADD, note=f"Since {code}."))
    cara = Browser(served.browser("cara", UserRole.ADJUDICATOR))
    cara.open("/adjudication")
    check(cara.text)
    early = cara.client.get("/adjudication/talk-1.0002")
    assert early.status_code == 409
    assert "Since A1" not in early.text
    cara.send("/adjudication/talk-1.0002/open")
    check(cara.text)
    assert "Reader 1" in cara.text
    assert "ann" not in cara.text
    cara.do("accept:A1", text="As she says.")
    assert "A1 applies" in cara.said
    cara.do("reject:B1")
    assert "all adjudicated" in cara.text
    place = cara.path
    assert re.findall("<caption>([^<]+)<", cara.open("/adjudication")) == ["Adjudicated"]
    cara.open(place)
    cara.do("undo")
    assert "left: B1" in cara.text
    assert re.findall("<caption>([^<]+)<", cara.open("/adjudication")) == ["Passages in dispute"]
    cara.open(place)
    cara.do("note", text="Talked about.")
    cara.do("give", code="A2")
    check(cara.text)
    assert served.browser("ann").get("/adjudication").status_code == 403


def test_many_disputes_are_on_several_pages(
    served: Served, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.web.adjudication_pages.ON_A_PAGE", 1)
    for name, code in (("ann", "A1"), ("bob", "B1")):
        assign(study, name, {"talk-2.0002": Arm.BLIND})
        desk = Desk(study, name)
        for place in ("talk-1.0002", "talk-2.0002"):
            desk.done(desk.decide(desk.card(place), code, Action.ADD))
    cara = Browser(served.browser("cara", UserRole.ADJUDICATOR))
    seen = []
    for part in (1, 2):
        check(cara.open(f"/adjudication?at={part}"))
        seen += re.findall(r'action="/adjudication/([^/"]+)/open"', cara.text)
    assert sorted(seen) == ["talk-1.0002", "talk-2.0002"]


def test_the_lease_is_extended_by_the_page(served: Served) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review")
    ann.send("/review/claim")
    fields = {"csrf": csrf(ann.client), "tab": ann.field("tab")}
    path = f"{ann.path.partition('?')[0]}/lease"
    assert ann.client.post(path, data=fields).status_code == 204
    assert ann.client.post(path, data={**fields, "tab": "another-tab"}).status_code == 423


def passage(study: Study) -> Passage:
    found = study.store.passages.get("talk-1.0002")
    assert found is not None
    return found


def test_the_pieces_are_the_passage(study: Study) -> None:
    one = passage(study)
    pieces = pieces_of(one, [("A1", [(3, 10)])], [("A2", [(0, 2)])])
    assert "".join(each.text for each in pieces) == one.text
    assert [each.text for each in pieces if each.codes] == ["trusted"]
    assert [each.text for each in pieces if each.quoted] == ["We"]
    assert all(one.text[each.start : each.end] == each.text for each in pieces if each.start is not None)


def test_quotes_are_marked_to_the_letter(study: Study) -> None:
    """Quotes that begin and end within a word, and that overlap."""
    one = passage(study)
    quoted = [("A1", [(1, 5)]), ("B1", [(4, 10), (4, 6)])]
    parts = [part for piece in pieces_of(one, (), quoted) for part in piece.parts]
    assert "".join(part.text for part in parts) == one.text
    assert "".join(part.text for part in parts if "A1" in part.quoted) == one.text[1:5]
    assert "".join(part.text for part in parts if "B1" in part.quoted) == one.text[4:10]
    begun = [each for part in parts for each in part.begins]
    assert begun == [("A1", 1), ("B1", 1), ("B1", 2)], "each begins once"


def test_a_long_queue_is_on_several_pages(
    served: Served, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cothemes.web.review_pages.LISTED", 2)
    ann = Browser(served.browser("ann"))
    seen = []
    for part in (1, 2):
        check(ann.open(f"/review?at={part}"))
        seen += re.findall(r'<th scope="row"><a href="/review/cards/([^"]+)"', ann.text)
    assert seen == list(ARMS)
    assert "3 to 3 of 3" in ann.text
    check(ann.open("/review?at=9"))


def test_what_a_form_says(study: Study) -> None:
    one = passage(study)
    act = act_of({"do": ["give:A1"], "spans": ["0-2,3-10"], "words": ["FROM the  start"]}, one)
    assert (act.verb, act.code) == (Verb.GIVE, "A1")
    assert [one.text[start:end] for start, end in act.spans] == ["We", "trusted", "from the start"]
    with pytest.raises(UsageError):
        act_of({"do": ["fly"]}, one)
    with pytest.raises(UsageError):
        found_words(one, "nowhere to be found")


def test_a_done_card_shows_its_codes_and_can_be_taken_up_again(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann", UserRole.REVIEWER, UserRole.READER))
    ann.open("/review/cards/talk-1.0002")
    ann.do("give:A1", words="trusted")
    ann.do("finish")
    ann.open("/review/cards/talk-1.0002")
    check(ann.text)
    assert "This passage is done" in ann.text
    for act in ("accept:", "reject:", "give:", "mark:", "describe:", "finish", "skip"):
        assert f'value="{act}' not in ann.text
    assert "trusted</q>" in ann.text
    ann.do("note", text="A late thought.")
    assert "A late thought." in ann.text
    ann.do("reopen")
    assert 'value="reject:A1"' in ann.text
    ann.do("finish")
    bob = Desk(study, "bob")
    bob.done(bob.decide(bob.card("talk-1.0002"), "B1", Action.ADD))
    ann.open("/review/cards/talk-1.0002")
    assert 'value="reopen"' not in ann.text
    assert "cannot be changed any more" in ann.text
    ann.do("undo")
    assert ann.said.startswith("Not recorded")


def test_a_lead_adjudicates_without_more(served: Served, study: Study) -> None:
    for name, code in (("ann", "A1"), ("bob", "B1")):
        desk = Desk(study, name)
        desk.done(desk.decide(desk.card("talk-1.0002"), code, Action.ADD))
    lea = Browser(served.browser("lea", UserRole.LEAD))
    lea.open("/adjudication")
    assert "not registered" not in lea.text
    lea.send("/adjudication/talk-1.0002/open")
    lea.do("accept:A1")
    assert [each.by for each in study.store.settlements.all()] == ["lea", "lea"]
    assert served.program("lena", UserRole.LEAD).get("/api/v1/adjudication").status_code == 200


def test_a_name_that_is_no_code_is_offered_as_a_new_one(served: Served, study: Study) -> None:
    ann = Browser(served.browser("ann"))
    ann.open("/review/cards/talk-1.0002?q=Broken+windows")
    check(ann.text)
    assert 'name="text" value="Broken windows"' in ann.text
    ann.do("draft", text="Broken windows")
    [row] = Desk(study, "ann").card("talk-1.0002").coded
    ann.open("/review/cards/talk-1.0002?q=broken%20Windows")
    assert row in ann.text
    assert 'name="text" value=""' in ann.text, "it is a code now"
