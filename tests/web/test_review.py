"""The review over HTTP: the same records as the terminal's, each act once, one tab for each passage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in, suggestion
from tests.doubles.served import Served

from cothemes.adapters.clock import SystemClock
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Decision
from cothemes.records.user import UserRole

ARMS = {
    "talk-1.0002": Arm.BLIND,
    "talk-1.0004": Arm.REVEAL,
    "talk-1.0005": Arm.ASSISTED,
    "talk-2.0002": Arm.ASSISTED,
}
FIRST, SECOND = "tab-number-one", "tab-number-two"


class Tab:
    """A tab of a reviewer: it holds what it claimed and numbers its acts."""

    def __init__(self, client: TestClient, holder: str = FIRST) -> None:
        self.client, self.holder, self.sent = client, holder, 0
        self.passage = self.tag = ""
        self.card: dict[str, Any] = {}

    def claim(self, **wanted: Any) -> Any:
        return self._took(self.client.post("/api/v1/review/claims", json=wanted, headers=self._headers()))

    def act(self, verb: str, *, key: str = "", tag: str = "", passage: str = "", **fields: Any) -> Any:
        headers = {**self._headers(), "Idempotency-Key": key or self._key()}
        if tag:
            headers["If-Match"] = tag
        path = f"/api/v1/review/passages/{passage or self.passage}/acts"
        return self._took(self.client.post(path, json={"verb": verb, **fields}, headers=headers))

    def undo(self) -> Any:
        headers = {**self._headers(), "Idempotency-Key": self._key()}
        return self._took(self.client.post("/api/v1/review/undo", headers=headers))

    def _key(self) -> str:
        self.sent += 1
        return f"{self.holder}-{self.sent}"

    def _headers(self) -> dict[str, str]:
        return {"Lease-Holder": self.holder}

    def _took(self, answer: Any) -> Any:
        if answer.status_code == 200:
            self.card = answer.json()
            self.passage, self.tag = self.card["card"]["passage"], answer.headers["etag"]
        return answer


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


def essence(decisions: list[Decision]) -> list[dict[str, Any]]:
    """Decisions without what differs by nature: ids, times, the person."""
    numbers = {each.id: place for place, each in enumerate(decisions)}
    return [
        {**each.model_dump(exclude={"id", "at", "reviewer"}), "undoes": numbers.get(each.undoes or "")}
        for each in decisions
    ]


def test_records_equal_those_of_the_command_line(served: Served, study: Study) -> None:
    tab = Tab(served.program("ann"))
    tab.claim()
    assert tab.passage == "talk-1.0002"
    tab.act("give", code="A1", spans=[[3, 10], [15, 20]], text="")
    tab.act("note", text="A note.")
    tab.undo()
    tab.act("finish")
    tab.act("give", code="B1")
    tab.act("finish")
    assert tab.passage == "talk-1.0004", "the suggestions of the reveal passage are open now"
    assert [each["code"] for each in tab.card["card"]["card"]["suggestions"]] == ["A2"]
    tab.act("accept", code="A2")
    tab.act("finish")
    tab.act("none")
    tab.act("reject", code="A1")
    tab.act("finish", sure=True)
    assert (tab.passage, tab.card["lease"]) == ("", None)

    line = CommandLine()

    def typed(*words: str) -> None:
        done = line(*words, "--as", "bob", study=study.root)
        assert done.exit_code == 0, (words, done.stderr)

    typed("decide", "talk-1.0002", "A1", "add", "--span", "3:10", "--span", "15:20")
    bob = Desk(study, "bob")
    bob.note(bob.card("talk-1.0002"), "A note.")
    typed("undo")
    typed("done", "talk-1.0002")
    typed("decide", "talk-1.0004", "B1", "add")
    typed("done", "talk-1.0004")
    typed("decide", "talk-1.0004", "A2", "accept")
    typed("done", "talk-1.0004")
    typed("done", "talk-1.0005")
    typed("decide", "talk-2.0002", "A1", "reject")
    typed("done", "talk-2.0002")
    reviews = study.store.reviews
    assert essence(reviews.decisions(reviewer="ann")) == essence(reviews.decisions(reviewer="bob"))


def test_the_same_key_does_nothing_a_second_time(served: Served, study: Study) -> None:
    tab = Tab(served.program("ann"))
    tab.claim()
    assert not tab.act("give", code="A1", key="one").json()["repeated"]
    assert tab.act("give", code="A1", key="one").json()["repeated"]
    assert tab.act("give", code="A2", key="one").status_code == 409
    assert tab.act("finish", key="two").json()["acted_on"] == "talk-1.0002"
    assert tab.act("finish", key="two", passage="talk-1.0002").json()["repeated"]
    assert len(study.store.reviews.decisions(reviewer="ann")) == 2


def test_an_act_sent_many_times_at_once_is_done_once(served: Served, study: Study) -> None:
    client = served.program("ann")
    tab = Tab(client)
    tab.claim()
    passage = tab.passage

    def send(number: int) -> int:
        answer = Tab(client).act("give", passage=passage, code=("A1", "A2")[number % 2], key=f"k{number % 2}")
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(send, range(24)))
    assert set(codes) == {200}
    assert sorted(each.code or "" for each in study.store.reviews.decisions(reviewer="ann")) == ["A1", "A2"]


def test_a_question_stores_nothing_and_uses_no_key(served: Served, study: Study) -> None:
    tab = Tab(served.program("ann"))
    tab.claim(passage="talk-1.0005")
    asked = tab.act("finish", key="one").json()
    assert asked["card"]["asking"] == "sure"
    assert asked["card"]["question"]
    assert study.store.reviews.decisions(reviewer="ann") == []
    assert tab.act("finish", key="two", sure=True).json()["recorded"]


def test_two_tabs_never_hold_one_passage(served: Served, study: Study) -> None:
    client = served.program("ann")
    first, second = Tab(client, FIRST), Tab(client, SECOND)
    first.claim()
    second.claim()
    assert first.passage != second.passage
    assert second.act("give", passage=first.passage, code="A1").status_code == 423
    assert second.claim(passage=first.passage).status_code == 423
    assert first.act("give", code="A1").status_code == 200
    taken = second.passage
    assert second.claim(passage=first.passage, take_over=True).status_code == 200
    assert first.act("give", code="A2").status_code == 423
    assert first.claim(passage=first.passage, take_over=True).status_code == 200
    assert second.claim(passage=taken).status_code == 200
    again = Tab(client, FIRST)
    again.claim()
    assert again.passage == first.passage, "a tab that is loaded again goes on"
    assert (
        client.delete(
            f"/api/v1/review/passages/{first.passage}/lease", headers={"Lease-Holder": FIRST}
        ).status_code
        == 204
    )
    assert second.claim(passage=first.passage).status_code == 200


def test_a_lease_ends_and_can_be_extended(
    served: Served, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = served.program("ann")
    first, second = Tab(client, FIRST), Tab(client, SECOND)
    first.claim()
    passage = first.passage
    real = SystemClock.now
    ahead = [timedelta(minutes=9)]
    monkeypatch.setattr(SystemClock, "now", lambda self: real(self) + ahead[0])
    path = f"/api/v1/review/passages/{passage}/lease"
    assert client.put(path, headers={"Lease-Holder": FIRST}).status_code == 200
    ahead[0] = timedelta(minutes=18)
    assert second.claim(passage=passage).status_code == 423
    ahead[0] = timedelta(minutes=40)
    assert second.claim(passage=passage).status_code == 200
    assert client.put(path, headers={"Lease-Holder": FIRST}).status_code == 423
    assert first.act("give", code="A1", passage=passage).status_code == 423
    assert study.store.reviews.decisions(reviewer="ann") == []


def test_a_card_that_changed_meanwhile_refuses_the_act(served: Served, study: Study) -> None:
    tab = Tab(served.program("ann"))
    tab.claim()
    tag = tab.tag
    desk = Desk(study, "ann")
    desk.decide(desk.card(tab.passage), "B1", Action.ADD)
    refused = tab.act("finish", tag=tag)
    assert refused.status_code == 412
    assert refused.json()["hint"]
    tab.claim()
    assert tab.act("finish", tag=tab.tag).status_code == 200


def test_the_tag_of_an_answer_is_that_of_the_card_for_the_next_act(served: Served, study: Study) -> None:
    passage = study.store.passages.get("talk-2.0002")
    assert passage is not None
    [run] = study.store.runs.all()
    study.store.runs.record([], [suggestion(run, passage, "B1", passage.sentences[0])])
    tab = Tab(served.program("ann"))
    tab.claim(passage=passage.id)
    assert [row["code"] for row in tab.card["card"]["rows"]] == ["A1", "B1"]
    for verb, code in (("reject", "A1"), ("finish", ""), ("accept", "B1"), ("accept", "A1")):
        answer = tab.act(verb, tag=tab.tag, code=code)
        assert answer.status_code == 200, answer.text
    assert tab.act("finish", tag=tab.tag).json()["acted_on"] == passage.id


def test_a_card_that_is_as_before_is_not_sent_again(served: Served) -> None:
    client = served.program("ann")
    path = "/api/v1/review/passages/talk-1.0002"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_undo_goes_back_over_passages(served: Served, study: Study) -> None:
    tab = Tab(served.program("ann"))
    tab.claim()
    tab.act("give", code="A1")
    tab.act("finish")
    assert tab.undo().json()["acted_on"] == "talk-1.0002"
    assert tab.passage == "talk-1.0002"
    tab.undo()
    assert tab.undo().status_code == 409
    tab.act("none")
    tab.claim(passage="talk-1.0002")
    other = Tab(tab.client, SECOND)
    assert other.undo().status_code == 423, "the passage is open in the first tab"


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("give", {"code": "ZZ"}, 404),
        ("accept", {"code": "A1"}, 400),
        ("give", {"code": "A1", "spans": [[0, 9999]]}, 400),
        ("move", {"number": 1}, 400),
        ("undo", {}, 400),
        ("fly", {}, 422),
        ("note", {"text": " "}, 400),
    ],
)
def test_a_refused_act_is_a_problem_with_a_hint(
    served: Served, study: Study, verb: str, fields: dict[str, Any], status: int
) -> None:
    tab = Tab(served.program("ann"))
    tab.claim()
    answer = tab.act(verb, **fields)
    assert answer.status_code == status
    assert answer.json()["hint"]
    assert study.store.reviews.decisions(reviewer="ann") == []


def test_memos_drafts_and_searching_codes(served: Served, study: Study) -> None:
    tab = Tab(served.program("ann"))
    tab.claim()
    tab.act("memo", text="A thought.")
    tab.act("draft", text="Windows", spans=[[0, 5]])
    rows = tab.card["card"]["rows"]
    assert [(row["label"], row["spans"]) for row in rows] == [("Windows", [[0, 5]])]
    assert tab.card["card"]["memos"] == ["A thought."]
    path = f"/api/v1/review/passages/{tab.passage}/codes"
    assert [each["label"] for each in tab.client.get(path, params={"q": "wind"}).json()] == ["Windows"]
    bob = Tab(served.program("bob"))
    bob.claim()
    assert bob.client.get(path, params={"q": "wind"}).json() == []


def test_only_reviewers_review_and_only_their_own(served: Served) -> None:
    rita = served.program("rita", UserRole.READER, UserRole.LEAD)
    assert Tab(rita).claim().status_code == 403
    ann = served.program("ann")
    assert ann.get("/api/v1/review/passages/policy.0001").status_code == 409
    assert ann.get("/api/v1/review/passages/policy.0001/transcript").status_code == 409
    assert served.client().post("/api/v1/review/claims", json={}).status_code == 401


def test_adjudication(served: Served, study: Study) -> None:
    for name, code in (("ann", "A1"), ("bob", "B1")):
        tab = Tab(served.program(name), f"tab-of-{name}")
        tab.claim()
        tab.act("give", code=code, text="")
        tab.act("finish")
    cara = served.program("cara", UserRole.ADJUDICATOR)
    listed = cara.get("/api/v1/adjudication").json()
    assert [each["passage"] for each in listed["cases"]] == ["talk-1.0002"]
    path = "/api/v1/adjudication/talk-1.0002"
    opened = cara.post(f"{path}/open").json()["case"]
    assert {each["code"] for each in opened["case"]["codes"]} == {"A1", "B1"}
    assert "ann" not in str(opened)
    assert "bob" not in str(opened)

    def rule(key: str, **act: Any) -> Any:
        return cara.post(f"{path}/acts", json=act, headers={"Idempotency-Key": key})

    assert rule("1", verb="accept", code="A1", text="As she says.").json()["case"]["case"]["left"] == ["B1"]
    assert rule("1", verb="accept", code="A1", text="As she says.").json()["repeated"]
    assert rule("2", verb="reject", code="B1").json()["case"]["case"]["state"] == "settled"
    assert rule("3", verb="undo").json()["case"]["case"]["left"] == ["B1"]
    assert rule("4", verb="accept", code="ZZ").status_code == 404
    assert rule("5", verb="finish").status_code == 400
    assert served.program("ann").get("/api/v1/adjudication").status_code == 403
    line = CommandLine()
    shown = line("adjudicate", "--as", "cara", "--list", "--json", study=study.root)
    assert shown.stdout.strip() == json.dumps(
        cara.get("/api/v1/adjudication").json(), ensure_ascii=False, indent=2
    )


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ((UserRole.REVIEWER,), True),
        ((UserRole.REVIEWER, UserRole.READER), False),
        ((UserRole.REVIEWER, UserRole.ADJUDICATOR), False),
        ((UserRole.REVIEWER, UserRole.LEAD), False),
    ],
)
def test_who_reads_findings_keeps_blind_codes_that_another_finished(
    served: Served, study: Study, roles: tuple[UserRole, ...], allowed: bool
) -> None:
    ann = Tab(served.program("ann", *roles))
    ann.claim(passage="talk-1.0002")
    ann.act("give", code="A1")
    ann.act("finish")
    assert ann.undo().status_code == 200, "nobody else has finished it"
    ann.act("finish")
    ann.claim(passage="talk-1.0002")
    assert ann.act("reopen").status_code == 200
    ann.act("finish")
    bob = Desk(study, "bob")
    bob.done(bob.decide(bob.card("talk-1.0002"), "B1", Action.ADD))
    before = len(study.store.reviews.decisions(reviewer="ann"))
    undone = ann.undo()
    assert undone.status_code == (200 if allowed else 409)
    ann.act("finish")
    ann.claim(passage="talk-1.0002")
    reopened = ann.act("reopen")
    assert reopened.status_code == (200 if allowed else 409)
    if not allowed:
        assert undone.json()["hint"]
        assert "adjudication" not in undone.json()["detail"]
        assert len(study.store.reviews.decisions(reviewer="ann")) == before


def test_a_reading_with_suggestions_can_be_reopened_by_a_reader(served: Served, study: Study) -> None:
    bob = Desk(study, "bob")
    bob.done(bob.card("talk-1.0005"))
    ann = Tab(served.program("ann", UserRole.REVIEWER, UserRole.READER))
    ann.claim(passage="talk-1.0005")
    ann.act("none", sure=True)
    ann.claim(passage="talk-1.0005")
    assert ann.act("reopen").status_code == 200
    assert ann.card["acted_on"] == "talk-1.0005"
