"""The stream of changes: who is told of what, when it ends, and that it holds nothing but kinds and ids."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.real_service import serving
from tests.doubles.served import Served

from cothemes.app.review.review import Desk
from cothemes.app.study import Study, find_study
from cothemes.app.users import invite, make_token, revoke
from cothemes.records.review import Action, Arm
from cothemes.records.run import RunState
from cothemes.records.user import UserRole
from cothemes.web import stream

PASSAGES = ("talk-1.0002", "talk-1.0004", "talk-2.0002")


@dataclass
class Listener:
    """A program that listens to the stream."""

    status: int
    headers: dict[str, str]
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    comments: int = 0
    ended: bool = False

    @property
    def changes(self) -> list[dict[str, Any]]:
        return [data for name, data in self.said if name == "change"]

    @property
    def kinds(self) -> set[str]:
        return {each["kind"] for each in self.changes}

    def wait(self, what: Any, seconds: float = 5.0) -> None:
        until = time.monotonic() + seconds
        while not what(self) and time.monotonic() < until:
            time.sleep(0.02)
        assert what(self), self.said


@contextmanager
def listening(address: str, headers: dict[str, str], query: str = "") -> Iterator[Listener]:
    """Open the stream, and read it in the background."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("GET", f"/events{query}", headers=headers)
    wire = connection.sock
    answer = connection.getresponse()
    found = Listener(answer.status, {k.lower(): v for k, v in answer.getheaders()})

    def read() -> None:
        name = ""
        try:
            for line in iter(answer.readline, b""):
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text.removeprefix("event: ")
                elif text.startswith("data: "):
                    found.said.append((name, json.loads(text.removeprefix("data: "))))
                elif text.startswith(":"):
                    found.comments += 1
        except (OSError, ValueError, AttributeError):
            pass
        found.ended = True

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        # Closing alone would wait for the reader, which holds the stream until something comes.
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        answer.close()
        connection.close()


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study", reviewers=("ann", "bob"))
    propose(made)
    for name in ("ann", "bob"):
        assign(made, name, dict.fromkeys(PASSAGES, Arm.BLIND))
    yield made
    made.close()


@pytest.fixture
def address(study: Study) -> Iterator[str]:
    with serving(Served(study)) as found:
        yield found


def token(study: Study, name: str, *roles: UserRole) -> dict[str, str]:
    invite(study, name, roles, "http://127.0.0.1")
    return {"Authorization": f"Bearer {make_token(study, name).token}"}


def code(study: Study, name: str, passage: str, code: str = "A1") -> None:
    desk = Desk(study, name)
    desk.done(desk.decide(desk.card(passage), code, Action.ADD))


def run_goes_on(study: Study, state: RunState = RunState.PARTIAL) -> None:
    run = study.store.runs.get("r0001")
    assert run is not None
    study.store.runs.put(run.model_copy(update={"state": state}))


def test_a_change_by_another_process_is_told_within_a_second(study: Study, address: str) -> None:
    with listening(address, token(study, "lea", UserRole.LEAD)) as lea:
        lea.wait(lambda each: each.said)
        assert lea.headers["content-type"].startswith("text/event-stream")
        assert lea.headers["cache-control"] == "no-store"
        other = find_study(study.root, given=True)
        began = time.monotonic()
        run_goes_on(other)
        lea.wait(lambda each: each.changes)
        assert time.monotonic() - began < 1
        assert {"kind": "runs", "id": "r0001"} in lea.changes
        other.close()


def test_who_is_told_of_what(study: Study, address: str) -> None:
    people = {
        "lea": (UserRole.LEAD,),
        "ann": (UserRole.REVIEWER,),
        "bob": (UserRole.REVIEWER,),
        "ada": (UserRole.ADJUDICATOR,),
        "rea": (UserRole.READER,),
    }
    headers = {name: token(study, name, *roles) for name, roles in people.items()}
    with (
        listening(address, headers["lea"]) as lea,
        listening(address, headers["ann"]) as ann,
        listening(address, headers["bob"]) as bob,
        listening(address, headers["ada"]) as ada,
        listening(address, headers["rea"]) as rea,
    ):
        for each in (lea, ann, bob, ada, rea):
            each.wait(lambda one: one.said)
        time.sleep(0.6)
        for each in (lea, ann, bob, ada, rea):
            each.said.clear()
        code(study, "bob", PASSAGES[0])
        run_goes_on(study)
        bob.wait(lambda one: "queue" in one.kinds)
        lea.wait(lambda one: {"progress", "runs"} <= one.kinds)
        time.sleep(1.5)
        assert lea.kinds == {"progress", "runs"}
        assert bob.kinds == {"queue"}
        assert ann.said == ada.said == rea.said == [], "nothing, not even when, of what bob did"
        path = study.codebook_path
        path.write_text(path.read_text().replace("Trust between people", "Trust"), "utf-8")
        for each in (lea, ann, bob, ada, rea):
            each.wait(lambda one: "codebook" in one.kinds)
        assign(study, "ann", {"talk-2.0004": Arm.BLIND})
        ann.wait(lambda one: "queue" in one.kinds)
        assert "queue" not in ada.kinds | rea.kinds


