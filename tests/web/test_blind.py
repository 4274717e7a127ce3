"""Nobody learns over HTTP what a blind card keeps back, whatever roles they have.

Two studies differ only in what others said of passages that a person has still to code blind. Every address
is asked in both, as every set of roles, and the answers have to be the same: words, order, counts, tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from tests.doubles.coded_study import NOW, assign, propose, study_in
from tests.doubles.served import Served

from cothemes.app.review.memos import About, add_memo
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.adjudication import Ruling, Settlement
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Action, Arm
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict
from cothemes.records.user import UserRole
from cothemes.web.app import ROUTERS

ARMS = {
    "talk-1.0002": Arm.BLIND,
    "talk-1.0004": Arm.REVEAL,
    "talk-1.0005": Arm.ASSISTED,
    "talk-2.0002": Arm.BLIND,
    "policy.0001": Arm.ASSISTED,
}
HIDDEN = ("talk-1.0002", "talk-1.0004")
"""Ann's open blind readings: `talk-2.0002` she has finished."""
ROLES = [
    {UserRole.REVIEWER},
    {UserRole.REVIEWER, UserRole.READER},
    {UserRole.REVIEWER, UserRole.ADJUDICATOR},
    set(UserRole),
]
_VARYING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|value=\"[\w-]{16}\"|(?:tab|left)=[\w-]{16}|data-tab=\"[\w-]{16}\""
    r"|\b[0-9a-f]{6}\b|told-(True|False)\d+"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?"
)


def others_words(study: Study, passages: tuple[str, ...]) -> None:
    """What a coder proposed and Bob and Cat said of passages, each with a mark."""
    for passage in map(study.store.passages.get, passages):
        assert passage is not None
        study.store.runs.record(
            [Outcome(run="r0001", passage=passage.id, state=OutcomeState.CODED, flags=("instruction_like",))],
            [
                Suggestion(
                    id=f"mark-{passage.id}", run="r0001", rater="offline@0#r0001", passage=passage.id,
                    code="B1", verdict=Verdict.YES,
                    evidence=(Evidence(start=passage.start, end=passage.end),),
                    quote_status=QuoteStatus.EXACT, reason=f"MACHINESAID {passage.id}",
                )
            ],
        )  # fmt: skip
    for name, code in (("bob", "A2"), ("cat", "A1")):
        desk = Desk(study, name)
        for passage in passages:
            card = desk.decide(desk.card(passage), code, Action.ADD, note=f"{name.upper()}SAID {passage}")
            desk.done(desk.note(card, f"{name.upper()}SAID {passage}"))
            add_memo(study, f"{name.upper()}WROTE {passage}", About(passage=passage), name)
    study.store.ratings.add(
        [
            Rating(
                unit=each, doc=each.split(".")[0], rater="elsewhere", kind=RaterKind.HUMAN, code="A1", value=1
            )
            for each in passages
        ]
    )
    study.store.settlements.append(
        [
            Settlement(
                id=f"s-{each}", at=NOW, by="cat", passage=each, round="main", ruling=Ruling.YES, code="A2",
                code_hash=study.codebook.by_id["A2"].text_hash, codebook_hash=study.codebook.hash,
                note=f"RULED {each}", readers=("bob", "cat"),
            )
            for each in passages
        ]
    )  # fmt: skip


def world(folder: Path, *, told: bool) -> Study:
    """A study in which others spoke of the hidden passages, or did not."""
    study = study_in(folder / "study", reviewers=("ann", "bob", "cat"))
    propose(study)
    run = study.store.runs.get("r0001")
    assert run is not None
    with study.store._database.writing() as connection:
        for passage in HIDDEN:
            for table in ("suggestions", "outcomes"):
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE passage = '{passage}'")
    for name in ("ann", "bob", "cat"):
        assign(study, name, ARMS if name == "ann" else dict.fromkeys(ARMS, Arm.BLIND))
    open_to_all = tuple(passage for passage in ARMS if passage not in HIDDEN)
    others_words(study, open_to_all)
    if told:
        others_words(study, HIDDEN)
    ann = Desk(study, "ann")
    ann.done(ann.decide(ann.card("talk-2.0002"), "A1", Action.ADD))
    return study


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    made = [world(tmp_path_factory.mktemp(f"told-{told}"), told=told) for told in (True, False)]
    yield Served(made[0]), Served(made[1])
    for study in made:
        study.close()


def addresses() -> list[str]:
    """Every address that is read, with each passage where it names one."""
    found: list[str] = []
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in route.methods:
                found.append(route.path)
    paths = [path for path in found if not path.startswith("/invite") and "/doctor" not in path]
    filled = []
    for path in paths:
        if "/explain/" in path:
            # Of other passages it asks the embedder.
            filled += [path.replace("{passage}", each).replace("{code}", "A1") for each in HIDDEN]
        elif "{passage}" in path:
            filled += [path.replace("{passage}", passage) for passage in ARMS]
        else:
            filled.append(path.replace("{participant}", "P1").replace("{memo}", "zzzz"))
    return filled