@pytest.mark.parametrize("roles", [(UserRole.REVIEWER,), tuple(UserRole)], ids=["reviewer", "all roles"])
def test_the_stream_is_the_same_whatever_others_said(tmp_path: Path, roles: tuple[UserRole, ...]) -> None:
    """Bob finishes the same passages in two studies, with other codes, notes and numbers of acts."""
    told: list[list[tuple[str, dict[str, Any]]]] = []
    for number, codes in enumerate((("A1",), ("A1", "A2", "B1"))):
        (tmp_path / str(number)).mkdir()
        made = study_in(tmp_path / str(number) / "study", reviewers=("ann", "bob"))
        propose(made)
        for name in ("ann", "bob"):
            assign(made, name, dict.fromkeys(PASSAGES, Arm.BLIND))
        with serving(Served(made)) as address, listening(address, token(made, "ann", *roles)) as ann:
            ann.wait(lambda one: one.said)
            time.sleep(1.2)
            ann.said.clear()
            for passage in PASSAGES[:2]:
                desk = Desk(made, "bob")
                card = desk.card(passage)
                for each in codes:
                    card = desk.decide(card, each, Action.ADD, note=f"Because of {each}.")
                    time.sleep(0.3)
                assert ann.said == [] or passage != PASSAGES[0], "coding is told to nobody"
                desk.done(card)
                time.sleep(1.4)
            told.append(list(ann.said))
        made.close()
    assert told[0] == told[1]
    assert bool(told[0]) == (UserRole.LEAD in roles)


def test_without_a_login_there_is_no_stream(study: Study, address: str) -> None:
    with listening(address, {}) as nobody:
        assert nobody.status == 401


def test_it_ends_at_once_when_the_person_is_revoked(study: Study, address: str) -> None:
    with (
        listening(address, token(study, "ann", UserRole.REVIEWER)) as ann,
        listening(address, token(study, "lea", UserRole.LEAD)) as lea,
    ):
        for each in (ann, lea):
            each.wait(lambda one: one.said)
        revoke(study, "ann")
        ann.wait(lambda one: one.ended, 1.0)
        assert ann.said[-1] == ("ended", {"why": "logged-out"})
        assert not lea.ended


def test_it_ends_when_the_person_logs_out(study: Study, address: str) -> None:
    served = Served(study, address=address)
    browser = served.browser("ann", UserRole.REVIEWER)
    cookie = "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar)
    with listening(address, {"Cookie": cookie}) as ann:
        ann.wait(lambda one: one.said)
        from tests.doubles.served import csrf

        assert browser.post("/logout", data={"csrf": csrf(browser)}).status_code == 303
        ann.wait(lambda one: one.ended, 1.0)


def test_a_role_that_is_taken_away_is_told_nothing_more(study: Study, address: str) -> None:
    with listening(address, token(study, "lea", UserRole.LEAD)) as lea:
        lea.wait(lambda one: one.said)
        invite(study, "lea", (UserRole.READER,), "http://127.0.0.1")
        time.sleep(0.6)
        lea.said.clear()
        run_goes_on(study)
        time.sleep(1.5)
        assert "runs" not in lea.kinds


def test_a_person_has_few_streams_and_the_newest_stays(study: Study, address: str) -> None:
    headers = token(study, "ann", UserRole.REVIEWER)
    opened = [listening(address, headers) for _ in range(stream.MOST_OF_PERSON + 1)]
    found = []
    try:
        for each in opened:
            one = each.__enter__()
            one.wait(lambda each: each.said)
            found.append(one)
        found[0].wait(lambda one: one.ended)
        assert found[0].said[-1] == ("ended", {"why": "replaced"})
        assert not any(one.ended for one in found[1:])
    finally:
        for each in opened:
            each.__exit__(None, None, None)


def test_no_more_than_so_many_streams(study: Study, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST", 1)
    with listening(address, token(study, "ann", UserRole.REVIEWER)) as ann:
        ann.wait(lambda one: one.said)
        with listening(address, token(study, "bob", UserRole.REVIEWER)) as bob:
            assert bob.status == 503
            assert bob.headers["retry-after"]
    # The place is free again once the first one has gone.
    until = time.monotonic() + 5
    while time.monotonic() < until:
        run_goes_on(study, RunState.FINISHED if time.monotonic() % 1 < 0.5 else RunState.PARTIAL)
        with listening(address, token(study, "bob", UserRole.REVIEWER)) as bob:
            if bob.status == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the place was never free")


def test_it_says_that_it_is_still_there(study: Study, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.3)
    with listening(address, token(study, "ann", UserRole.REVIEWER)) as ann:
        ann.wait(lambda one: one.comments >= 2)


def test_it_ends_after_the_seconds_asked_for(study: Study, address: str) -> None:
    with listening(address, token(study, "ann", UserRole.REVIEWER), "?seconds=0") as ann:
        ann.wait(lambda one: one.ended)
        assert [name for name, _ in ann.said] == ["ready", "ended"]


def test_many_changes_are_one_message_a_second(study: Study, address: str) -> None:
    with listening(address, token(study, "lea", UserRole.LEAD)) as lea:
        lea.wait(lambda one: one.said)
        time.sleep(1.2)
        lea.said.clear()
        began = time.monotonic()
        for number in range(40):
            run_goes_on(study, RunState.PARTIAL if number % 2 else RunState.FINISHED)
            time.sleep(0.04)
        lea.wait(lambda one: one.changes)
        time.sleep(1.2)
        assert 2 <= len(lea.changes) <= time.monotonic() - began + 2