QUERIES: dict[str, tuple[str, ...]] = {
    "/api/v1/find": ("text=money*", "text=trust*&query=A2", "text=trust*&query=A1&by=document"),
    "/api/v1/search": (),
    "/events": ("seconds=0",),
    "/agreement": ("", "arm=all"),
    "/disagreements": ("", "code=A2"),
    "/report/page": ("quotes=9&memos=true",),
    "/api/v1/codings": ("", "code=B1", "query=A2", "full=true", "full=true&hide-names=true"),
    "/api/v1/quotes": ("", "code=A2", "code=A1,A2,B1&state=all", "code=A1,A2,B1&side-by-side=coder"),
    "/api/v1/agreement": ("arm=all", "arm=blind", "arm=all&coders-by-number=true&disagreements=9"),
    "/api/v1/matrix": ("", "by=document", "query=A2"),
    "/api/v1/framework": ("", "code=A1,A2,B1"),
    "/api/v1/codebook/candidates": ("", "flat=true"),
    "/api/v1/costs": ("by=run", "by=stage"),
}


def ask(client: TestClient, path: str) -> tuple[int, str, str]:
    answer = client.get(path)
    assert answer.status_code < 500, (path, answer.text)
    tag = answer.headers.get("etag", "") if "/review/" in path else ""
    return answer.status_code, _VARYING.sub("<varies>", answer.text), tag


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: "-".join(sorted(roles)))
def test_no_address_tells_what_others_said(worlds: tuple[Served, Served], roles: set[UserRole]) -> None:
    told, silent = (served.program("ann", *roles) for served in worlds)
    asked, different = 0, []
    for path in addresses():
        for query in QUERIES.get(path, ("",)):
            where = f"{path}?{query}" if query else path
            with_, without = ask(told, where), ask(silent, where)
            if with_ != without:
                different.append(f"{where}\n{with_}\n{without}")
            asked += 1
    assert not different, "\n".join(different)
    assert asked > 40


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: "-".join(sorted(roles)))
def test_no_mark_of_a_hidden_passage_comes_out(worlds: tuple[Served, Served], roles: set[UserRole]) -> None:
    client = worlds[0].program("ann", *roles)
    marks = [f"{who} {passage}" for who in ("MACHINESAID", "BOBSAID", "CATSAID", "BOBWROTE", "RULED")
             for passage in HIDDEN]  # fmt: skip
    for path in addresses():
        for query in QUERIES.get(path, ("",)):
            text = client.get(f"{path}?{query}").text
            assert not [mark for mark in marks if mark in text], path


def test_the_marks_are_there_for_others(worlds: tuple[Served, Served]) -> None:
    """Else the tests above would find nothing to hide."""
    lead = worlds[0].program("lea", UserRole.LEAD)
    for path in ("/api/v1/codings?full=true", f"/api/v1/audit/{HIDDEN[0]}", f"/api/v1/passages/{HIDDEN[0]}"):
        assert "BOBSAID" in lead.get(path).text or "MACHINESAID" in lead.get(path).text


def test_what_was_finished_is_seen_again(worlds: tuple[Served, Served]) -> None:
    client = worlds[0].program("ann", UserRole.LEAD, UserRole.REVIEWER)
    assert "BOBSAID talk-2.0002" in client.get("/api/v1/audit/talk-2.0002").text


def act(client: TestClient, passage: str, key: str, **fields: Any) -> Any:
    headers = {"Lease-Holder": "tab-of-ann", "Idempotency-Key": key}
    return client.post(f"/api/v1/review/passages/{passage}/acts", json=fields, headers=headers)


def test_acts_on_a_blind_card_answer_alike(worlds: tuple[Served, Served]) -> None:
    told, silent = (served.program("ann", UserRole.REVIEWER) for served in worlds)
    steps: list[dict[str, Any]] = [
        {"verb": "accept", "code": "B1"},
        {"verb": "give", "code": "B1"},
        {"verb": "reject", "code": "A2"},
        {"verb": "note", "text": "So."},
        {"verb": "flag"},
    ]
    for place, step in enumerate(steps):
        answers = [act(client, HIDDEN[0], f"blind-{place}", **step) for client in (told, silent)]
        texts = [_VARYING.sub("<varies>", each.text) for each in answers]
        assert texts[0] == texts[1], step
        tags = {each.headers.get("etag") for each in answers}
        assert len(tags) == 1, step


def test_a_case_that_cannot_be_opened_tells_nothing(worlds: tuple[Served, Served]) -> None:
    told, silent = (served.program("ann", *UserRole) for served in worlds)
    for passage in HIDDEN:
        answers = [client.post(f"/api/v1/adjudication/{passage}/open") for client in (told, silent)]
        assert answers[0].status_code == answers[1].status_code == 409
        assert answers[0].text == answers[1].text
